"""Short clips for tests, made by the studio's ffmpeg from its test sources; nothing is read from anywhere."""

import subprocess
from pathlib import Path

from ranking.ffmpeg import exe


def make_clip(
    path: Path,
    seconds: float = 2,
    size: str = "320x568",
    fps: float = 30,
    audio: bool = True,
    color: str = "",
    *,
    extra: tuple[str, ...] = (),
) -> Path:
    """Write a clip and return its path: a moving test picture, or a plain `color`; a 440 Hz tone, or no sound.

    The container follows the path's suffix; `extra` is put before the output's name.
    """
    picture = f"color=c={color}:s={size}:r={fps}" if color else f"testsrc2=s={size}:r={fps}"
    argv = ["-f", "lavfi", "-i", picture]
    if audio:
        argv += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    codecs = [] if path.suffix == ".webm" else ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    run(*argv, "-t", str(seconds), *codecs, *extra, path)
    return path


def run(*arguments: str | Path) -> None:
    """Run ffmpeg with these arguments."""
    argv = [exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)]
    subprocess.run(argv, check=True, capture_output=True, timeout=60)
