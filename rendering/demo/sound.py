"""Tuned sounds for the demo, made of sines and seeded noise; all are loops: what rings past the end starts it."""

import numpy as np
from numpy.typing import NDArray

RATE = 48_000  # samples a second
LOUDNESS = 10 ** (-20 / 20)  # root mean square of a finished sound
PEAK = 10 ** (-3 / 20)  # leaves the AAC encoder room to overshoot
SCALE = (0, 2, 4, 7, 9)  # the major pentatonic, in semitones

Sound = NDArray[np.float32]


def pentatonic(step: int, root: int) -> int:
    """The MIDI note `step` steps up the pentatonic scale from the root note."""
    return root + 12 * (step // len(SCALE)) + SCALE[step % len(SCALE)]


def hertz(note: float) -> float:
    """The frequency of a MIDI note (69 is 440 Hz)."""
    return 440 * 2 ** ((note - 69) / 12)


def _clock(seconds: float) -> Sound:
    return np.arange(int(seconds * RATE), dtype=np.float32) / RATE


def _struck(note: float, seconds: float, partials: tuple[tuple[float, float, float], ...], attack: float) -> Sound:
    """A struck thing: partials (ratio, loudness, seconds to fall to a third), faded out at its end."""
    clock, base = _clock(seconds), hertz(note)
    ring = sum(
        gain * np.exp(-clock / fall) * np.sin(2 * np.pi * base * ratio * clock) for ratio, gain, fall in partials
    )
    edge = np.minimum(1, clock / attack) * np.minimum(1, (seconds - clock) / (0.2 * seconds))
    return (ring * edge).astype(np.float32)


def bell(note: float, seconds: float) -> Sound:
    """A soft glass bell."""
    return _struck(note, seconds, ((1, 1, 0.75), (2.0, 0.35, 0.45), (2.76, 0.16, 0.22), (5.4, 0.05, 0.08)), 0.004)


def marimba(note: float, seconds: float = 1.2) -> Sound:
    """A wooden bar: its tuned fourth partial and the knock of the mallet."""
    bar = _struck(note, seconds, ((1, 1, 0.28), (3.93, 0.28, 0.07), (9.2, 0.10, 0.025)), 0.002)
    knock = np.random.default_rng(note).standard_normal(int(0.03 * RATE)).astype(np.float32)
    soft = np.convolve(knock, np.hanning(24).astype(np.float32) / 12, "same")
    bar[: len(soft)] += 0.30 * soft * np.exp(-np.arange(len(soft), dtype=np.float32) / (0.005 * RATE))
    return bar


def harp(note: float, seconds: float = 1.6) -> Sound:
    """A plucked string, warm and short."""
    return _struck(note, seconds, tuple((n, 0.75 ** (n - 1) / n, 0.6 / n**0.7) for n in range(1, 8)), 0.003)


def droplet(note: float, seconds: float = 0.9) -> Sound:
    """A drop on water: a bubble whose pitch rises as it closes, with a tuned ring after it."""
    clock, base = _clock(seconds), hertz(note)
    bubble = np.sin(2 * np.pi * base * clock) * np.exp(-clock / 0.16)
    blip = np.sin(2 * np.pi * base * (1.6 * clock + 14 * clock**2)) * np.exp(-clock / 0.022)
    edge = np.minimum(1, clock / 0.003) * np.minimum(1, (seconds - clock) / 0.1)
    return ((bubble + 0.6 * blip) * edge).astype(np.float32)


def pad(notes: list[int], seconds: float) -> Sound:
    """A warm held chord (samples, 2) that loops without a seam: each voice makes a whole number of waves."""
    clock, both = _clock(seconds), []
    for side in (-1, 1):
        voice = np.zeros_like(clock)
        for order, note in enumerate(notes):
            for partial, gain in ((1, 1.0), (2, 0.30), (3, 0.10)):
                waves = round(hertz(note) * partial * seconds) + side * (order % 2 + 1)
                swell = 0.75 + 0.25 * np.sin(2 * np.pi * ((order + 1) * clock / seconds + 0.25 * order * side))
                voice += gain * swell * np.sin(2 * np.pi * (waves * clock / seconds + 0.31 * order * partial))
        both.append(voice / len(notes))
    return np.stack(both, axis=1).astype(np.float32)


def surf(seconds: float, low: float, high: float, seed: int) -> Sound:
    """Looping noise (samples, 2) between two frequencies in hertz, at a level of 1."""
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((count, 2)), axis=0)
    pitch = np.fft.rfftfreq(count, 1 / RATE)[:, None]
    band = 1 / (1 + (low / np.maximum(pitch, 1)) ** 4) / (1 + (pitch / high) ** 4)
    noise = np.fft.irfft(spectrum * band / np.sqrt(np.maximum(pitch, 1)), count, axis=0)
    return (noise / noise.std()).astype(np.float32)


def place(strikes: list[tuple[float, Sound, float]], seconds: float) -> Sound:
    """A loop (samples, 2) of (second, mono sound, side from -1 left to 1 right), each once; ends wrap to the start."""
    count = int(seconds * RATE)
    loop = np.zeros((count, 2), dtype=np.float32)
    for second, mono, side in strikes:
        begin = round(second * RATE) % count
        sides = np.array([np.cos((side + 1) * np.pi / 4), np.sin((side + 1) * np.pi / 4)], dtype=np.float32)
        head = min(len(mono), count - begin)
        loop[begin : begin + head] += mono[:head, None] * sides
        loop[: len(mono) - head] += mono[head:, None] * sides
    return loop


def hall(loop: Sound, fall: float, wet: float) -> Sound:
    """The loop in a soft room whose sound falls by 60 dB in `fall` seconds; the product of spectra wraps it around."""
    count = len(loop)
    clock = np.arange(count, dtype=np.float32)[:, None] / RATE
    room = np.random.default_rng(7).standard_normal((count, 2)) * np.exp(-6.9 * clock / fall)
    spectrum = np.fft.rfft(room, axis=0)
    pitch = np.fft.rfftfreq(count, 1 / RATE)[:, None]
    spectrum *= 1 / (1 + (pitch / 3500) ** 2) / (1 + (120 / np.maximum(pitch, 1)) ** 2)
    echo = np.fft.irfft(np.fft.rfft(loop, axis=0) * spectrum, count, axis=0)
    return (loop + wet * loop.std() / max(echo.std(), 1e-9) * echo).astype(np.float32)


def finish(loop: Sound, seconds: float) -> Sound:
    """The first `seconds` of the loop at LOUDNESS, never over PEAK, with short fades so that neither end clicks."""
    part = loop[: int(seconds * RATE)].astype(np.float64)
    part = part - part.mean(axis=0)
    level = np.sqrt((part**2).mean())
    if level == 0:
        raise ValueError("a sound must not be silent")
    part *= LOUDNESS / level
    # Straight up to half of PEAK, then bent so that the loudest strike comes near PEAK and never passes it.
    knee = PEAK / 2
    over = np.maximum(np.abs(part) - knee, 0)
    part = np.sign(part) * (np.minimum(np.abs(part), knee) + knee * np.tanh(over / knee))
    clock = np.arange(len(part)) / RATE
    part *= (np.minimum(1, clock / 0.012) * np.minimum(1, clock[::-1] / 0.060))[:, None]
    return part.astype(np.float32)
