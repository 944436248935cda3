"""The reason of a rank: one or two lines above the credit, which come once the badge has gone."""

from PIL import Image

from rendering import glyphs, wrap
from rendering.ink import Sheet, extent, width
from rendering.layout import AIR, Board, around, chip_place, middle_of, pitch, place_of
from rendering.matching import middle
from rendering.overlays import LEAVE
from rendering.pictures import Picture, inked, tight
from rendering.plan import FPS, Plan
from rendering.plates import lay_plate
from rendering.style_fields import Plate, ReasonStyle, Style

FADE = 0.2  # seconds in which it comes
READ = 1.0  # seconds that it must stand at least: a line that only flashes up is worse than none


def reason_comes(style: Style) -> float:
    """Return how many seconds after a clip's beginning its reason comes: when the badge begins to leave."""
    return style.badge.motion.seconds + style.badge.hold + LEAVE / 2


def is_read(plan: Plan, rank: int, style: Style) -> bool:
    """Return whether the clip of a rank lasts long enough for its reason to be read."""
    piece = next(piece for piece in plan.pieces() if piece.kind == "clip" and piece.rank == rank)
    return piece.frames / FPS >= reason_comes(style) + FADE + READ


def told(plan: Plan, board: Board) -> list[int]:
    """Return the ranks whose reason the film shows: written, with a place in its style, and long enough to be read."""
    written = (clip.rank for clip in plan.clips if glyphs.clean(clip.reason))
    return [rank for rank in written if is_read(plan, rank, board.style) and reason(board, rank)]


def reason(board: Board, rank: int) -> Picture | None:
    """The reason of this rank's clip at the lower left, above its credit.

    None for an empty one, in a style that has no place for it, and where a long list leaves no room.
    """
    look, row = board.style.reason, board.rows[place_of(board, rank)]
    text = glyphs.clean(row.reason)
    if look is None or not text:
        return None
    chip = board.style.chip
    x, y = chip_place(board.style, board.target)
    floor = y - look.gap if glyphs.clean(row.credit) else y + chip.height
    low = middle_of(board, len(board.rows) - 1) + pitch(board) // 2 + AIR
    wide = min(board.target.box[2], board.style.frame.box[2]) - x
    for lines in (2, 1):
        art = reason_art(board.style, look, text, (wide, lines))
        if art.height <= floor - low:
            return tight(art, x, floor - art.height, board.target)
    return None


def reason_art(style: Style, look: ReasonStyle, text: str, room: tuple[int, int]) -> Image.Image:
    """Draw a reason on its plate, at most so wide and on so many lines; what is too long ends in an ellipsis."""
    ink = inked(style, (look.fill, look.fill), look.outline, look.shadow)
    before, after = [max(side, ink.margin) for side in around(look.back)]
    fitted = wrap.fit(text, look.face, look.size, look.least, room[0] - before - after, look.size * (room[1] - 1))
    tall = round(look.lead * fitted.size)
    high = round(tall * len(fitted.lines) * (look.back.height if look.back else 1))
    edge = max(ink.margin, _edge(look.back), *_over(fitted, look.face, high, tall))
    longest = round(max(width(line, look.face, fitted.size) for line in fitted.lines))
    art = Image.new("RGBA", (before + longest + after, high + 2 * edge), (0, 0, 0, 0))
    if look.back:
        body = before - look.back.padding, before + longest + look.back.padding + look.back.slant
        lay_plate(art, look.back, (body[0], edge, body[1], edge + high))
    sheet = Sheet(art.size, ink)
    for line, centre in zip(fitted.lines, _centres(fitted, tall), strict=True):
        at = art.height / 2 + centre + middle(look.face) * fitted.size
        sheet.write(line, look.face, fitted.size, before + (look.back.slant // 2 if look.back else 0), round(at))
    art.alpha_composite(sheet.inked())
    return art


def _centres(fitted: wrap.Fitted, tall: int) -> list[float]:
    """Return how far below the middle of the picture that of each line stands."""
    return [(place - (len(fitted.lines) - 1) / 2) * tall for place in range(len(fitted.lines))]


def _over(fitted: wrap.Fitted, face: str, high: int, tall: int) -> tuple[int, int]:
    """Return how far letters reach above and below the plate: marks of some scripts do."""
    boxes = [extent(line, face, fitted.size) for line in fitted.lines]
    ends = [at + middle(face) * fitted.size for at in _centres(fitted, tall)]
    above = -min(end + box[1] for end, box in zip(ends, boxes, strict=True))
    below = max(end + box[3] for end, box in zip(ends, boxes, strict=True))
    return int(max(0, above - high / 2)) + 2, int(max(0, below - high / 2)) + 2


def _edge(plate: Plate | None) -> int:
    """Return how far a plate's edge and hard shadow reach beyond its body."""
    if plate is None:
        return 0
    return (plate.edge.width if plate.edge else 0) + (plate.drop_offset if plate.drop else 0)
