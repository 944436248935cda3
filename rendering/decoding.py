"""Sound out of files: each wanted part as an array, all of them by one guarded ffmpeg."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ranking import ffmpeg
from rendering.levels import RATE, Sound
from scraping.guard import input_args

SAFETY = 0.1  # seconds read beyond the end, so that resampling can still fill the last sample
# Seconds read before the beginning: the first block after a seek lacks its half of the one before it (AAC overlaps
# them), and at a file's very start ffmpeg 9 would leave it out altogether.
RUN_IN = 0.25


@dataclass(frozen=True)
class Part:
    """A part of a file's sound, in seconds of the file; a `tempo` above 1 plays it faster at the same pitch."""

    path: Path
    start: float
    seconds: float
    tempo: float = 1.0


def decode(
    parts: Sequence[Part], folder: Path, name: str = "part", report: Callable[[float], None] = lambda percent: None
) -> list[Sound]:
    """Return the sound of each part, shorter where its file ends; the arrays are read from files in the folder.

    `report` is called a few times a second. Raises ffmpeg.FFmpegError.
    """
    if not parts:
        return []
    argv, outputs, paths = ["-filter_threads", "1"], [], []
    for number, part in enumerate(parts):
        # ffmpeg opens its inputs one by one as they are needed, so ten clips need no more memory than one.
        begin = max(part.start - RUN_IN, 0.0)
        seek = ["-ss", f"{begin:.3f}"] if begin else []
        argv += input_args(part.path, *seek, "-t", f"{part.start - begin + part.seconds + SAFETY:.3f}")
        chain = f"aresample={RATE}:async=1:first_pts=0,aformat=channel_layouts=stereo:sample_fmts=flt"
        chain += f",atrim=start_sample={round((part.start - begin) * RATE)},asetpts=PTS-STARTPTS"
        chain += f",atempo={part.tempo:.5f}" if part.tempo != 1 else ""
        length = round(part.seconds / part.tempo * RATE)
        paths.append(folder / f"{name}-{number}.raw")
        outputs += ["-map", f"{number}:a:0", "-af", f"{chain},atrim=end_sample={length}"]
        outputs += ["-threads", "1", "-f", "f32le", str(paths[-1])]
    ffmpeg.run([*argv, *outputs], report=report)
    return [_read(path) for path in paths]


def _read(path: Path) -> Sound:
    """Map a file of raw samples into memory: what is not looked at costs none."""
    size = path.stat().st_size // 8 if path.exists() else 0
    return np.memmap(path, np.float32, "r", shape=(size, 2)) if size else np.zeros((0, 2), np.float32)
