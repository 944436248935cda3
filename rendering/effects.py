"""Short sound effects, made here from sines and noise, so that nobody else has a right in them; and where they play.

All are stereo at 48 kHz, begin and end in silence, and are brought to one loudness.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rendering.plan import FPS, Plan

Samples = NDArray[np.float32]  # of shape (length, 2), -1 to 1

VERSION = 1  # rises when an effect sounds otherwise
RATE = 48_000
LOUDNESS = -16.0  # LUFS of an effect's loudest 400 ms: that of the clips around it
CEILING = 10 ** (-3 / 20)  # the highest sample
FADE_IN, FADE_OUT = 0.003, 0.03  # seconds, against clicks
HEADSTART = {"whoosh": 0.27, "riser": 1.1}  # seconds from an effect's beginning to the moment that it belongs to
GAINS = {"whoosh": 0.7, "pop": 0.5, "riser": 0.6, "hit": 0.9, "chime": 0.7}


@dataclass(frozen=True)
class Cue:
    """An effect to be heard: when it begins, in seconds of the film; its name; its gain (1 is as made)."""

    at: float
    name: str
    gain: float


def cues(plan: Plan) -> list[Cue]:
    """Return the effects of a film in the order of playing, none where the plan wants none.

    A change whooshes, a label pops in, #1 is led up to and hits, the card chimes; the opening flash rises into the
    first clip.
    """
    if not plan.effects:
        return []
    found, at, best = [], 0, min(plan.order)
    for piece in plan.pieces():
        middle = at + piece.frames / 2
        if piece.kind == "hook":
            found.append(_cue("riser", at + piece.frames))
        elif piece.kind == "change":
            found.append(_cue("whoosh", middle))
        elif piece.kind == "card":
            found.append(_cue("chime", at))
        elif piece.rank != best:
            found.append(_cue("pop", at))
        else:
            found += [_cue("riser", at)] if at >= HEADSTART["riser"] * FPS and plan.order[0] != best else []
            found.append(_cue("hit", at))
        at += piece.frames
    return sorted(found, key=lambda cue: cue.at)


def _cue(name: str, frame: float) -> Cue:
    """Return the cue whose moment is this frame of the film."""
    return Cue(round(max(0.0, frame / FPS - HEADSTART.get(name, 0.0)), 4), name, GAINS[name])


@lru_cache(maxsize=len(GAINS))
def samples(name: str) -> Samples:
    """Return an effect as samples, the same each time. Raises KeyError for an unknown name."""
    return _mastered(EFFECTS[name]())


def _mastered(sound: NDArray) -> Samples:
    """Return a sound without direct current, faded at both ends, at LOUDNESS or as near as CEILING lets it come."""
    sound = sound - sound.mean(axis=0)
    rise, fall = round(FADE_IN * RATE), round(FADE_OUT * RATE)
    sound[:rise] *= _ramp(rise)[:, None]
    sound[-fall:] *= _ramp(fall)[::-1, None]
    sound *= 10 ** ((LOUDNESS - loudness(sound)) / 20)
    return (sound * min(1.0, CEILING / np.abs(sound).max())).astype(np.float32)


def loudness(sound: NDArray) -> float:
    """Return the loudness in LUFS of a sound's loudest 400 ms (ITU-R BS.1770-4, its filters as they act on tones)."""
    window = round(0.4 * RATE)
    padded = np.pad(sound, ((window, window), (0, 0)))
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(len(padded)))
    weight = np.ones_like(turn)
    for b, a in K_WEIGHTING:
        weight *= (b[0] + b[1] * turn + b[2] * turn**2) / (1 + a[0] * turn + a[1] * turn**2)
    heard = np.fft.irfft(np.fft.rfft(padded, axis=0) * weight[:, None], len(padded), axis=0)
    energy = np.cumsum((heard**2).sum(axis=1))
    return float(-0.691 + 10 * np.log10(max((energy[window:] - energy[:-window]).max() / window, 1e-12)))


# b0 b1 b2 and a1 a2 of the two stages at 48 kHz, from ITU-R BS.1770-4, tables 1 and 2.
K_WEIGHTING = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
)


def _ramp(length: int) -> NDArray:
    """Return a rise from 0 to 1 without corners."""
    return 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)


def _time(seconds: float) -> NDArray:
    return np.arange(round(seconds * RATE)) / RATE


def _sweep(frequency: NDArray) -> NDArray:
    """Return a sine whose frequency in Hz moves as told."""
    return np.sin(2 * np.pi * np.cumsum(frequency) / RATE)


def _noise(seconds: float, centre: Callable[[NDArray], NDArray], octaves: float, seed: int) -> NDArray:
    """Return stereo noise in a band of so many octaves around a moving centre (Hz at a share of its length)."""
    size, step = 1024, 256
    length = round(seconds * RATE)
    raw = np.random.default_rng(seed).standard_normal((length + 2 * size, 2))
    window = np.hanning(size + 1)[:-1, None]
    tones = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 20.0)
    out = np.zeros_like(raw)
    for start in range(0, len(raw) - size, step):
        share = np.clip((start - size / 2) / length, 0, 1)
        band = np.exp(-0.5 * (np.log2(tones / centre(np.float64(share))) / (octaves / 2)) ** 2)
        part = np.fft.irfft(np.fft.rfft(raw[start : start + size] * window, axis=0) * band[:, None], size, axis=0)
        out[start : start + size] += part * window
    return out[size : size + length]


def _swell(share: NDArray, peak: float) -> NDArray:
    """Return a loudness that rises to 1 at `peak` and falls again, over shares of a length."""
    up = np.clip(share / peak, 0, 1) ** 2
    down = np.clip((1 - share) / (1 - peak), 0, 1) ** 2
    return up * down


def _stereo(mono: NDArray, right: NDArray | float = 0.5) -> NDArray:
    """Return a sound placed from left (0) to right (1) at equal power."""
    angle = np.asarray(right) * np.pi / 2
    return np.stack([mono * np.cos(angle), mono * np.sin(angle)], axis=1)


def _whoosh() -> NDArray:
    """Air that rushes past from right to left, as the picture goes."""
    share = _time(0.6) / 0.6
    air = _noise(0.6, lambda at: 350 + 2600 * np.sin(np.pi * at) ** 2, 1.6, 1).mean(axis=1)
    return _stereo(air * _swell(share, HEADSTART["whoosh"] / 0.6), 0.75 - 0.5 * share)


def _pop() -> NDArray:
    """A drop that leaps up: short, round, without an edge."""
    time = _time(0.16)
    body = _sweep(380 + 620 * (1 - np.exp(-time / 0.025))) * np.exp(-time / 0.035)
    return _stereo(body + 0.25 * _sweep(np.full_like(time, 190.0)) * np.exp(-time / 0.02))


def _riser() -> NDArray:
    """Air and a soft chord that climb towards #1."""
    length = HEADSTART["riser"] + 0.06
    share = _time(length) / length
    growth = share**2.2 * np.clip((1 - share) / 0.05, 0, 1)
    air = _noise(length, lambda at: 400 * 12**at, 1.4, 2)
    tones = sum(_sweep(base * 2**share) for base in (220.0, 277.2, 329.6)) / 3
    return (air / np.abs(air).max() + 0.35 * _stereo(tones)) * growth[:, None]


def _hit() -> NDArray:
    """A deep drum with a bright edge and a short room behind it."""
    time = _time(0.9)
    drum = _sweep(48 + 120 * np.exp(-time / 0.045)) * np.exp(-time / 0.22)
    edge = _noise(0.9, lambda at: 2400 - 1500 * at, 2.2, 3)
    edge /= np.abs(edge).max()
    room = edge * (0.5 * np.exp(-time / 0.03) + 0.12 * np.exp(-time / 0.25))[:, None]
    return np.tanh(1.4 * _stereo(drum) + room)


def _chime() -> NDArray:
    """Two soft bells, a fifth apart."""
    time = _time(1.9)
    out = np.zeros((len(time), 2))
    for note, (pitch, begins, place) in enumerate(((659.3, 0.0, 0.4), (987.8, 0.14, 0.6))):
        since = np.maximum(time - begins, 0)
        onset = np.clip(since / 0.006, 0, 1)
        partials = ((1.0, 1.0, 0.75), (2.0, 0.35, 0.4), (2.99, 0.16, 0.22), (4.07, 0.06, 0.12))
        tone = sum(
            loud * np.sin(2 * np.pi * pitch * ratio * since) * np.exp(-since / fall) for ratio, loud, fall in partials
        )
        out += _stereo(tone * onset * (1.0, 0.8)[note], place)
    return out


EFFECTS = {"whoosh": _whoosh, "pop": _pop, "riser": _riser, "hit": _hit, "chime": _chime}
