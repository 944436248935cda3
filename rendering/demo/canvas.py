"""What the demo's animations draw with: soft light, shaded balls, stamps with motion blur, and the demo mark."""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, RATE = 720, 1280, 30  # pixels, pixels, frames a second

Floats = NDArray[np.float32]
Frame = NDArray[np.uint8]  # (HEIGHT, WIDTH, 3), RGB
Painter = Callable[[float], Frame]  # seconds from the start -> one frame

# A film crops the clip to about 3:4 and keeps its middle, so the mark stands inside that middle.
MARK_RIGHT, MARK_BOTTOM = WIDTH - 24, 1092


def grid(width: int, height: int) -> tuple[Floats, Floats]:
    """The x row (1, width) and y column (height, 1) of pixel centres, in frame pixels whatever the size of the grid."""
    x = (np.arange(width, dtype=np.float32) + 0.5) * (WIDTH / width)
    y = (np.arange(height, dtype=np.float32) + 0.5) * (HEIGHT / height)
    return x[None, :], y[:, None]


def colour(text: str) -> Floats:
    """The RGB triple, 0 to 1, of a colour written as six hex digits."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)], dtype=np.float32)


def ramp(stops: list[str], count: int) -> Floats:
    """`count` colours (count, 3), 0 to 1, evenly along the given hex stops."""
    known = np.stack([colour(stop) for stop in stops])
    at = np.linspace(0, len(stops) - 1, count)
    return np.stack([np.interp(at, np.arange(len(stops)), known[:, c]) for c in range(3)], axis=1).astype(np.float32)


def hill(far: Floats) -> Floats:
    """The Gaussian bell, 1 at 0, of a distance in sigmas; its feet stay above the slow denormal numbers."""
    return np.exp(np.maximum(far * far * np.float32(-0.5), np.float32(-20)))


def glow(points: Floats, colours: Floats, sigma: float, step: int = 4) -> Floats:
    """Gaussian lights (n, 2) of (n, 3) colours summed on a grid `step` times coarser than the frame.

    A Gaussian is a product of its two axes, so a sum of any number of them is one matrix product for each colour.
    """
    x, y = grid(WIDTH // step, HEIGHT // step)
    points = points.astype(np.float32)
    across, down = hill((points[:, :1] - x) / sigma), hill((points[:, 1:] - y.T) / sigma)
    return np.stack([(down * colours[:, c : c + 1]).T @ across for c in range(3)], axis=2)


def tone(light: Floats) -> Frame:
    """Light from 0 upwards as bytes; what is too bright rolls off softly instead of clipping."""
    return (252 * (1 - np.exp(-np.maximum(light, 0)))).astype(np.uint8)


def enlarge(picture: Frame) -> Frame:
    """The small picture, smoothly, in the size of the frame."""
    return np.array(Image.fromarray(picture).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR))


def premultiplied(rgb: Floats, alpha: Floats) -> Floats:
    """A stamp (h, w, 4): colour in 0 to 255 already weighed by its cover, and the cover."""
    return np.concatenate([rgb * alpha[..., None] * 255, alpha[..., None]], axis=2).astype(np.float32)


def ball(radius: float, tint: Floats, shine: float = 1.0) -> Floats:
    """The stamp of a glossy ball lit from the upper left."""
    half = int(np.ceil(radius)) + 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32) / radius
    far = np.sqrt(x * x + y * y)
    z = np.sqrt(np.clip(1 - far * far, 0, 1))
    lit = np.clip(-0.45 * x - 0.6 * y + 0.66 * z, 0, 1)
    bounce = np.clip(0.3 * x + 0.75 * y - 0.1, 0, 1) * 0.35
    body = tint * (0.20 + 0.95 * lit + bounce)[..., None]
    # A wide sheen and a small window of light make glass out of a plain sphere.
    sheen = 0.22 * lit**6 + 0.95 * np.exp(-(((x + 0.36) / 0.20) ** 2 + ((y + 0.44) / 0.15) ** 2))
    rim = 0.25 * np.clip(far, 0, 1) ** 8
    rgb = np.clip(body + tint * rim[..., None] + shine * sheen[..., None], 0, 1)
    return premultiplied(rgb, np.clip((1 - far) * radius + 0.5, 0, 1))


def shade(width: int, height: int, strength: float) -> Floats:
    """The stamp of a soft dark blot, as a shadow."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    cover = strength * np.clip(1 - np.sqrt(x * x + y * y), 0, 1) ** 1.5
    return premultiplied(np.full((height, width, 3), (0.16, 0.09, 0.05), dtype=np.float32), cover)


def stamp(frame: Frame, picture: Floats, path: NDArray[np.floating]) -> None:
    """Lay the stamp over the frame, its centre averaged over the path (n, 2): that is its motion blur."""
    high, wide = picture.shape[:2]
    corners = np.asarray(path) - ((wide - 1) / 2, (high - 1) / 2)
    left, top = np.floor(corners.min(axis=0)).astype(int)
    right, bottom = np.add(np.floor(corners.max(axis=0)).astype(int), (wide + 1, high + 1))
    layer = np.zeros((bottom - top, right - left, 4), dtype=np.float32)
    for x, y in corners - (left, top):
        i, j = int(y), int(x)
        u, v = x - j, y - i
        for di, dj, weight in ((0, 0, (1 - u) * (1 - v)), (0, 1, u * (1 - v)), (1, 0, (1 - u) * v), (1, 1, u * v)):
            if weight > 0.01:
                layer[i + di : i + di + high, j + dj : j + dj + wide] += picture * np.float32(weight / len(corners))
    cover(frame, layer, left, top)


def cover(frame: Frame, layer: Floats, left: int, top: int) -> None:
    """Lay a premultiplied layer over the frame with its corner there, cut at the frame's edges."""
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + layer.shape[1], frame.shape[1]), min(top + layer.shape[0], frame.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    layer = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    under = frame[y0:y1, x0:x1]
    under[...] = np.clip(under * (1 - layer[..., 3:]) + layer[..., :3] + 0.5, 0, 255).astype(np.uint8)


def blurred(position: Callable[[Floats], NDArray[np.floating]], moment: float, steps: int) -> NDArray[np.floating]:
    """The places (steps, 2) of a thing while the shutter is open: half a frame from the moment on."""
    return position(moment + np.arange(steps, dtype=np.float32) * (0.5 / RATE / steps))


@cache
def _mark() -> Floats:
    """The small word "demo" in a quiet pill."""
    scale, wide, high = 4, 74, 30
    pill = Image.new("L", (wide * scale, high * scale), 0)
    ImageDraw.Draw(pill).rounded_rectangle((0, 0, wide * scale - 1, high * scale - 1), high * scale // 2, fill=255)
    word = Image.new("L", pill.size, 0)
    middle = (wide * scale // 2, high * scale // 2 - scale)
    ImageDraw.Draw(word).text(middle, "demo", font=ImageFont.load_default(17 * scale), fill=255, anchor="mm")
    plate, ink = (
        np.asarray(image.resize((wide, high), Image.Resampling.LANCZOS), np.float32) / 255 for image in (pill, word)
    )
    under, over = 0.42 * plate, 0.88 * ink
    rgb = np.broadcast_to(over[..., None] * 255, (high, wide, 3))
    return np.concatenate([rgb, (over + under * (1 - over))[..., None]], axis=2).astype(np.float32)


def sign(frame: Frame) -> Frame:
    """The frame with the demo mark in its lower right corner."""
    mark = _mark()
    cover(frame, mark, MARK_RIGHT - mark.shape[1], MARK_BOTTOM - mark.shape[0])
    return frame
