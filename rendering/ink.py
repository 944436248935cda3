"""A line of text as pixels: runs of one font each, shaped by raqm, with outline, hard accent, soft shadow and emoji."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from rendering import bidi, glyphs, matching
from rendering.contrast import luminance, ratio

Colour = tuple[int, int, int]
EMOJI_SIZE = 109  # the only size at which Pillow opens the colour bitmaps of Noto Color Emoji
EMOJI_HEIGHT = 1.16  # of an emoji, in text sizes
EMOJI_GAP = 0.04  # on both sides of an emoji, in text sizes
EMOJI_EDGE = 0.05  # around an emoji that its plate would swallow, in text sizes
UNLIKE = 6.0  # contrast (WCAG) of an emoji to its text from which it is rather like the plate: ✨ on yellow has 15


@dataclass(frozen=True)
class Run:
    """A stretch of one line that one face draws in one direction."""

    text: str
    face: str
    right_to_left: bool
    match: matching.Match = matching.SAME


@dataclass(frozen=True)
class Ink:
    """How text is coloured; lengths in pixels; fill is (top, bottom) where it fades from one colour to another."""

    fill: tuple[Colour, Colour]
    outline: Colour
    width: int
    accent: Colour | None = None
    accent_offset: int = 0
    shadow: tuple[int, int, float, float] = (0, 0, 0.0, 0.0)  # x, y, blur sigma, alpha 0 to 1
    tint: Colour = (0, 0, 0)  # of the shadow

    @property
    def margin(self) -> int:
        """Pixels that outline, accent and the visible part of the shadow reach beyond the glyphs."""
        x, y, blur, alpha = self.shadow
        soft = (int(blur * 1.5) or max(abs(x), abs(y))) if alpha else 0  # of a hard shadow all is seen
        return self.width + max(self.accent_offset if self.accent else 0, soft)


@lru_cache(maxsize=1024)
def runs(text: str, face: str) -> tuple[Run, ...]:
    """The runs of a cleaned line from left to right; what no font has is drawn as glyphs.REPLACEMENT."""
    parts = glyphs.clusters(text)
    level = bidi.levels(parts, bidi.base_level(parts))
    logical = _grouped(_chosen(parts, face), level)
    order = bidi.visual([group[2] for group in logical])
    return tuple(_run(*logical[place], face) for place in order)


def _run(text: str, face: str, level: int, first: str) -> Run:
    return Run(text, face, bool(level % 2), matching.match(first, face))


def _chosen(parts: Iterable[str], face: str) -> list[tuple[str, str]]:
    """(text, face) of each cluster; a space stays with the run before it, so that words are shaped together."""
    chosen: list[tuple[str, str]] = []
    for part in parts:
        before = chosen[-1][1] if chosen else face
        if part == " ":
            chosen.append((part, before if before != glyphs.EMOJI else face))
            continue
        found = glyphs.choose(part, face)
        chosen.append((found[1], found[0]) if found else (glyphs.REPLACEMENT, face))
    return chosen


def _grouped(chosen: list[tuple[str, str]], level: list[int]) -> list[tuple[str, str, int]]:
    """Neighbours of one face and level joined; each emoji stays alone."""
    groups: list[tuple[str, str, int]] = []
    for (text, face), value in zip(chosen, level, strict=True):
        if groups and groups[-1][1:] == (face, value) and face != glyphs.EMOJI:
            groups[-1] = (groups[-1][0] + text, face, value)
        else:
            groups.append((text, face, value))
    return groups


@lru_cache(maxsize=256)
def font(face: str, size: float) -> ImageFont.FreeTypeFont:
    """A face opened at a size in pixels."""
    return ImageFont.truetype(glyphs.path(face), size, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=256)
def emoji(cluster: str, size: int) -> Image.Image:
    """One emoji cluster as an RGBA picture to stand in text of this size."""
    opened = font(glyphs.EMOJI, EMOJI_SIZE)
    wide = max(1, round(opened.getlength(cluster)))
    picture = Image.new("RGBA", (wide, 150), (0, 0, 0, 0))
    ImageDraw.Draw(picture).text((0, 120), cluster, font=opened, embedded_color=True, anchor="ls")
    box = picture.getbbox() or (0, 0, 1, 1)
    picture = picture.crop((0, box[1], wide, box[3]))
    scale = size * EMOJI_HEIGHT / 128  # the bitmaps are 128 pixels high
    scaled = (max(1, round(wide * scale)), max(1, round(picture.height * scale)))
    return picture.resize(scaled, Image.Resampling.LANCZOS)


@lru_cache(maxsize=256)
def edged_emoji(cluster: str, size: int, fill: Colour) -> Image.Image:
    """The same picture for text of this colour that stands on a plate: one as light as the plate gets a thin edge.

    The plate is not asked for: it is light where the text is dark, and the other way round.
    """
    picture = emoji(cluster, size)
    seen = np.asarray(picture)[np.asarray(picture)[..., 3] > 128]
    light = float(luminance(seen[:, :3]).mean()) if len(seen) else 0.0
    if ratio(light, luminance(np.array(fill))) < UNLIKE:
        return picture
    edge = max(2, round(size * EMOJI_EDGE))
    small = picture.resize(
        (max(1, picture.width - 2 * edge), max(1, picture.height - 2 * edge)), Image.Resampling.LANCZOS
    )
    shape = Image.new("L", picture.size, 0)
    shape.paste(small.getchannel("A"), (edge, edge))
    shape = shape.filter(ImageFilter.GaussianBlur(edge / 2)).point([min(255, 5 * value) for value in range(256)])
    around = _masked(_solid(picture.size, fill), shape)
    around.alpha_composite(small, (edge, edge))
    return around


@lru_cache(maxsize=8192)
def _advance(run: Run, size: int) -> float:
    """The width of a run in pixels."""
    if run.face == glyphs.EMOJI:
        return emoji(run.text, run.match.size(size)).width + 2 * EMOJI_GAP * size
    return _font(run, size).getlength(run.text, direction=_direction(run)) * run.match.stretch


def _font(run: Run, size: int) -> ImageFont.FreeTypeFont:
    return font(run.face, run.match.size(size))


def _direction(run: Run) -> str:
    return "rtl" if run.right_to_left else "ltr"


def width(text: str, face: str, size: int) -> float:
    """The advance of a cleaned line in pixels."""
    return sum(_advance(run, size) for run in runs(text, face))


def extent(text: str, face: str, size: int) -> tuple[float, float, float, float]:
    """The ink (left, top, right, bottom) of a cleaned line around the start of its baseline, in pixels."""
    boxes, x = [(0.0, 0.0, 0.0, 0.0)], 0.0
    for run in runs(text, face):
        if run.face == glyphs.EMOJI:
            half, middle = emoji(run.text, run.match.size(size)).height / 2, matching.middle(face) * size
            box = (0.0, -middle - half, _advance(run, size), -middle + half)
        else:
            box = _font(run, size).getbbox(run.text, anchor="ls", direction=_direction(run))
            box = (box[0] * run.match.stretch, box[1], box[2] * run.match.stretch, box[3])
        lift = run.match.lift * size
        boxes.append((x + box[0], box[1] - lift, x + box[2], box[3] - lift))
        x += _advance(run, size)
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


class Sheet:
    """A transparent canvas that lines are written on, then inked all at once so that no outline covers a neighbour."""

    def __init__(self, size: tuple[int, int], ink: Ink) -> None:
        self.ink = ink
        self.glyph = Image.new("L", size, 0)
        self.stroke = Image.new("L", size, 0)
        self.pictures: list[tuple[Image.Image, tuple[int, int]]] = []
        self.span = (size[1], 0)  # top and bottom of the ink, between which the fill fades

    def write(self, text: str, face: str, size: int, x: float, baseline: float) -> None:
        """Write a cleaned line from x on its baseline, in pixels of the sheet."""
        glyph, stroke = ImageDraw.Draw(self.glyph), ImageDraw.Draw(self.stroke)
        for run in runs(text, face):
            if run.face == glyphs.EMOJI:
                picture = self._emoji(run.text, run.match.size(size))
                y = baseline - matching.middle(face) * size - picture.height / 2
                self.pictures.append((picture, (round(x + EMOJI_GAP * size), round(y))))
            elif run.match.stretch != 1:
                self._stretched(run, size, x, baseline - run.match.lift * size)
            else:
                y = baseline - run.match.lift * size
                place = {"font": _font(run, size), "anchor": "ls", "direction": _direction(run)}
                glyph.text((x, y), run.text, fill=255, **place)
                stroke.text((x, y), run.text, fill=255, stroke_width=self.ink.width, **place)
            x += _advance(run, size)
        top, bottom = extent(text, face, size)[1::2]
        self.span = (min(self.span[0], int(baseline + top)), max(self.span[1], int(baseline + bottom)))

    def _emoji(self, cluster: str, size: int) -> Image.Image:
        on_a_plate = not self.ink.width and not self.ink.shadow[3]
        return edged_emoji(cluster, size, self.ink.fill[0]) if on_a_plate else emoji(cluster, size)

    def _stretched(self, run: Run, size: int, x: float, baseline: float) -> None:
        """Write a run that stands in for another face, made as narrow or wide as that."""
        margin = self.ink.width + 4
        opened = _font(run, size)
        box = opened.getbbox(run.text, anchor="ls", direction=_direction(run))
        wide, high = round(box[2]) + 2 * margin, round(box[3] - box[1]) + 2 * margin
        place = {"font": opened, "anchor": "ls", "direction": _direction(run)}
        for sheet, stroke in ((self.glyph, 0), (self.stroke, self.ink.width)):
            drawn = Image.new("L", (wide, high), 0)
            width = round(stroke / run.match.stretch)
            ImageDraw.Draw(drawn).text((margin, margin - box[1]), run.text, fill=255, stroke_width=width, **place)
            drawn = drawn.resize((max(1, round(wide * run.match.stretch)), high), Image.Resampling.BICUBIC)
            corner = round(x - margin * run.match.stretch), round(baseline + box[1] - margin)
            around = (*corner, corner[0] + drawn.width, corner[1] + drawn.height)
            sheet.paste(ImageChops.lighter(sheet.crop(around), drawn), corner)

    def inked(self) -> Image.Image:
        """The RGBA picture: shadow, accent, outline, fill, emoji."""
        ink, picture = self.ink, Image.new("RGBA", self.glyph.size, (0, 0, 0, 0))
        self._shadow(picture)
        if ink.accent:
            for step in range(1, ink.accent_offset + 1):  # every step of the way: one solid block, not a second copy
                picture.paste(_solid(picture.size, ink.accent), (step, step), self.stroke)
        picture.alpha_composite(_masked(_solid(picture.size, ink.outline), self.stroke))
        picture.alpha_composite(_masked(self._fill(), self.glyph))
        for emoji_picture, place in self.pictures:
            _composite(picture, emoji_picture, place)
        return picture

    def _shadow(self, picture: Image.Image) -> None:
        """Lay the blurred shape of outline and emoji under everything."""
        x, y, blur, alpha = self.ink.shadow
        if not alpha:
            return
        shape = Image.new("L", picture.size, 0)
        shape.paste(self.stroke, (x, y))
        for emoji_picture, place in self.pictures:
            shape.paste(255, (place[0] + x, place[1] + y), emoji_picture.getchannel("A"))
        shape = shape.filter(ImageFilter.GaussianBlur(blur)).point([round(value * alpha) for value in range(256)])
        picture.alpha_composite(_masked(_solid(picture.size, self.ink.tint), shape))

    def _fill(self) -> Image.Image:
        """The fill of the glyphs: one colour, or fading from the top of the ink to its bottom."""
        top, bottom = self.ink.fill
        if top == bottom:
            return _solid(self.glyph.size, top)
        start, end = self.span
        fade = Image.new("L", (1, self.glyph.height))
        fade.putdata([round(255 * min(1, max(0, (y - start) / max(1, end - start)))) for y in range(fade.height)])
        mask = fade.resize(self.glyph.size)
        return Image.composite(_solid(self.glyph.size, bottom), _solid(self.glyph.size, top), mask)


def _solid(size: tuple[int, int], colour: Colour) -> Image.Image:
    return Image.new("RGBA", size, (*colour, 255))


def _masked(picture: Image.Image, mask: Image.Image) -> Image.Image:
    picture.putalpha(mask)
    return picture


def _composite(under: Image.Image, over: Image.Image, place: tuple[int, int]) -> None:
    """Lay a picture over another, what lies outside cut off."""
    left, top = max(0, -place[0]), max(0, -place[1])
    if left < over.width and top < over.height:
        under.alpha_composite(over, (max(0, place[0]), max(0, place[1])), (left, top))
