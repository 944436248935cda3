"""The ranked list: its numbers, and the labels that stand beside them."""

from functools import lru_cache

from PIL import Image

from rendering import glyphs, wrap
from rendering.ink import Ink, Sheet, extent, width
from rendering.layout import (
    COLUMN,
    Board,
    around,
    column,
    label_size,
    middle_of,
    number_size,
    number_width,
    pitch,
    place_of,
    plate_reach,
)
from rendering.matching import middle
from rendering.pictures import Picture, dimmed, inked, rank_fill, tight
from rendering.plates import lay_plate, paste
from rendering.style_fields import Plate, Shadow


def numbers(board: Board, shown: frozenset[int], now: int | None = None) -> Picture:
    """All numbers, and the labels of the ranks in `shown`, which have played; `now` is the rank that plays."""
    left, top, right, bottom = board.target.box
    canvas, bare = Image.new("RGBA", (right - left, bottom - top), (0, 0, 0, 0)), board.bare()
    for place, row in enumerate(board.rows):
        dim = board.style.label.dim if row.rank in shown and row.rank != now else 1.0
        y = middle_of(board, place) - top
        _row_back(canvas, board, row.rank, y)
        art = _number_art(bare, row.rank, row.rank == now)
        paste(canvas, dimmed(art, dim), 0, y - art.height // 2)
        if row.rank in shown and (label_art := label_strip(bare, row.rank, row.label, False)):
            paste(canvas, dimmed(label_art, dim), column(board) - left, y - label_art.height // 2)
    return tight(canvas, left, top, board.target) or Picture(Image.new("RGBA", (2, 2), (0, 0, 0, 0)), left, top)


def label(board: Board, rank: int) -> Picture | None:
    """The label of the rank that plays, alone, where its row is; None for an empty one."""
    place = place_of(board, rank)
    art = label_strip(board.bare(), rank, board.rows[place].label, True)
    if art is None:
        return None
    return tight(art, column(board), middle_of(board, place) - art.height // 2, board.target)


def _row_back(canvas: Image.Image, board: Board, rank: int, y: int) -> None:
    """Draw the bar behind a whole row, its middle at y."""
    plate = board.style.rows.back
    if plate:
        high, (before, after) = round(plate.height * pitch(board)), around(plate)
        edges = before - plate.padding, after - plate.padding - plate.slant
        lay_plate(canvas, plate, (edges[0], y - high // 2, canvas.width - edges[1], y - high // 2 + high), rank)


@lru_cache(maxsize=96)
def _number_art(board: Board, rank: int, now: bool) -> Image.Image:
    """One number on a strip as wide as the column before the labels, or as its plate, whose lean may reach into it."""
    look, size, row = board.style.number, number_size(board), pitch(board)
    if now and not look.back:
        size = int(size * board.style.label.now.scale)
    fill = rank_fill(look, rank)
    ink = inked(board.style, fill, look.outline, look.shadow, size / look.size)
    said, x, wide = f"{rank}{look.after}", look.left, number_width(board)
    room = max(column(board) - board.target.box[0], x + wide + around(look.back)[1] if look.back else 0)
    strip = Image.new("RGBA", (room, _high(row, look.share, ink, look.shadow)), (0, 0, 0, 0))
    if look.back:
        high = round(look.back.height * row)
        body = x - look.back.padding, (strip.height - high) // 2
        lay_plate(strip, look.back, (*body, x + wide + look.back.padding + look.back.slant, body[1] + high), rank)
        x += round((wide + look.back.slant - width(said, look.face, size)) / 2)
    sheet = Sheet(strip.size, ink)
    sheet.write(said, look.face, size, x, round(strip.height / 2 + middle(look.face) * size))
    strip.alpha_composite(sheet.inked())
    return strip


def _high(row: int, share: float, ink: Ink, shadow: Shadow | None) -> int:
    """The height of a strip: a row's, and more where a glow would be cut off in sight."""
    if shadow is None or shadow.colour:
        return row
    return row + 2 * max(0, int(2 * shadow.blur + ink.width - row * (1 - share) / 2))


@lru_cache(maxsize=48)
def label_strip(board: Board, rank: int, text: str, now: bool) -> Image.Image | None:
    """One label on a strip from the labels' column to the safe box's right edge, a pitch high or what its ink takes.

    `now` draws it as that of the clip that plays; None for an empty label.
    """
    line = glyphs.clean(text)
    if not line:
        return None
    look, row, full = board.style.label, pitch(board), label_size(board, now)
    fill, back = (look.now.fill, look.now.back) if now else (look.fill, look.back)
    ink = inked(board.style, (fill, fill), look.outline, look.shadow, full / look.size)
    start, wide = COLUMN + around(back)[0], board.target.box[2] - column(board)
    fitted = _fitted(board, line, now, ink)
    baselines = _baselines(fitted, look.face, look.lead)
    reach = max(_reach(fitted, look.face, baselines, ink.width), plate_reach(back, row))
    sheet = Sheet((wide, max(_high(row, look.share, ink, look.shadow), 2 * reach)), ink)
    for part, baseline in zip(fitted.lines, baselines, strict=True):
        sheet.write(part, look.face, fitted.size, start + _lean(back), round(sheet.glyph.height / 2 + baseline))
    strip = Image.new("RGBA", sheet.glyph.size, (0, 0, 0, 0))
    if back:
        longest = max(width(part, look.face, fitted.size) for part in fitted.lines)
        _label_back(strip, back, (start, round(longest)), row, rank)
    strip.alpha_composite(sheet.inked())
    return strip


def _fitted(board: Board, line: str, now: bool, ink: Ink) -> wrap.Fitted:
    """Return a label's lines and size in the room between the labels' column and the safe box's right edge."""
    look = board.style.label
    before, after = around(look.now.back if now else look.back)
    room = board.target.box[2] - column(board) - 2 * COLUMN - before - max(after, ink.margin)
    least = max(5, int(label_size(board, False) * look.least))
    return wrap.fit(line, look.face, label_size(board, now), least, room, int(pitch(board) * 0.42 / look.lead))


def is_shortened(board: Board, rank: int) -> bool:
    """Whether the label of a rank is so long that its end is left out while its clip plays."""
    line, look = glyphs.clean(board.rows[place_of(board, rank)].label), board.style.label
    if not line:
        return False
    ink = inked(board.style, (look.now.fill,) * 2, look.outline, look.shadow, label_size(board, True) / look.size)
    return "".join(_fitted(board.bare(), line, True, ink).lines).replace(" ", "") != line.replace(" ", "")


def _lean(plate: Plate | None) -> int:
    """How far a leaning plate moves its text to the right."""
    return plate.slant // 2 if plate else 0


def _baselines(fitted: wrap.Fitted, face: str, lead: float) -> list[float]:
    """How far below the row's middle each line of a label stands."""
    first = -(len(fitted.lines) - 1) / 2
    return [(first + place) * lead * fitted.size + middle(face) * fitted.size for place in range(len(fitted.lines))]


def _reach(fitted: wrap.Fitted, face: str, baselines: list[float], outline: int) -> int:
    """How far a label's ink reaches above and below the row's middle: further than usual in scripts with deep marks."""
    boxes = [extent(line, face, fitted.size) for line in fitted.lines]
    above = max(-(at + box[1]) for at, box in zip(baselines, boxes, strict=True))
    below = max(at + box[3] for at, box in zip(baselines, boxes, strict=True))
    return int(max(above, below)) + outline + 2


def _label_back(strip: Image.Image, plate: Plate, text: tuple[int, int], row: int, rank: int) -> None:
    """Draw the plate of a label whose text begins at x and is so wide."""
    (x, wide), high = text, round(plate.height * row)
    top = (strip.height - high) // 2
    lay_plate(strip, plate, (x - plate.padding, top, x + wide + plate.padding + plate.slant, top + high), rank)
