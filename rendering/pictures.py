"""Tight pictures of the board art, and what all of their text has in common."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image

from rendering.ink import Colour, Ink
from rendering.style_fields import RankStyle, Shadow, Style
from rendering.targets import Target

BLACK: Colour = (0, 0, 0)


@dataclass(frozen=True)
class Picture:
    """A tight RGBA picture and its place on the 1080x1920 canvas; place and size are even, as yuv420 wants them.

    `ended`: at which sides (left, top, right, bottom) there was no more room to draw on, so that ink may be cut off.
    """

    image: Image.Image
    x: int
    y: int
    ended: tuple[bool, bool, bool, bool] = (False, False, False, False)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom on the canvas, in pixels."""
        return self.x, self.y, self.x + self.image.width, self.y + self.image.height

    def digest(self) -> str:
        """The hash of its pixels: a fifteenth of the work of writing the PNG, which a kept picture is spared."""
        size = f"{self.image.mode} {self.image.width}x{self.image.height} "
        return hashlib.sha256(size.encode() + self.image.tobytes()).hexdigest()

    def png(self) -> bytes:
        """The picture as PNG, the same bytes each time."""
        buffer = io.BytesIO()
        self.image.save(buffer, "PNG", compress_level=4)
        return buffer.getvalue()


def tight(image: Image.Image, x: int, y: int, target: Target) -> Picture | None:
    """The picture cut to its ink on even pixels and to the safe box; None when no ink is in there."""
    ink = image.getchannel("A").getbbox()
    if ink is None:
        return None
    left, top, right, bottom = target.box
    ended = (
        *(x + ink[0] < left or not ink[0], y + ink[1] < top or not ink[1]),
        *(x + ink[2] > right or ink[2] == image.width, y + ink[3] > bottom or ink[3] == image.height),
    )
    left, top = max(x + ink[0], left + left % 2) // 2 * 2, max(y + ink[1], top + top % 2) // 2 * 2
    right, bottom = (min(x + ink[2], right) + 1) // 2 * 2, (min(y + ink[3], bottom) + 1) // 2 * 2
    if right <= left or bottom <= top:
        return None
    return Picture(image.crop((left - x, top - y, right - x, bottom - y)), left, top, ended)


def inked(style: Style, fill: tuple[Colour, Colour], outline: int, shadow: Shadow | None, thin: float = 1.0) -> Ink:
    """The ink of letters that fade from the first colour to the second.

    `thin` is their size in full sizes, with which the outline thins, but less.
    """
    line = max(1, round(outline * thin**0.7)) if outline else 0
    soft = (shadow.x, shadow.y, shadow.blur, shadow.alpha) if shadow else (0, 0, 0.0, 0.0)
    tint = (shadow.colour or fill[0]) if shadow else BLACK
    return Ink(fill, style.outline if line else fill[0], line, shadow=soft, tint=tint)


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """A colour with a share of another."""
    return tuple(round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))


def shaded(colour: Colour, shine: float, shade: float) -> tuple[Colour, Colour]:
    """A colour lightened for the top and darkened for the foot."""
    return mixed(colour, (255, 255, 255), shine), mixed(colour, BLACK, shade)


def rank_fill(look: RankStyle, rank: int) -> tuple[Colour, Colour]:
    """The colours of a rank's number, at its top and at its foot."""
    return shaded(look.colours[min(rank, len(look.colours)) - 1], look.shine, look.shade)


def dimmed(image: Image.Image, alpha: float) -> Image.Image:
    """The picture with all of its alpha times this."""
    if alpha >= 1:
        return image
    image = image.copy()
    image.putalpha(image.getchannel("A").point([round(value * alpha) for value in range(256)]))
    return image
