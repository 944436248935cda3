"""Running ffmpeg: an argument list in, progress out, and nothing left running whatever happens."""

import functools
import logging
import os
import select
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable
from typing import IO

import imageio_ffmpeg

from ranking import child

logger = logging.getLogger(__name__)

STALL_SECONDS = 60  # no progress for this long: the file or the machine is stuck
TICK_SECONDS = 0.25
TAIL_BYTES = 6000


class FFmpegError(Exception):
    """ffmpeg failed; the text is the end of what it wrote."""


def exe() -> str:
    """Return the path of the ffmpeg that came with the program (or that IMAGEIO_FFMPEG_EXE names)."""
    return imageio_ffmpeg.get_ffmpeg_exe()


@functools.cache
def build() -> str:
    """Return the version line of ffmpeg: another build may make other bytes."""
    answer = subprocess.run([exe(), "-hide_banner", "-version"], capture_output=True, text=True, check=True)
    return answer.stdout.splitlines()[0]


def run(
    args: list[str],
    *,
    seconds: float = 0,
    report: Callable[[float], None] = lambda percent: None,
) -> str:
    """Run ffmpeg with these arguments; return the end of its log.

    `report` gets a percentage of `seconds` (of output) a few times a second; whatever it raises ends ffmpeg.
    Raises FFmpegError when ffmpeg fails or makes no progress for STALL_SECONDS.
    """
    argv = [exe(), "-hide_banner", "-nostdin", "-y", "-progress", "pipe:1", "-nostats", *args]
    logger.debug("running %s", shlex.join(argv))
    with tempfile.TemporaryFile() as log:
        process = child.start(argv, stdout=subprocess.PIPE, stderr=log)
        try:
            _follow(process, seconds, report)
            code = process.wait()
        finally:
            child.stop(process)
            process.stdout.close()
        tail = _tail(log)
    if code:
        raise FFmpegError(tail or f"ffmpeg ended with {code}")
    return tail


def _follow(process: subprocess.Popen, seconds: float, report: Callable[[float], None]) -> None:
    """Read progress until ffmpeg closes its output, reporting also while it is silent."""
    stream = process.stdout.fileno()
    rest, percent, moved = b"", 0.0, time.monotonic()
    while True:
        if select.select([stream], [], [], TICK_SECONDS)[0]:
            data = os.read(stream, 65536)
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            done = _seconds_done(lines)
            if done is not None:
                moved = time.monotonic()
                percent = min(100 * done / seconds, 100) if seconds else 0.0
        if time.monotonic() - moved > STALL_SECONDS:
            raise FFmpegError(f"ffmpeg made no progress for {STALL_SECONDS} seconds")
        report(percent)


def _seconds_done(lines: list[bytes]) -> float | None:
    """Return the position that the last of these progress lines tells, in seconds of output."""
    for line in reversed(lines):
        name, _, value = line.partition(b"=")
        if name == b"out_time_us" and value.strip().lstrip(b"-").isdigit():
            return max(int(value) / 1e6, 0.0)
    return None


def _tail(log: IO[bytes]) -> str:
    size = log.seek(0, os.SEEK_END)
    log.seek(max(size - TAIL_BYTES, 0))
    return log.read().decode("utf-8", "replace").strip()
