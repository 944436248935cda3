"""Pictures and numbers made of a video's frames and sound: cover, filmstrip, waveform."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

FRAMES = 12
COVER_SIDE = 720  # pixels of the longest side
STRIP_HEIGHT = 160
STRIP_WIDTH = 284  # of one frame at most, so that a panorama makes no endless strip
PEAKS = 200
SILENCE = 1e-3  # of full scale, -60 dB
SOUND_RATE = 8000  # samples a second that the waveform is read at
FLAT = 6.0  # standard deviation of 8-bit luma below which a frame shows nothing


def load(folder: Path) -> list[Image.Image]:
    """The frames that ffmpeg left as PNG, in their order."""
    frames = []
    for path in sorted(folder.glob("frame-*.png")):
        with Image.open(path, formats=("PNG",)) as image:
            frames.append(image.convert("RGB"))
    return frames


def best(frames: list[Image.Image]) -> Image.Image:
    """The frame that shows most: neither black nor white nor a fade, of high contrast, rather early than late."""
    return max(enumerate(frames), key=lambda item: _merit(item[1]) - 0.5 * item[0])[1]


def _merit(frame: Image.Image) -> float:
    luma = np.asarray(frame.convert("L").resize((96, 96), Image.Resampling.BOX), dtype=np.float32)
    detail = np.abs(np.diff(luma, axis=0)).mean() + np.abs(np.diff(luma, axis=1)).mean()
    exposure = min(luma.mean(), 255 - luma.mean(), 50.0)
    return float(min(luma.std(), 50.0) + 4 * min(detail, 25.0) + exposure)


def cover(frame: Image.Image, path: Path) -> None:
    """Write the frame as WebP, its longest side at most COVER_SIDE pixels."""
    picture = frame.copy()
    picture.thumbnail((COVER_SIDE, COVER_SIDE), Image.Resampling.LANCZOS)
    picture.save(path, "WEBP", quality=82, method=4)


def filmstrip(frames: list[Image.Image], path: Path) -> None:
    """Write FRAMES equal frames side by side as one WebP; a film of fewer frames shows some of them again."""
    chosen = [frames[index * len(frames) // FRAMES] for index in range(FRAMES)]
    width = min(max(round(frames[0].width * STRIP_HEIGHT / frames[0].height), 16), STRIP_WIDTH)
    strip = Image.new("RGB", (width * FRAMES, STRIP_HEIGHT))
    for index, frame in enumerate(chosen):
        strip.paste(_filling(frame, width), (index * width, 0))
    strip.save(path, "WEBP", quality=70, method=4)


def _filling(frame: Image.Image, width: int) -> Image.Image:
    scale = max(width / frame.width, STRIP_HEIGHT / frame.height)
    size = max(round(frame.width * scale), width), max(round(frame.height * scale), STRIP_HEIGHT)
    picture = frame.resize(size, Image.Resampling.LANCZOS)
    left, top = (size[0] - width) // 2, (size[1] - STRIP_HEIGHT) // 2
    return picture.crop((left, top, left + width, top + STRIP_HEIGHT))


def waveform(path: Path) -> list[float]:
    """PEAKS peaks from 0 to 1 of 16-bit mono samples; empty where there is no sound or nothing but silence."""
    if not path.exists() or path.stat().st_size < 2 * PEAKS:
        return []
    samples = np.abs(np.fromfile(path, dtype="<i2").astype(np.float32)) / 32768
    if samples.max() < SILENCE:
        return []
    edges = np.linspace(0, len(samples), PEAKS + 1).astype(int)
    return [round(float(samples[a:b].max()), 3) for a, b in pairwise(edges)]
