"""The stand-in's videos and covers: drawn by numpy, filmed by the studio's ffmpeg when first asked for, and marked."""

import io
import os
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ranking.ffmpeg import exe
from scraping.standin.catalogue import CLIP_SECONDS, CLIPS
from scraping.standin.looks import SIZE, paint

FPS = 24
SCALE = 4  # drawn small, shown large: quick to make
FULL = (SIZE[0] * SCALE, SIZE[1] * SCALE)  # pixels
MARK = "STAND-IN / 대역"
FONT = Path(__file__).resolve().parents[2] / "rendering" / "fonts" / "Pretendard-Bold.otf"
COVER_AT = 1.5  # seconds


class Clips:
    """The videos of one folder, each made once; a number from CLIPS on is the same picture mirrored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.locks = [Lock() for _ in range(2 * CLIPS)]
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, number: int) -> bytes:
        """The bytes of a clip, an MP4; it takes a second the first time."""
        path = self.folder / f"clip-{number}.mp4"
        with self.locks[number]:
            if not path.exists():
                film(number, path)
        return path.read_bytes()


def film(number: int, path: Path) -> None:
    """Write the clip to its path, whole or not at all; raises CalledProcessError where ffmpeg fails."""
    seconds = CLIP_SECONDS[number % CLIPS % len(CLIP_SECONDS)]
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".making-") as folder:
        mark, raw, made = (Path(folder) / name for name in ("mark.png", "frames", "clip.mp4"))
        _mark(number).save(mark)
        raw.write_bytes(b"".join(frame.tobytes() for frame in _frames(number, seconds)))
        subprocess.run(_argv(number, seconds, raw, mark, made), check=True, capture_output=True, timeout=120)
        os.replace(made, path)


def _argv(number: int, seconds: int, raw: Path, mark: Path, made: Path) -> list[str]:
    frames = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(FPS), "-i", str(raw)]
    pitch = 180 + 23 * (number % CLIPS)
    sound = ["-f", "lavfi", "-i", f"sine=frequency={pitch}:beep_factor=3:sample_rate=44100:duration={seconds}"]
    graph = f"[0]scale={FULL[0]}:{FULL[1]}:flags=bilinear[big];[big][1]overlay=0:0,format=yuv420p[out]"
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-threads", "1", "-c:a", "aac", "-b:a", "64k"]
    ends = ["-t", str(seconds), "-movflags", "+faststart", str(made)]
    begins = [exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y"]
    return [
        *begins,
        *frames,
        "-i",
        str(mark),
        *sound,
        "-filter_complex",
        graph,
        "-map",
        "[out]",
        "-map",
        "2:a",
        *encode,
        *ends,
    ]


def _frames(number: int, seconds: int) -> Iterator[np.ndarray]:
    return (_frame(number, index / FPS) for index in range(seconds * FPS))


@cache
def cover(number: int, quality: int = 82) -> bytes:
    """The clip's cover, a JPEG with the same mark."""
    picture = Image.fromarray(_frame(number, COVER_AT)).resize(FULL, Image.Resampling.BILINEAR)
    picture.paste(mark := _mark(number), (0, 0), mark)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _frame(number: int, moment: float) -> np.ndarray:
    frame = paint(number % CLIPS, moment)
    return np.ascontiguousarray(frame[:, ::-1]) if number >= CLIPS else frame


def _mark(number: int) -> Image.Image:
    """The words over the picture that say what it is, in the middle, where no crop and no art of a film hides them."""
    art = Image.new("RGBA", FULL)
    draw = ImageDraw.Draw(art)
    draw.rounded_rectangle((72, 508, FULL[0] - 72, 580), 14, fill=(176, 0, 32, 235))
    draw.text((FULL[0] // 2, 544), MARK, font=ImageFont.truetype(FONT, 46), fill="white", anchor="mm")
    label = f"#{number % CLIPS + 1}" + ("R" if number >= CLIPS else "")
    ink = {"fill": "white", "stroke_fill": "black", "stroke_width": 4, "anchor": "mm"}
    draw.text((FULL[0] // 2, 462), label, font=ImageFont.truetype(FONT, 56), **ink)
    return art
