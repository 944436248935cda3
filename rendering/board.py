"""The board art: title, numbers, labels, chip and badge of a film as tight pictures, all inside the target's safe box.

The editor's preview and the film lay these very pictures over the clip.
"""

import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from . import glyphs, wrap
from .ink import Colour, Ink, Sheet, extent, width
from .style import Style
from .targets import WIDTH, Target

_MIDDLE = 0.355  # from the baseline up to the middle of a capital or a Hangul syllable, in sizes of Pretendard
_COLUMN = 12  # pixels before the labels' left edge at which their pictures begin and the numbers' end
_ONE_LINE = 9.0  # a title of more ems than this takes two lines
_DOT = " · "  # between the parts of a credit
_AIR = 10  # pixels between the last row, the badge and the chip


@dataclass(frozen=True)
class Row:
    """One place of the list; an empty label shows only the number, an empty credit has no chip."""

    rank: int
    label: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Board:
    """All that decides the art; rows in rank order from 1."""

    title: tuple[str, ...]
    rows: tuple[Row, ...]
    style: Style
    target: Target


@dataclass(frozen=True)
class Picture:
    """A tight RGBA picture and its place on the 1080x1920 canvas; place and size are even, as yuv420 wants them."""

    image: Image.Image
    x: int
    y: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom on the canvas, in pixels."""
        return self.x, self.y, self.x + self.image.width, self.y + self.image.height

    def png(self) -> bytes:
        """The picture as PNG, the same bytes each time."""
        buffer = io.BytesIO()
        self.image.save(buffer, "PNG", compress_level=4)
        return buffer.getvalue()


def title_lines(text: str) -> tuple[str, ...]:
    """One or two cleaned lines: split at a newline or “ | ”, else a long title is balanced; () for an empty one."""
    parts = [glyphs.clean(part) for part in text[: glyphs.MAX_CHARACTERS].replace(" | ", "\n").splitlines()]
    parts = [part for part in parts if part]
    if len(parts) > 1:
        return parts[0], " ".join(parts[1:])
    if not parts or wrap.ems(parts[0]) <= _ONE_LINE:
        return tuple(parts)
    return wrap.halves(parts[0], wrap.ems) or tuple(parts)


def title(board: Board) -> Picture | None:
    """The title's lines, centred on the frame where they fit there; None for an empty title."""
    lines = [line for line in map(glyphs.clean, board.title) if line]
    if not lines:
        return None
    look, (left, top, right, _) = board.style.title, board.target.box
    lines = [lines[0], " ".join(lines[1:])] if len(lines) > 1 else lines
    inks = [_title_ink(board.style, place) for place in range(len(look.lines) - len(lines), len(look.lines))]
    lines, size, centre = _fitted_title(board, lines, max(ink.margin for ink in inks))
    canvas = Image.new("RGBA", (right - left, look.top * 2 + look.pitch * 2), (0, 0, 0, 0))
    first = look.top + look.pitch * (0 if len(lines) > 1 else 0.5) + _MIDDLE * size
    first = max(first, look.outline + 2 - extent(lines[0], look.face, size)[1])  # marks above stay inside the box
    for place, (line, ink) in enumerate(zip(lines, inks, strict=True)):
        sheet = Sheet(canvas.size, ink)
        x = centre - left - width(line, look.face, size) / 2
        sheet.write(line, look.face, size, round(x), round(first + look.pitch * place))
        canvas.alpha_composite(sheet.inked())
    return _tight(canvas, left, top, board.target)


def _title_ink(style: Style, place: int) -> Ink:
    look = style.title
    line = look.lines[max(0, place)]
    return Ink((line.fill, line.fill), style.outline, look.outline, line.accent, look.accent_offset, _shadow(style))


def _fitted_title(board: Board, lines: list[str], margin: int) -> tuple[list[str], int, float]:
    """The lines, their common size and their centre: the frame's, or the box's where that tells or enlarges more."""
    look, (left, _, right, _) = board.style.title, board.target.box
    found = []
    for centre, half in (
        (WIDTH / 2, min(WIDTH / 2 - left, right - WIDTH / 2)),
        ((left + right) / 2, (right - left) / 2),
    ):
        room = int(2 * half - 2 * margin)
        size = min(wrap.fit(line, look.face, look.size, look.least, room).size for line in lines)
        found.append(([wrap.cut(line, look.face, size, room) for line in lines], size, centre))
    inner, outer = found
    return outer if outer[1] > inner[1] * 1.25 or inner[0] != lines else inner


def numbers(board: Board, shown: frozenset[int]) -> Picture:
    """All numbers, and the labels of the ranks in `shown`."""
    left, top, right, bottom = board.target.box
    canvas = Image.new("RGBA", (right - left, bottom - top), (0, 0, 0, 0))
    for place, row in enumerate(board.rows):
        middle = _middle(board, place)
        art = _number_art(board.style, row.rank, _number_size(board), _column(board) - left, _pitch(board))
        canvas.alpha_composite(art, (0, middle - art.height // 2 - top))
        if row.rank in shown and (label_art := _label_art(board, row.label)):
            canvas.alpha_composite(label_art, (_column(board) - left, middle - label_art.height // 2 - top))
    return _tight(canvas, left, top, board.target) or Picture(Image.new("RGBA", (2, 2), (0, 0, 0, 0)), left, top)


def label(board: Board, rank: int) -> Picture | None:
    """This rank's label alone, just where numbers() draws it; None for an empty one."""
    place = _place(board, rank)
    art = _label_art(board, board.rows[place].label)
    if art is None:
        return None
    return _tight(art, _column(board), _middle(board, place) - art.height // 2, board.target)


def chip(board: Board, rank: int) -> Picture | None:
    """The credit of this rank's clip on a pill at the lower left; None for an empty one."""
    look, text = board.style.chip, glyphs.clean(board.rows[_place(board, rank)].credit)
    if not text:
        return None
    x, y = _chip_place(board)
    parts, size = _fitted_credit(board.style, text, min(look.width, board.target.box[2] - x) - 2 * look.padding)
    widths = [width(part, look.face, size) for part in parts]
    picture = _pill((round(sum(widths)) + 2 * look.padding, look.height), look.radius, look.back, look.alpha)
    sheet = Sheet(picture.size, Ink((look.fill, look.fill), look.back, 0))
    for place, part in enumerate(parts):
        start = look.padding + sum(widths[:place])
        sheet.write(part, look.face, size, start, round(look.height / 2 + _MIDDLE * size))
    picture.alpha_composite(sheet.inked())
    return _tight(picture, x, y, board.target)


def _fitted_credit(style: Style, text: str, room: int) -> tuple[list[str], int]:
    """The credit's parts and their size: each is laid out by itself, and the first gives way so that counts stay."""
    look = style.chip
    head, *rest = text.split(_DOT)
    parts = [head, *(piece for part in rest for piece in (_DOT, part))]
    full = sum(width(part, look.face, look.size) for part in parts)
    size = max(look.least, min(look.size, int(look.size * room / max(1, full))))
    tail = sum(width(part, look.face, size) for part in parts[1:])
    if tail > room * 0.6:  # nothing that looks like a handle and its counts
        return [wrap.cut(text, look.face, size, room)], size
    return [wrap.cut(head, look.face, size, int(room - tail)), *parts[1:]], size


def badge(board: Board, rank: int) -> Picture:
    """The big #rank that pops in when its clip begins, between the list and the chip, or beside them on a long list."""
    look, box = board.style.badge, board.target.box
    low = _middle(board, len(board.rows) - 1) + _pitch(board) // 2 + _AIR
    floor = _chip_place(board)[1] - _AIR
    size = max(look.least, min(look.size, int((floor - low) * 0.9)))
    base = look.colours[min(_place(board, rank), len(look.colours) - 1)]
    fill = (_mixed(base, (255, 255, 255), look.shine), _mixed(base, (0, 0, 0), look.shade))
    art = _badge_art(f"#{rank}", look.face, size, Ink(fill, board.style.outline, look.outline, None, 0, _deep(board)))
    if art.height > floor - low:
        return _tight(art, box[2] - art.width, box[3] - art.height, board.target)
    return _tight(art, (WIDTH - art.width) // 2, (low + floor - art.height) // 2, board.target)


def missing_glyphs(board: Board) -> list[str]:
    """What no font can draw in title, labels and credits, each cluster once."""
    texts = [*board.title, *(text for row in board.rows for text in (row.label, row.credit))]
    return list(dict.fromkeys(cluster for text in texts for cluster in glyphs.missing(text)))


def _place(board: Board, rank: int) -> int:
    """The row of a rank; ValueError when the board has none."""
    for place, row in enumerate(board.rows):
        if row.rank == rank:
            return place
    raise ValueError(f"The board has no rank {rank}.")


def _shadow(style: Style) -> tuple[int, int, float, float]:
    return style.shadow.x, style.shadow.y, style.shadow.blur, style.shadow.alpha


def _deep(board: Board) -> tuple[int, int, float, float]:
    """The badge's shadow: twice as far and as soft."""
    x, y, blur, alpha = _shadow(board.style)
    return 2 * x, 2 * y, 2 * blur, alpha


@lru_cache(maxsize=256)
def _pitch(board: Board) -> int:
    """Pixels from row to row, even: the style's for so many rows, less where they would reach the chip."""
    look, count = board.style.rows, len(board.rows)
    wanted = look.pitches[min(count, len(look.pitches)) - 1] if count else look.pitches[0]
    first = board.target.box[1] + look.top
    room = (_chip_place(board)[1] - _AIR - first) / max(1.0, count - 0.5)
    return max(2, int(min(wanted, room)) // 2 * 2)


def _middle(board: Board, place: int) -> int:
    """The y of a row's middle."""
    return board.target.box[1] + board.style.rows.top + place * _pitch(board)


def _chip_place(board: Board) -> tuple[int, int]:
    """The left and top of the chip: inside the safe box and inside the clip's frame."""
    look, frame, box = board.style.chip, board.style.frame.box, board.target.box
    x = max(box[0] + look.left, frame[0] + look.left - 10)
    return x // 2 * 2, (min(frame[3], box[3]) - look.bottom - look.height) // 2 * 2


@lru_cache(maxsize=256)
def _number_size(board: Board) -> int:
    look = board.style.number
    return max(6, min(look.size, int(_pitch(board) * look.share)))


@lru_cache(maxsize=256)
def _column(board: Board) -> int:
    """The even x at which the labels' pictures begin: the style's, or further right after wide numbers."""
    look, left = board.style.number, board.target.box[0]
    widest = max((width(f"{row.rank}.", look.face, _number_size(board)) for row in board.rows), default=0)
    edge = max(board.style.label.left, look.left + widest + look.gap)
    return left + (int(edge) - _COLUMN) // 2 * 2


@lru_cache(maxsize=48)
def _number_art(style: Style, rank: int, size: int, wide: int, high: int) -> Image.Image:
    """One number on a strip as wide as the column before the labels."""
    look = style.number
    colour = look.colours[min(rank, len(look.colours)) - 1]
    sheet = Sheet(
        (wide, high),
        Ink((colour, colour), style.outline, _outline(look.outline, size, look.size), None, 0, _shadow(style)),
    )
    sheet.write(f"{rank}.", look.face, size, look.left, round(high / 2 + _MIDDLE * size))
    return sheet.inked()


def _outline(pixels: int, size: int, full: int) -> int:
    """An outline that thins with its text, but less than it."""
    return max(1, round(pixels * (size / full) ** 0.7))


@lru_cache(maxsize=48)
def _label_art(board: Board, text: str) -> Image.Image | None:
    """One label on a strip from the labels' column to the safe box's right edge, one pitch high."""
    line = glyphs.clean(text)
    if not line:
        return None
    look, right, pitch = board.style.label, board.target.box[2], _pitch(board)
    full = max(6, min(look.size, int(pitch * look.share)))
    ink = Ink(
        (look.fill, look.fill),
        board.style.outline,
        _outline(look.outline, full, look.size),
        None,
        0,
        _shadow(board.style),
    )
    room = right - _column(board) - _COLUMN - ink.margin
    fitted = wrap.fit(line, look.face, full, max(5, int(full * look.least)), room, int(pitch * 0.42 / look.lead))
    sheet = Sheet((right - _column(board), pitch), ink)
    for place, part in enumerate(fitted.lines):
        step = (place - (len(fitted.lines) - 1) / 2) * look.lead * fitted.size
        sheet.write(part, look.face, fitted.size, _COLUMN, round(pitch / 2 + step + _MIDDLE * fitted.size))
    return sheet.inked()


@lru_cache(maxsize=12)
def _badge_art(text: str, face: str, size: int, ink: Ink) -> Image.Image:
    """The badge with room for its outline and shadow."""
    box, margin = extent(text, face, size), ink.margin + 4
    sheet = Sheet((int(box[2] - box[0]) + 2 * margin, int(box[3] - box[1]) + 2 * margin), ink)
    sheet.write(text, face, size, margin - box[0], round(margin - box[1]))
    return sheet.inked()


def _pill(size: tuple[int, int], radius: int, colour: Colour, alpha: float) -> Image.Image:
    """A rounded rectangle with smooth corners."""
    mask = Image.new("L", (size[0] * 4, size[1] * 4), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), radius * 4, round(255 * alpha))
    picture = Image.new("RGBA", size, (*colour, 255))
    picture.putalpha(mask.resize(size, Image.Resampling.BOX))
    return picture


def _mixed(colour: Colour, other: Colour, share: float) -> Colour:
    return tuple(round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))


def _tight(image: Image.Image, x: int, y: int, target: Target) -> Picture | None:
    """The picture cut to its ink on even pixels and to the safe box; None when there is no ink."""
    ink = image.getchannel("A").getbbox()
    if ink is None:
        return None
    left, top, right, bottom = target.box
    left, top = max(x + ink[0], left + left % 2) // 2 * 2, max(y + ink[1], top + top % 2) // 2 * 2
    right, bottom = (min(x + ink[2], right) + 1) // 2 * 2, (min(y + ink[3], bottom) + 1) // 2 * 2
    return Picture(image.crop((left - x, top - y, right - x, bottom - y)), left, top)
