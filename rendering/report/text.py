"""Whether the text of a film can be read: its art is looked for in the film's frames, against what stands behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import av
import numpy as np
from PIL import Image, ImageFilter

from rendering.board import Picture
from rendering.contrast import luminance, ratio
from rendering.targets import HEIGHT, WIDTH

STEP = 2  # every second pixel of every second row is looked at: as fine as a film's colour, and a letter's stroke has 8
CELL = 20  # such pixels: contrast is taken by squares of this side, since a picture changes along a line
LEAST = 8  # such pixels of text, and of what is next to it, that a square must have to count
READABLE = 3.0  # what WCAG 2.2 asks of large text
OPAQUE = 250
NEAR, FAR = 1, 5  # such pixels around the text that it is set against: its own outline, and what lies beyond
CUT = 2  # such pixels of letters at an edge are more than a letter that just reaches it
SAME = 24  # of 255: how far a letter's pixels may be from its colour
ALIKE = 45  # of 255: the mean difference up to which a square shows what was drawn
WORST = 15  # percentile of the squares: a text is as readable as its worst parts, single letters aside

Box = tuple[int, int, int, int]
Fill = tuple[tuple[int, int, int], tuple[int, int, int]]  # a letter's colour at its top and at its foot


@dataclass(frozen=True)
class Text:
    """One picture of the art: what it is, and as masks its letters, what is next to them, and beyond.

    `colours` are those of the drawn picture. `own` is the contrast that it has over whatever plays behind it, by
    its outline or plate: with enough of it a text can be read anywhere. `cut` says that letters end at an edge.
    """

    name: str
    box: Box
    colours: np.ndarray
    letters: np.ndarray
    ink: np.ndarray
    near: np.ndarray
    next: np.ndarray
    far: np.ndarray
    own: float
    cut: bool


@dataclass(frozen=True)
class Sight:
    """How a text was seen in one frame: its contrast (1 to 21), and which share of it stood where it was drawn."""

    contrast: float
    there: float


def text_of(name: str, picture: Picture, inks: Sequence[tuple[Box | None, Fill]]) -> Text:
    """Return a picture of the art with its letters told from outlines and plates: by their colour in each box.

    A box is one of the frame's, None for the whole picture.
    """
    pixels = np.asarray(picture.image.convert("RGBA"))[::STEP, ::STEP]
    colours, ink = np.ascontiguousarray(pixels[..., :3]), pixels[..., 3] >= OPAQUE
    letters = np.zeros_like(ink)
    for box, fill in dict.fromkeys(inks):
        left, top, right, bottom = _in_picture(box, picture)
        letters[top:bottom, left:right] |= _coloured(colours[top:bottom, left:right], fill)
    letters &= ink
    near = _grown(letters, NEAR) & ~letters  # half of it the soft edge of the letters
    beside = _grown(letters, NEAR + 1) & ~letters & ~near
    far = _grown(ink, FAR) & ~_grown(ink, NEAR)
    text = Text(name, picture.box, colours, letters, ink, near, beside, far, 0.0, _is_cut(letters, picture.ended))
    return replace(text, own=_own_contrast(text, pixels))


def _is_cut(letters: np.ndarray, ended: Sequence[bool]) -> bool:
    """Return whether letters reach a side of their picture at which there was no more room."""
    sides = letters[:, 0], letters[0], letters[:, -1], letters[-1]
    return any(no_room and side.sum() >= CUT for side, no_room in zip(sides, ended, strict=True))


def _in_picture(box: Box | None, picture: Picture) -> Box:
    """Return a box of the frame in the looked-at pixels of a picture."""
    left, top, right, bottom = box or picture.box
    x, y = picture.x, picture.y
    return tuple(max(side, 0) // STEP for side in (left - x, top - y, right - x, bottom - y))


def _own_contrast(text: Text, pixels: np.ndarray) -> float:
    """Return the contrast of a text laid over the worst of black, white and the colour of its letters."""
    if not text.letters.any():
        return 0.0
    alpha = pixels[..., 3:] / np.float32(255)
    backs = (0, 255, text.colours[text.letters].mean(axis=0))
    mixed = (text.colours * alpha + (1 - alpha) * back for back in backs)
    return min(_contrast(text, luminance(over.astype(np.uint8))) or 0.0 for over in mixed)


def _coloured(colours: np.ndarray, fill: Fill) -> np.ndarray:
    """Return which pixels have a fill's colour, or one between its top and its foot."""
    top, foot = np.array(fill, np.float32)
    away, way = colours - top, foot - top
    length = float(way @ way)
    share = np.clip(away @ way / length, 0, 1) if length else np.zeros(colours.shape[:2], np.float32)
    return np.abs(away - share[..., None] * way).max(axis=-1) <= SAME


def _grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    """Return a mask with all that lies within so many pixels of it."""
    blurred = Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.BoxBlur(pixels))
    return np.asarray(blurred) > 0


def shown(frame: av.VideoFrame, box: Box) -> np.ndarray:
    """Return red, green and blue of every STEP-th pixel of a part of a decoded frame, as a player shows them.

    Its shape is (height, width, 3); the box begins on even pixels, and a frame of yuv420p has one colour for each.
    """
    left, top, right, bottom = box
    planes = []
    for plane, step in zip(frame.planes, (STEP, 1, 1), strict=True):
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        of = STEP // step
        part = rows[top // of : -(-bottom // of) : step, left // of : -(-right // of) : step]
        planes.append(part.astype(np.float32))
    light, blue, red = (planes[0] - 16) * (255 / 219), (planes[1] - 128) * (255 / 224), (planes[2] - 128) * (255 / 224)
    mixed = (light + 1.5748 * red, light - 0.1873 * blue - 0.4681 * red, light + 1.8556 * blue)  # ITU-R BT.709
    return np.clip(np.stack(mixed, axis=-1) + 0.5, 0, 255).astype(np.uint8)


def see(text: Text, frame: av.VideoFrame) -> Sight | None:
    """Return how a text is seen in a decoded frame of the film.

    None where it has too little ink to tell, where it does not lie within the frame, or where that is not of the size
    and kind that art is laid on.
    """
    left, top, right, bottom = text.box
    if left < 0 or top < 0 or right > WIDTH or bottom > HEIGHT:
        return None
    if (frame.width, frame.height, frame.format.name) != (WIDTH, HEIGHT, "yuv420p"):
        return None
    seen = shown(frame, text.box)
    contrast = _contrast(text, luminance(seen))
    if contrast is None:
        return None
    cells = _cells(text.letters.shape)
    off = _means(np.abs(seen.astype(np.int16) - text.colours).mean(axis=-1), text.letters, cells)
    there = (off[_sums(text.letters, cells) >= LEAST] <= ALIKE).mean()
    return Sight(round(contrast, 2), round(float(there), 2))


def _contrast(text: Text, light: np.ndarray) -> float | None:
    """Return the contrast of a text in a picture of this luminance, None where it has too little ink to tell.

    In each square the best of three counts: letters against their edge, against what is next to it, and all of the
    ink against what lies beyond it.
    """
    cells = _cells(text.letters.shape)
    full = _sums(text.letters, cells) >= LEAST
    best = np.zeros(full.size, np.float32)
    for part, around in ((text.letters, text.near), (text.letters, text.next), (text.ink, text.far)):
        enough = full & (_sums(around, cells) >= LEAST)
        value = ratio(_means(light, part, cells), _means(light, around, cells))
        best = np.where(enough, np.maximum(best, value), best)
    best = best[best > 0]
    return float(np.percentile(best, WORST)) if best.size else None


def _cells(shape: tuple[int, ...]) -> np.ndarray:
    """Return for each pixel the number of its square."""
    rows, columns = np.arange(shape[0]) // CELL, np.arange(shape[1]) // CELL
    return rows[:, None] * (columns[-1] + 1) + columns[None, :]


def _sums(mask: np.ndarray, cells: np.ndarray) -> np.ndarray:
    return np.bincount(cells[mask], minlength=int(cells[-1, -1]) + 1)


def _means(values: np.ndarray, mask: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return the mean of the values under a mask in each square, 0 where it has none."""
    sums = np.bincount(cells[mask], weights=values[mask], minlength=int(cells[-1, -1]) + 1)
    return (sums / np.maximum(_sums(mask, cells), 1)).astype(np.float32)
