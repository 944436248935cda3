"""Whether every clip of a film is heard."""

from pathlib import Path

import av
import numpy as np

from rendering.plan import FPS, Clip, Plan
from rendering.report.stillness import starts

WINDOW = 0.1  # seconds: the loudest of these tells whether anything was heard
SILENT_DB = -60.0  # dBFS
EDGE = 2  # frames at both ends of a clip into which AAC smears what is heard before and after


def levels(path: Path) -> np.ndarray:
    """Return the level in dBFS of each WINDOW of a film's sound."""
    with av.open(str(path)) as film:
        if not film.streams.audio:
            return np.zeros(0)
        rate = film.streams.audio[0].codec_context.sample_rate
        parts = [(frame.to_ndarray().astype(np.float32) ** 2).mean(axis=0) for frame in film.decode(audio=0)]
    power = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    step = round(rate * WINDOW)
    windows = power[: power.size // step * step].reshape(-1, step).mean(axis=1)
    return 10 * np.log10(np.maximum(windows, 1e-12))


def is_heard(level: np.ndarray, first: int, end: int) -> bool:
    """Return whether anything is heard from film frame `first` up to `end`."""
    low, high = (first + EDGE) / FPS / WINDOW, (end - EDGE) / FPS / WINDOW
    part = level[int(np.ceil(low)) : max(int(high), int(np.ceil(low)) + 1)]
    return bool(part.size) and float(part.max()) > SILENT_DB


def heard_clips(plan: Plan, level: np.ndarray) -> dict[int, bool]:
    """Return for each rank whether anything is heard while its clip plays."""
    pieces = plan.pieces()
    return {
        piece.rank: is_heard(level, begin, begin + piece.frames)
        for piece, begin in zip(pieces, starts(pieces), strict=False)
        if piece.kind == "clip"
    }


def why_silent(plan: Plan, clip: Clip) -> str:
    """Return why a clip is meant to be silent: muted, soundless, or an empty text where it should be heard."""
    if clip.voice or plan.bed is not None:
        return ""
    if not clip.has_audio:
        return "soundless"
    return "muted" if clip.volume <= 0 else ""
