"""Short animated overlays with alpha, made by moviepy and kept by the hash of what they show."""

import functools
import hashlib
import math
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from PIL import Image

from rendering import store
from rendering.pictures import Picture, dimmed
from rendering.plan import FPS
from rendering.style_fields import Motion
from rendering.targets import HEIGHT, WIDTH

VERSION = 3  # rises when a motion changes
POP, HOLD, LEAVE = 0.30, 0.75, 0.25  # seconds
OVERSHOOT = 1.70158  # of the usual "back" easing: about a tenth beyond the end, then home
SLAM = 1.9  # the size from which a picture slams in, in its sizes
LETTER = 0.55  # the width of a typed letter, in heights of its line

Draw = Callable[[Image.Image, float], tuple[Image.Image, float]]


@dataclass(frozen=True)
class Film:
    """An overlay's file and the place of its top left corner on the frame."""

    path: Path
    x: int
    y: int


def badge_entrance(badge: Picture) -> Film:
    """Return the badge popping in; made at the first call."""
    return entrance(badge, Motion("pop", POP))


def entrance(picture: Picture, motion: Motion) -> Film:
    """Return the picture coming in; made at the first call. Its last frame is the picture as it stands."""
    draw, room = MOTIONS[motion.kind]
    width, height = (2 * int(side * room / 2 + 1) if room > 1 else side for side in picture.image.size)
    width, height = min(width, WIDTH), min(height, HEIGHT)
    x = min(max((picture.x - (width - picture.image.width) // 2) // 2 * 2, 0), WIDTH - width)
    y = min(max((picture.y - (height - picture.image.height) // 2) // 2 * 2, 0), HEIGHT - height)
    inside = picture.x - x, picture.y - y
    name = f"{motion.kind} {motion.seconds:g} {VERSION} {width}x{height} {inside}"
    path = settings.SEGMENTS_DIR / "art" / f"{hashlib.sha256((picture.digest() + name).encode()).hexdigest()}.mov"
    if not store.used(path):
        _write(lambda u: _frame(draw(picture.image, u), (width, height), inside, picture.image.size), motion, path)
    return Film(path, x, y)


def pop(image: Image.Image, u: float) -> tuple[Image.Image, float]:
    """It grows a little beyond its size and comes home."""
    v = u - 1
    return _scaled(image, 1 + (OVERSHOOT + 1) * v**3 + OVERSHOOT * v**2), min(1.0, u * 2)


def slam(image: Image.Image, u: float) -> tuple[Image.Image, float]:
    """It falls onto the picture from above, and gives a little where it lands."""
    fall = min(1.0, u / 0.6)
    give = math.sin((u - 0.6) / 0.4 * math.pi) * 0.06 if u > 0.6 else 0.0
    return _scaled(image, SLAM + (1 - SLAM) * fall**2 - give), min(1.0, u * 3)


def flip(image: Image.Image, u: float) -> tuple[Image.Image, float]:
    """It turns around its upright axis, as a card does."""
    wide = max(0.04, math.sin(min(1.0, u / 0.7) * math.pi / 2)) if u < 0.7 else 1 + 0.05 * math.sin(u * math.pi * 3)
    return _scaled(image, wide if u < 1 else 1.0, 1.0), min(1.0, u * 4)


def wipe(image: Image.Image, u: float) -> tuple[Image.Image, float]:
    """It is uncovered from the left."""
    return _uncovered(image, 1 - (1 - u) ** 2), 1.0


def typed(image: Image.Image, u: float) -> tuple[Image.Image, float]:
    """It is uncovered from the left, about a letter at a time."""
    letters = max(2, round(image.width / image.height / LETTER))
    return _uncovered(image, math.ceil(u * letters) / letters), 1.0


# How a picture stands at a moment from 0 to 1, with its opacity; and the canvas that takes, in sizes of the picture.
MOTIONS: dict[str, tuple[Draw, float]] = {
    "pop": (pop, 1.16),
    "slam": (slam, SLAM),
    "flip": (flip, 1.1),
    "wipe": (wipe, 1.0),
    "type": (typed, 1.0),
}


def _scaled(image: Image.Image, wide: float, high: float | None = None) -> Image.Image:
    sides = wide, wide if high is None else high
    size = tuple(max(1, round(side * max(0.05, scale))) for side, scale in zip(image.size, sides, strict=True))
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)


def _uncovered(image: Image.Image, share: float) -> Image.Image:
    shown = Image.new("RGBA", image.size)
    wide = round(image.width * min(1.0, share))
    shown.paste(image.crop((0, 0, wide, image.height)), (0, 0))
    return shown


def _write(draw: Callable[[float], np.ndarray], motion: Motion, path: Path) -> None:
    """Animate a picture on a transparent canvas into a QuickTime Animation file, which keeps alpha losslessly."""
    from moviepy import VideoClip  # a second of imports, which only a new overlay is worth

    @functools.lru_cache(1)  # picture and mask ask for the same frame
    def frame(moment: float) -> np.ndarray:
        return draw(min(1.0, round(moment * FPS) / steps))

    steps = max(1, round(motion.seconds * FPS))  # and a last frame on which it stands
    clip = VideoClip(lambda t: frame(t)[..., :3], duration=(steps + 1.01) / FPS)
    mask = VideoClip(lambda t: frame(t)[..., 3] / np.float32(255), is_mask=True, duration=clip.duration)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = os.path.join(folder, "overlay.mov")
        clip.with_mask(mask).write_videofile(
            made, fps=FPS, codec="qtrle", audio=False, logger=None, ffmpeg_params=["-threads", "1"]
        )
        os.replace(made, path)


def _frame(
    shown: tuple[Image.Image, float], size: tuple[int, int], inside: tuple[int, int], full: tuple[int, int]
) -> np.ndarray:
    """Return one RGBA frame of shape (height, width, 4): the picture about the middle of where it will stand."""
    image, opacity = dimmed(shown[0], shown[1]), shown[1]
    canvas = Image.new("RGBA", size)
    if opacity > 0:
        x = inside[0] + round((full[0] - image.width) / 2)
        y = inside[1] + round((full[1] - image.height) / 2)
        canvas.paste(image, (x, y))
    return np.asarray(canvas)
