"""Short animated overlays with alpha, made by moviepy and kept by the hash of what they show."""

import functools
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from PIL import Image

from rendering import store
from rendering.board import Picture
from rendering.plan import FPS

VERSION = 2  # rises when the motion changes
POP, HOLD, LEAVE = 0.30, 0.75, 0.25  # seconds
# The file ends when the badge stands; that it holds and leaves costs no frames of its own.
STAY = f"tpad=stop_mode=clone:stop_duration={HOLD + LEAVE:g},fade=t=out:st={POP + HOLD:g}:d={LEAVE:g}:alpha=1"
OVERSHOOT = 1.70158  # of the usual "back" easing: about a tenth beyond the end, then home
ROOM = 1.16  # the canvas, in sizes of the picture, that the overshoot needs


@dataclass(frozen=True)
class Film:
    """An overlay's file and the place of its top left corner on the frame."""

    path: Path
    x: int
    y: int


def badge_entrance(badge: Picture) -> Film:
    """Return the badge popping in; made at the first call. STAY has it hold and leave."""
    width, height = (2 * int(side * ROOM / 2 + 1) for side in badge.image.size)
    x = (badge.x - (width - badge.image.width) // 2) // 2 * 2
    y = (badge.y - (height - badge.image.height) // 2) // 2 * 2
    name = hashlib.sha256(badge.png() + f"badge {VERSION} {width}x{height}".encode()).hexdigest()
    path = settings.SEGMENTS_DIR / "art" / f"{name}.mov"
    if not store.used(path):
        _write(badge.image, (width, height), path)
    return Film(path, max(x, 0), max(y, 0))


def motion(t: float) -> tuple[float, float]:
    """Return scale and opacity of the badge at a time in seconds, up to POP."""
    u = min(t / POP, 1.0) - 1
    return max(0.05, 1 + (OVERSHOOT + 1) * u**3 + OVERSHOOT * u**2), min(1.0, t / (POP / 2))


def _write(image: Image.Image, size: tuple[int, int], path: Path) -> None:
    """Animate the picture on a transparent canvas into a QuickTime Animation file, which keeps alpha losslessly."""
    from moviepy import VideoClip  # a second of imports, which only a new badge is worth

    @functools.lru_cache(1)  # picture and mask ask for the same frame
    def frame(scale: float, opacity: float) -> np.ndarray:
        return _frame(image, size, scale, opacity)

    clip = VideoClip(lambda t: frame(*motion(t))[..., :3], duration=POP + 1 / FPS)
    mask = VideoClip(lambda t: frame(*motion(t))[..., 3] / np.float32(255), is_mask=True, duration=clip.duration)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = os.path.join(folder, "overlay.mov")
        clip.with_mask(mask).write_videofile(
            made, fps=FPS, codec="qtrle", audio=False, logger=None, ffmpeg_params=["-threads", "1"]
        )
        os.replace(made, path)


def _frame(image: Image.Image, size: tuple[int, int], scale: float, opacity: float) -> np.ndarray:
    """Return one RGBA frame of shape (height, width, 4): the picture in the middle, scaled and faded."""
    width, height = (max(1, round(side * scale)) for side in image.size)
    small = image.resize((width, height), Image.Resampling.BICUBIC)
    if opacity < 1:
        small.putalpha(small.getchannel("A").point(lambda value: round(value * opacity)))
    canvas = Image.new("RGBA", size)
    canvas.paste(small, ((size[0] - width) // 2, (size[1] - height) // 2))
    return np.asarray(canvas)
