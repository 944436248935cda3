"""The title: one or two lines, at the top of the safe box."""

import dataclasses
from functools import lru_cache

from PIL import Image

from rendering import glyphs, wrap
from rendering.ink import Ink, Sheet, extent, width
from rendering.layout import Board, around
from rendering.matching import middle
from rendering.pictures import Picture, inked, tight
from rendering.plates import lay_plate
from rendering.style_fields import Style, TitleLine
from rendering.targets import WIDTH

ONE_LINE = 9.0  # a title of more ems than this takes two lines


def title_lines(text: str) -> tuple[str, ...]:
    """One or two cleaned lines: split at a newline or “|”, else a long title is balanced; () for an empty one."""
    parts = [glyphs.clean(part) for part in text[: glyphs.MAX_CHARACTERS].replace("|", "\n").splitlines()]
    parts = [part for part in parts if part]
    if len(parts) > 1:
        return parts[0], " ".join(parts[1:])
    if not parts or wrap.ems(parts[0]) <= ONE_LINE:
        return tuple(parts)
    return wrap.halves(parts[0], wrap.ems) or tuple(parts)


def title(board: Board) -> Picture | None:
    """The title's lines, centred on the frame where they fit there or at the left; None for an empty title."""
    lines = [line for line in map(glyphs.clean, board.title) if line]
    return _title(dataclasses.replace(board, title=tuple(lines), rows=())) if lines else None


@lru_cache(maxsize=16)  # the editor asks for it again with every label that is typed
def _title(board: Board) -> Picture | None:
    lines, look, (left, top, right, _) = list(board.title), board.style.title, board.target.box
    lines = [lines[0], " ".join(lines[1:])] if len(lines) > 1 else lines
    looks = [look.lines[max(0, len(look.lines) - len(lines) + place)] for place in range(len(lines))]
    inks = [title_ink(board.style, line) for line in looks]
    sides = [max(sides) for sides in zip(*(around(line.back) for line in looks), strict=True)]
    lines, size, centre = _fitted(board, lines, max(ink.margin for ink in inks), sides)
    canvas = Image.new("RGBA", (right - left, look.top * 2 + look.pitch * 2), (0, 0, 0, 0))
    first = look.top + look.pitch * (0 if len(lines) > 1 else 0.5)
    if not any(line.back for line in looks):  # marks above stay inside the box
        margin = max(ink.width for ink in inks) + 2
        first = max(first, margin - extent(lines[0], look.face, size)[1] - middle(look.face) * size)
    for place, (line, ink, said) in enumerate(zip(looks, inks, lines, strict=True)):
        wide = width(said, look.face, size)
        x = sides[0] + ink.margin if look.align == "left" else round(centre - left - wide / 2)
        _line(canvas, (line, ink), (said, look.face, size), x, first + look.pitch * place, look.pitch)
    return tight(canvas, left, top, board.target)


def title_ink(style: Style, line: TitleLine) -> Ink:
    """The ink of one line of the title."""
    look = style.title
    ink = inked(style, (line.fill, line.fade or line.fill), look.outline, look.shadow)
    return dataclasses.replace(ink, accent=line.accent, accent_offset=look.accent_offset if line.accent else 0)


def _line(
    canvas: Image.Image, how: tuple[TitleLine, Ink], said: tuple[str, str, int], x: int, y: float, pitch: int
) -> None:
    """Draw one line, its middle at y, with the plate behind it."""
    (look, ink), (text, face, size) = how, said
    if look.back:
        high = round(look.back.height * pitch)
        start, end = x - look.back.padding, x + round(width(text, face, size)) + look.back.padding
        lay_plate(
            canvas,
            look.back,
            (
                start - look.back.slant // 2,
                round(y - high / 2),
                end + (look.back.slant + 1) // 2,
                round(y - high / 2) + high,
            ),
        )
    sheet = Sheet(canvas.size, ink)
    sheet.write(text, face, size, x, round(y + middle(face) * size))
    canvas.alpha_composite(sheet.inked())


def _fitted(board: Board, lines: list[str], margin: int, sides: list[int]) -> tuple[list[str], int, float]:
    """The lines, their common size and their centre: the frame's, or the box's where that tells or enlarges more."""
    look, (left, _, right, _) = board.style.title, board.target.box
    found = []
    for centre, half in (
        (WIDTH / 2, min(WIDTH / 2 - left, right - WIDTH / 2)),
        ((left + right) / 2, (right - left) / 2),
    ):
        room = int(2 * half - 2 * margin) - 2 * max(sides)
        size = min(wrap.fit(line, look.face, look.size, look.least, room).size for line in lines)
        found.append(([wrap.cut(line, look.face, size, room) for line in lines], size, centre))
    inner, outer = found
    return outer if look.align == "left" or outer[1] > inner[1] * 1.25 or inner[0] != lines else inner
