"""Making room: how far one sound steps back while another is heard, as a gain in steps of 10 ms."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rendering.levels import RATE, Curve, Sound

STEP = RATE // 100  # samples
QUIET, PRESENT = -50.0, -34.0  # dBFS (RMS): from nothing to make room for, to all of it
AHEAD = 8  # steps: the way is free a little before the other sound begins
HOLD = 35  # steps: the pauses between words do not bring the music up
ATTACK = 6  # steps over which it steps back
RELEASE = 50.0  # steps in which two thirds of the way back are gone


def duck_curve(key: Sound, depth: float) -> Curve:
    """Return the gain at the edges of the steps that lowers a sound by `depth` dB while `key` is heard.

    It is the same for the same key: no filter's state, so nothing depends on where one began.
    """
    steps = -(-len(key) // STEP)
    power = np.zeros(steps)
    for first in range(0, steps, 6000):
        part = np.square(key[first * STEP : (first + 6000) * STEP]).sum(axis=1)
        part = np.pad(part, (0, -len(part) % STEP))
        power[first : first + 6000] = part.reshape(-1, STEP).mean(axis=1) / 2
    presence = np.clip((10 * np.log10(np.maximum(power, 1e-12)) - QUIET) / (PRESENT - QUIET), 0, 1)
    return 10 ** (-depth * _smooth(presence) / 20)


def _smooth(presence: Curve) -> Curve:
    """Return how far to step back at the edges: quickly and ahead of time, held, and slowly home."""
    padded = np.pad(presence, (HOLD + ATTACK, AHEAD + ATTACK + 1))
    highest = sliding_window_view(padded, HOLD + AHEAD + 1).max(axis=1)
    back, level, held = 1 - np.exp(-1 / RELEASE), 0.0, []
    for wanted in highest.tolist():
        level = max(wanted, level - level * back)
        held.append(level)
    window = 2 * ATTACK + 1
    return np.convolve(held, np.hanning(window + 2)[1:-1] / (ATTACK + 1), "valid")[: len(presence) + 1]
