"""The music bed: a track under the whole film, without a seam where it begins anew."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from rendering.decoding import Part, decode
from rendering.levels import RATE, Sound, loudness
from rendering.plan import Bed

BED_LUFS = -20.0  # where nothing else is heard: a little under the clips, which stand at -16
DUCK = 14.0  # dB: under a clip, a voice or an effect it lies 18 dB below the clips
SEAM = 2.0  # seconds in which the end of the track gives way to its beginning
FADE_IN, FADE_OUT = 0.4, 1.5  # seconds at the film's ends
MAX_GAIN = 20.0  # dB
QUIET = 0.001  # -60 dBFS: silence at a track's ends would be a hole in the loop


def bed_sound(
    bed: Bed, path: Path, samples: int, folder: Path, report: Callable[[float], None] = lambda percent: None
) -> Sound:
    """Return so many samples of music, levelled and faded at both ends; nothing is heard of a silent track.

    `report` is called a few times a second. Raises ffmpeg.FFmpegError.
    """
    (music,) = decode([Part(path, bed.start, samples / RATE)], folder, "bed", report)
    music = _trimmed(music)
    if len(music) < samples:
        (again,) = decode([Part(path, 0, samples / RATE + SEAM)], folder, "track", report)
        music = go_round(music, _trimmed(again), samples)
    music = np.array(music[:samples])  # our own copy: the file is only read
    level = loudness(music)
    if level is None:
        return np.zeros((samples, 2), np.float32)
    music *= np.float32(10 ** (min(BED_LUFS - level, MAX_GAIN) / 20) * bed.volume)
    return _faded(music)


def go_round(music: Sound, again: Sound, samples: int) -> Sound:
    """Return at least so many samples: the music, then `again` as often as it takes, each end over a beginning."""
    heard = np.flatnonzero(np.abs(again).max(axis=1) > QUIET)
    if not len(heard):
        return np.zeros((samples, 2), np.float32)
    again = again[heard[0] :]
    parts = [np.array(music)]
    while sum(len(part) for part in parts) < samples:
        seam = min(round(SEAM * RATE), len(again) // 4, len(parts[-1]))
        up = np.sin(np.linspace(0, np.pi / 2, seam, dtype=np.float32))[:, None]
        following = np.array(again)
        following[:seam] = following[:seam] * up + parts[-1][len(parts[-1]) - seam :] * up[::-1]
        parts[-1] = parts[-1][: len(parts[-1]) - seam]
        parts.append(following)
    return np.concatenate(parts)


def _trimmed(music: Sound) -> Sound:
    """Return the music without the silence at its end."""
    step = RATE // 10
    blocks = np.abs(music[: len(music) // step * step]).reshape(-1, step * 2).max(axis=1)
    heard = np.flatnonzero(blocks > QUIET)
    return music[: (heard[-1] + 1) * step] if len(heard) else music[:0]


def _faded(music: Sound) -> Sound:
    for seconds, edge in ((FADE_IN, slice(None)), (FADE_OUT, slice(None, None, -1))):
        length = min(round(seconds * RATE), len(music) // 2)
        music[edge][:length] *= np.sin(np.linspace(0, np.pi / 2, length, dtype=np.float32))[:, None]
    return music
