"""How loud a sound is and how it is kept under a ceiling: EBU R 128 in numpy, and by ffmpeg for finished files.

A sound is an array of float32, shape (samples, 2), at RATE; 1.0 is full scale.
"""

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking import ffmpeg

RATE = 48_000
STEP = RATE // 1000  # samples: levels and limiter work a millisecond at a time
SILENT_LUFS = -60.0  # below this there is nothing to level
RUN_IN = RATE // 4  # samples after which the filters have forgotten where they began
CHUNK = (2**18 - 4 * RUN_IN) // STEP * STEP  # samples filtered at a time: a transform that fits a processor's cache
WINDOW, HOP = 400, 100  # ms: the blocks of ITU-R BS.1770-4, three quarters of each shared
OFFSET = -0.691  # dB, BS.1770-4
BEFORE, AFTER = 7, 8  # samples that a point between two is told from
# Milliseconds looked at for peaks at a time, which fits a processor's cache; and in one product of matrices, which is
# so small that numpy's library starts no threads for it. This takes half of what convolutions do.
BLOCK, ROWS = 200, 25
AHEAD = 4  # ms that the limiter looks ahead and behind
RELEASE = 80.0  # ms
MOST_GAIN = 60.0  # dB
NEAR = 0.02  # LU, and dB: near enough before the encoder, which alone moves it by more
# K-weighting at 48 kHz (ITU-R BS.1770-4, tables 1 and 2): numerators and denominators of shelf and high-pass.
K_STAGES = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)

Sound = NDArray[np.float32]
Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP; None where there is only silence."""

    lufs: float | None
    peak: float | None


@dataclass(frozen=True)
class Profile:
    """A sound by the millisecond: K-weighted energy of both channels, and the true peak as an amplitude."""

    energy: Curve
    peaks: Curve

    def lufs(self, curve: Curve | float = 1.0) -> float | None:
        """Return the integrated loudness with this gain (by the millisecond) put on, or None for silence."""
        return _integrated(self.energy * np.square(curve))


def measure(
    source: Sequence[str], *, peak: bool = True, report: Callable[[float], None] = lambda percent: None
) -> Loudness:
    """Return the loudness (EBU R 128) of an input, given as its arguments; the true peak costs four times as much."""
    chain = f"ebur128=peak={'true' if peak else 'sample'}:framelog=quiet"
    argv = [*source, "-map", "0:a:0", "-vn", "-af", chain, "-threads", "1", "-f", "null", "-"]
    log = ffmpeg.run(argv, report=report)
    summary = log.rpartition("Summary:")[2]
    lufs = re.search(r"I:\s+(-?[\d.]+|-?inf|nan) LUFS", summary)
    highest = re.search(r"Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", summary)
    if not (lufs and highest):
        raise ffmpeg.FFmpegError(f"ffmpeg told no loudness: {log[-300:]}")
    return Loudness(_finite(lufs[1]), _finite(highest[1]))


def _finite(text: str) -> float | None:
    """Return a level, or None for silence (ebur128 says -70 LUFS, -inf or nan)."""
    value = float(text)
    return value if value > SILENT_LUFS - 9 else None


def loudness(sound: Sound) -> float | None:
    """Return the integrated loudness of a sound in LUFS, or None where it is silent."""
    return _integrated(np.concatenate([_energy(part) for part in _parts(sound, _k_weighted)] or [np.zeros(0)]))


def profile(sound: Sound) -> Profile:
    """Return the levels of a sound by the millisecond; what is left over of the last one is not counted."""
    energy = [_energy(part) for part in _parts(sound, _k_weighted)]
    return Profile(np.concatenate(energy or [np.zeros(0)]), true_peaks(sound))


def true_peaks(sound: Sound) -> Curve:
    """Return the highest amplitude of each millisecond: of its samples and of three points after each (BS.1770-4)."""
    whole = len(sound) // STEP
    if not whole:
        return np.zeros(0)
    highest = np.abs(sound[: whole * STEP]).reshape(whole, STEP * 2).max(axis=1)
    for channel in (0, 1):
        # Filled up to whole blocks of silence; a row is a millisecond with the samples around it.
        size = -(-whole // BLOCK) * BLOCK * STEP
        padded = np.zeros(BEFORE + size + AFTER, np.float32)
        padded[BEFORE : BEFORE + len(sound)] = sound[: size + AFTER, channel]
        rows = np.lib.stride_tricks.sliding_window_view(padded, BEFORE + STEP + AFTER)[::STEP]
        for first in range(0, whole, BLOCK):
            part = np.ascontiguousarray(rows[first : first + BLOCK]).reshape(-1, ROWS, BEFORE + STEP + AFTER)
            between = part @ _between()
            found = np.abs(between, out=between).reshape(BLOCK, -1).max(axis=1)
            np.maximum(highest[first : first + BLOCK], found[: whole - first], out=highest[first : first + BLOCK])
    return highest.astype(np.float64)


@functools.cache
def _between() -> Sound:
    """Return the matrix from a millisecond's samples, with those around it, to three points after each of them."""
    taps, points = np.arange(-BEFORE, AFTER + 1), (0.25, 0.5, 0.75)
    matrix = np.zeros((STEP + BEFORE + AFTER, len(points) * STEP), np.float32)
    for place, point in enumerate(points):
        kernel = np.sinc(taps - point) * np.cos(np.pi * (taps - point) / (len(taps) + 1)) ** 2
        for sample in range(STEP):
            matrix[sample : sample + len(taps), place * STEP + sample] = kernel
    return matrix


def limit_curve(peaks: Curve, ceiling: float) -> Curve:
    """Return the gain, at the edges of the milliseconds, that keeps these peaks under a ceiling (an amplitude).

    It is there before a peak comes and goes slowly after it: never above what a peak needs, and without a step.
    """
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    edges = np.minimum(np.append(needed, 1.0), np.insert(needed, 0, 1.0))
    padded = np.pad(edges, 2 * AHEAD, constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * AHEAD + 1).min(axis=1)
    # What is taken away fades by RELEASE, until more has to be: the highest of all that was, each less its fading.
    fading = np.arange(len(lowest)) / RELEASE
    with np.errstate(divide="ignore"):  # nothing is taken away: the logarithm of 0
        taken = np.maximum.accumulate(np.log(1 - lowest) + fading) - fading
    held = np.minimum(1 - np.exp(taken), lowest)
    return np.convolve(held, np.full(2 * AHEAD + 1, 1 / (2 * AHEAD + 1)), "valid")


def fitted(levels: Profile, lufs: float, ceiling: float) -> Curve:
    """Return the gain, at the edges of the milliseconds, that brings a sound to this loudness under this ceiling.

    Where the ceiling stands in the way it comes as near as MOST_GAIN allows.
    """
    now = levels.lufs()
    if now is None:
        return np.ones(len(levels.peaks) + 1)
    highest = 10 ** (ceiling / 20)
    low = high = lufs - now
    curve, found = limited(levels, low, highest)
    while found < lufs - NEAR and high < MOST_GAIN:
        low, high = high, min(high + 4.0, MOST_GAIN)
        curve, found = limited(levels, high, highest)
    # Halving always ends: more gain before the limiter brings quiet stretches past the gate, which can lower the
    # integrated loudness at a stroke, and a quicker search would leap to and fro there.
    while abs(found - lufs) > NEAR and high - low > NEAR:
        middle = (low + high) / 2
        curve, found = limited(levels, middle, highest)
        low, high = (middle, high) if found < lufs else (low, middle)
    return curve


def limited(levels: Profile, level: float, highest: float) -> tuple[Curve, float]:
    """Return the gain at this level (dB) under this amplitude, and how loud (LUFS) the sound is with it."""
    factor = 10 ** (level / 20)
    curve = factor * limit_curve(levels.peaks * factor, highest)
    return curve, levels.lufs((curve[1:] + curve[:-1]) / 2) or SILENT_LUFS


def put_on(sound: Sound, curve: Curve, step: int = STEP) -> None:
    """Multiply a sound, in place, by a gain known at every edge of its steps; between them it goes straight."""
    ramp = (np.arange(step, dtype=np.float32) / step)[:, None]
    edges = curve.astype(np.float32)
    whole = len(sound) // step
    for first in range(0, whole, 2000):
        last = min(first + 2000, whole)
        low, high = edges[first:last, None, None], edges[first + 1 : last + 1, None, None]
        sound[first * step : last * step].reshape(-1, step, 2)[:] *= low + (high - low) * ramp
    sound[whole * step :] *= edges[min(whole, len(edges) - 1)]


def _parts(sound: Sound, work: Callable[[Sound], Sound]) -> Iterator[Sound]:
    """Yield the sound worked on chunk by chunk, as if it had been done in one."""
    for start in range(0, len(sound) // STEP * STEP, CHUNK):
        begin = max(start - RUN_IN, 0)
        end = min(start + CHUNK, len(sound) // STEP * STEP)
        yield work(sound[begin : min(end + RUN_IN, len(sound))])[start - begin : end - begin]


def _k_weighted(sound: Sound) -> Sound:
    """Return the sound as loudness hears it: the filters' response is put on its spectrum."""
    size = 1 << (len(sound) + RUN_IN).bit_length()  # what the transform is quickest at
    spectrum = np.fft.rfft(sound.T, size)
    spectrum *= _response(size)
    return np.fft.irfft(spectrum, size)[:, : len(sound)].T


@functools.lru_cache(4)
def _response(size: int) -> NDArray[np.complex64]:
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    response = np.ones(len(z), complex)
    for above, below in K_STAGES:
        response *= np.polyval(above[::-1], z) / np.polyval(below[::-1], z)
    return response.astype(np.complex64)


def _energy(part: Sound) -> Curve:
    return np.square(part).sum(axis=1).reshape(-1, STEP).sum(axis=1, dtype=np.float64)


def _integrated(energy: Curve) -> float | None:
    """Return the gated loudness (BS.1770-4) of energies by the millisecond, or None for silence."""
    sums = np.concatenate([[0.0], np.cumsum(energy)])
    ends = np.arange(WINDOW, len(sums), HOP)
    if not len(ends):  # shorter than a block: as if it went on
        ends, sums = np.array([WINDOW]), np.append(sums, np.full(WINDOW, sums[-1]))[: WINDOW + 1]
    power = (sums[ends] - sums[ends - WINDOW]) / (WINDOW * STEP)
    levels = OFFSET + 10 * np.log10(np.maximum(power, 1e-12))
    heard = power[levels > -70]
    if not len(heard):
        return None
    gate = OFFSET + 10 * np.log10(heard.mean()) - 10
    return float(OFFSET + 10 * np.log10(power[(levels > -70) & (levels > gate)].mean()))
