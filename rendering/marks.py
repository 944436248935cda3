"""The marks of the clip that plays: the credit's chip, and the big badge of its rank."""

from functools import lru_cache

from PIL import Image

from rendering import glyphs, wrap
from rendering.ink import Ink, Sheet, extent, width
from rendering.layout import AIR, Board, chip_place, middle_of, pitch, place_of
from rendering.matching import middle
from rendering.pictures import Picture, inked, rank_fill, tight
from rendering.plates import lay_plate
from rendering.style_fields import Plate, Style
from rendering.targets import WIDTH

DOT = " · "  # between the parts of a credit


def chip(board: Board, rank: int) -> Picture | None:
    """The credit of this rank's clip on a pill at the lower left; None for an empty one."""
    look, text = board.style.chip, glyphs.clean(board.rows[place_of(board, rank)].credit)
    if not text:
        return None
    x, y = chip_place(board.style, board.target)
    parts, size = _fitted_credit(board.style, text, min(look.width, board.target.box[2] - x) - 2 * look.padding)
    widths = [width(part, look.face, size) for part in parts]
    picture = Image.new("RGBA", (round(sum(widths)) + 2 * look.padding, look.height), (0, 0, 0, 0))
    pill = Plate((look.back,), look.alpha, look.padding, 1, look.radius, 0, 0, None, None, 0)
    lay_plate(picture, pill, (0, 0, *picture.size))
    sheet = Sheet(picture.size, Ink((look.fill, look.fill), look.back, 0))
    for place, part in enumerate(parts):
        start = look.padding + sum(widths[:place])
        sheet.write(part, look.face, size, start, round(look.height / 2 + middle(look.face) * size))
    picture.alpha_composite(sheet.inked())
    return tight(picture, x, y, board.target)


def _fitted_credit(style: Style, text: str, room: int) -> tuple[list[str], int]:
    """The credit's parts and their size: each is laid out by itself, and the first gives way so that counts stay."""
    look = style.chip
    head, *rest = text.split(DOT)
    parts = [head, *(piece for part in rest for piece in (DOT, part))]
    full = sum(width(part, look.face, look.size) for part in parts)
    size = max(look.least, min(look.size, int(look.size * room / max(1, full))))
    tail = sum(width(part, look.face, size) for part in parts[1:])
    if tail > room * 0.6:  # nothing that looks like a handle and its counts
        return [wrap.cut(text, look.face, size, room)], size
    return [wrap.cut(head, look.face, size, int(room - tail)), *parts[1:]], size


def badge(board: Board, rank: int) -> Picture:
    """The big rank that comes in when its clip begins, between list and chip, or beside them on a long list."""
    look, box = board.style.badge, board.target.box
    low = middle_of(board, len(board.rows) - 1) + pitch(board) // 2 + AIR
    floor = chip_place(board.style, board.target)[1] - AIR
    tall = look.back.height if look.back else 1.0
    size = max(look.least, min(look.size, int((floor - low) * 0.9 / max(1.0, tall))))
    place_of(board, rank)
    art = _badge_art(board.style, rank, size)
    if art.height > floor - low:
        return tight(art, box[2] - art.width, box[3] - art.height, board.target)
    return tight(art, (WIDTH - art.width) // 2, (low + floor - art.height) // 2, board.target)


@lru_cache(maxsize=12)
def _badge_art(style: Style, rank: int, size: int) -> Image.Image:
    """The badge with room for its edge, plate and shadow."""
    look = style.badge
    text = f"{look.before}{rank}{look.after}"
    fill = rank_fill(look, rank)
    ink = inked(style, fill, look.outline, look.shadow)
    box, margin = extent(text, look.face, size), ink.margin + 4
    wide, high = int(box[2] - box[0]), int(box[3] - box[1])
    if look.back is None:
        sheet = Sheet((wide + 2 * margin, high + 2 * margin), ink)
        sheet.write(text, look.face, size, margin - box[0], round(margin - box[1]))
        return _tilted(sheet.inked(), look.tilt)
    return _tilted(_on_plate(look.back, (text, look.face, size), (wide, -box[0]), ink, rank), look.tilt)


def _on_plate(plate: Plate, said: tuple[str, str, int], span: tuple[int, float], ink: Ink, rank: int) -> Image.Image:
    """The badge's text in the middle of its plate; `span` is its ink's width and the place where it begins."""
    text, face, size = said
    high, line = round(plate.height * size), plate.edge.width if plate.edge else 0
    wide = max(span[0] + 2 * plate.padding + plate.slant, high if plate.radius * 2 >= high else 0)
    edge = max(line, plate.drop_offset, plate.tail) + 2
    tall = max(high + 2 * edge, round(_height(said) + 2 * ink.margin))  # letters may be higher than a thin plate
    picture, top = Image.new("RGBA", (wide + 2 * edge, tall), (0, 0, 0, 0)), (tall - high) // 2
    lay_plate(picture, plate, (edge, top, edge + wide, top + high), rank)
    sheet = Sheet(picture.size, ink)
    x = (picture.width - span[0]) / 2 + span[1]
    sheet.write(text, face, size, x, round(picture.height / 2 + middle(face) * size))
    picture.alpha_composite(sheet.inked())
    return picture


def _height(said: tuple[str, str, int]) -> float:
    """How high a canvas must be for a line whose middle stands in its own, in pixels."""
    _left, above, _right, below = extent(*said)
    down = middle(said[1]) * said[2]
    return 2 * max(-(above + down), below + down) + 4


def _tilted(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True) if degrees else image
