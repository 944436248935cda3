"""Whether the text of a film can be read: its art is looked for in the film's frames, against what stands behind it."""

from dataclasses import dataclass

import av
import numpy as np
from PIL import Image, ImageFilter

from rendering.board import Picture

STEP = 2  # every second pixel of every second row is looked at: as fine as a film's colour, and a letter's stroke has 8
CELL = 20  # such pixels: contrast is taken by squares of this side, since a picture changes along a line
LEAST = 8  # such pixels of text, and of what is next to it, that a square must have to count
READABLE = 3.0  # what WCAG 2.2 asks of large text
OPAQUE = 250
NEAR, FAR = 1, 5  # such pixels around the text that it is set against: its own outline, and what lies beyond
OTHER = 60  # of 255: how far a letter's colour is from its outline's
ALIKE = 45  # of 255: the mean difference up to which a square shows what was drawn
WORST = 15  # percentile of the squares: a text is as readable as its worst parts, single letters aside


@dataclass(frozen=True)
class Text:
    """One picture of the art: what it is, and as masks its letters, what is next to them, and beyond.

    `colours` are those of the drawn picture. `own` is the contrast that its outline or back gives it over whatever
    plays behind: with enough of it a text can be read anywhere.
    """

    name: str
    box: tuple[int, int, int, int]
    colours: np.ndarray
    letters: np.ndarray
    ink: np.ndarray
    near: np.ndarray
    next: np.ndarray
    far: np.ndarray
    own: float


@dataclass(frozen=True)
class Sight:
    """How a text was seen in one frame: its contrast (1 to 21), and which share of it stood where it was drawn."""

    contrast: float
    there: float


def luminance(colours: np.ndarray) -> np.ndarray:
    """Return the relative luminance, 0 to 1, of sRGB colours from 0 to 255 (WCAG 2.2)."""
    return (_LINEAR[colours] * np.array([0.2126, 0.7152, 0.0722], np.float32)).sum(axis=-1)


def _linear() -> np.ndarray:
    values = np.arange(256) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _linear()


def ratio(one: np.ndarray | float, other: np.ndarray | float) -> np.ndarray:
    """Return the contrast ratio of two luminances, 1 to 21 (WCAG 2.2)."""
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def text_of(name: str, picture: Picture) -> Text:
    """Return a picture of the art with its letters told from their outline.

    What of the opaque ink has another colour than its rim is the letters.
    """
    pixels = np.asarray(picture.image.convert("RGBA"))[::STEP, ::STEP]
    colours, alpha = np.ascontiguousarray(pixels[..., :3]), pixels[..., 3]
    ink = alpha >= OPAQUE
    letters = _inside(colours, ink)
    near = _grown(letters, NEAR) & ~letters  # half of it the soft edge of the letters
    beside = _grown(letters, NEAR + 1) & ~letters & ~near
    far = _grown(ink, FAR) & ~_grown(ink, NEAR)
    return Text(name, picture.box, colours, letters, ink, near, beside, far, _own_contrast(pixels, letters, near))


def _own_contrast(pixels: np.ndarray, letters: np.ndarray, near: np.ndarray) -> float:
    """Return the contrast of letters to what is next to them, over the worst of black, white and their own colour."""
    if not letters.any() or not near.any():
        return 0.0
    fill, beside = pixels[letters][:, :3].mean(axis=0), pixels[near].astype(np.float32)
    alpha, light = beside[:, 3:] / 255, luminance(fill.astype(np.uint8))
    over = (beside[:, :3] * alpha + (1 - alpha) * behind for behind in (0, 255, fill))
    return min(float(ratio(light, luminance(mixed.astype(np.uint8)).mean())) for mixed in over)


def _inside(colours: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Return which pixels of the ink are not of the colour of its rim: all of it where it has no outline."""
    rim = ink & _grown(~ink, 1)
    if not rim.any():
        return ink
    apart = np.abs(colours.astype(np.int16) - np.median(colours[rim], axis=0)).max(axis=-1) > OTHER
    inside = ink & apart
    return inside if inside.sum() > ink.sum() / 10 else ink


def _grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    """Return a mask with all that lies within so many pixels of it."""
    blurred = Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.BoxBlur(pixels))
    return np.asarray(blurred) > 0


def shown(frame: av.VideoFrame, box: tuple[int, int, int, int]) -> np.ndarray:
    """Return red, green and blue of every STEP-th pixel of a part of a decoded frame, as a player shows them.

    Its shape is (height, width, 3); the box is even, and a frame of yuv420p has one colour for each such pixel.
    """
    left, top, right, bottom = box
    planes = []
    for plane, step in zip(frame.planes, (STEP, 1, 1), strict=True):
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        of = STEP // step
        part = rows[top // of : bottom // of : step, left // of : right // of : step]
        planes.append(part.astype(np.float32))
    light, blue, red = (planes[0] - 16) * (255 / 219), (planes[1] - 128) * (255 / 224), (planes[2] - 128) * (255 / 224)
    mixed = (light + 1.5748 * red, light - 0.1873 * blue - 0.4681 * red, light + 1.8556 * blue)  # ITU-R BT.709
    return np.clip(np.stack(mixed, axis=-1) + 0.5, 0, 255).astype(np.uint8)


def see(text: Text, frame: av.VideoFrame) -> Sight | None:
    """Return how a text is seen in a decoded frame of the film, None where it has too little ink to tell."""
    seen = shown(frame, text.box)
    letters, cells = text.letters, _cells(text.letters.shape)
    count = _sums(letters, cells)
    light = luminance(seen)
    off = np.abs(seen.astype(np.int16) - text.colours).mean(axis=-1)
    full = count >= LEAST
    if not full.any():
        return None
    there = float((_means(off, letters, cells)[full] <= ALIKE).mean())
    best = np.zeros(full.size, np.float32)
    for part, around in ((letters, text.near), (letters, text.next), (text.ink, text.far)):
        enough = full & (_sums(around, cells) >= LEAST)
        value = ratio(_means(light, part, cells), _means(light, around, cells))
        best = np.where(enough, np.maximum(best, value), best)
    best = best[best > 0]
    return Sight(round(float(np.percentile(best, WORST)), 2), round(there, 2)) if best.size else None


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
