"""What stands on a board and where: rows, columns, sizes, all inside the target's safe box."""

from dataclasses import dataclass
from functools import lru_cache

from rendering.ink import width
from rendering.style_fields import Plate, Style
from rendering.targets import Target

COLUMN = 12  # pixels before the labels' left edge at which their pictures begin and the numbers' end
AIR = 10  # pixels between the last row, the badge and the chip
LEAST_LABEL = 240  # pixels that labels have at least, however wide a style's numbers are
LEAST_HEIGHT = 300  # pixels: a clip under a long list is at least so high


@dataclass(frozen=True)
class Row:
    """One place of the list; an empty label shows only the number, an empty credit has no chip, a reason no line."""

    rank: int
    label: str = ""
    credit: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Board:
    """All that decides the art; rows in rank order from 1."""

    title: tuple[str, ...]
    rows: tuple[Row, ...]
    style: Style
    target: Target

    def bare(self) -> "Board":
        """The same board without words: what one row looks like depends on the others' number alone."""
        return Board((), tuple(Row(row.rank) for row in self.rows), self.style, self.target)


def place_of(board: Board, rank: int) -> int:
    """The row of a rank; ValueError when the board has none."""
    for place, row in enumerate(board.rows):
        if row.rank == rank:
            return place
    raise ValueError(f"The board has no rank {rank}.")


def pitch_of(style: Style, count: int, target: Target) -> int:
    """Pixels from row to row, even: the style's for so many rows, less where they would reach the chip."""
    look = style.rows
    wanted = look.pitches[max(1, min(count, len(look.pitches))) - 1]
    room = (chip_place(style, target)[1] - AIR - target.box[1] - look.top) / max(1.0, count - 0.5)
    return max(2, int(min(wanted, room)) // 2 * 2)


def chip_place(style: Style, target: Target) -> tuple[int, int]:
    """The left and top of the chip: inside the safe box, and inside the clip's frame where that has room for it."""
    look, frame, box = style.chip, style.frame.box, target.box
    x = min(max(box[0] + look.left, frame[0] + look.left - 10), max(box[0], box[2] - look.width))
    y = min(frame[3], box[3]) - look.bottom - look.height
    return x // 2 * 2, max(y, box[1]) // 2 * 2


@lru_cache(maxsize=256)
def pitch(board: Board) -> int:
    """Pixels from row to row of this board."""
    return pitch_of(board.style, len(board.rows), board.target)


def middle_of(board: Board, place: int) -> int:
    """The y of a row's middle."""
    return board.target.box[1] + board.style.rows.top + place * pitch(board)


@lru_cache(maxsize=256)
def number_size(board: Board) -> int:
    """The size of the numbers in pixels."""
    look = board.style.number
    return max(6, min(look.size, int(pitch(board) * look.share)))


@lru_cache(maxsize=256)
def number_width(board: Board) -> int:
    """The width of the widest number in pixels, as large as it gets."""
    look, size = board.style.number, number_size(board)
    grown = size if look.back else round(size * max(1.0, board.style.label.now.scale))
    return int(max((width(f"{row.rank}{look.after}", look.face, grown) for row in board.rows), default=0))


def label_size(board: Board, now: bool) -> int:
    """The full size of a label in pixels, of the row whose clip plays or of another."""
    look = board.style.label
    size = min(look.size, int(pitch(board) * look.share))
    return max(6, int(size * look.now.scale) if now else size)


@lru_cache(maxsize=256)
def column(board: Board) -> int:
    """The even x at which the labels' pictures begin: the style's, or further right after wide numbers."""
    look, (left, _top, right, _bottom) = board.style.number, board.target.box
    end = look.left + number_width(board) + look.gap + (look.back.padding + look.back.slant if look.back else 0)
    return left + (min(max(board.style.label.left, end), right - left - LEAST_LABEL) - COLUMN) // 2 * 2


def around(plate: Plate | None) -> tuple[int, int]:
    """How far a plate reaches to the left and to the right of its text, in pixels."""
    if plate is None:
        return 0, 0
    line = plate.edge.width if plate.edge else 0
    return plate.padding + plate.tail + line, plate.padding + plate.slant + line + plate.drop_offset


def plate_reach(plate: Plate | None, row: int) -> int:
    """How far a plate reaches above and below the middle of a row of this pitch, in pixels."""
    if plate is None:
        return 0
    line, drop = plate.edge.width if plate.edge else 0, plate.drop_offset if plate.drop else 0
    return round(plate.height * row) // 2 + line + drop + 1


def frame_box(style: Style, count: int, target: Target) -> tuple[int, int, int, int]:
    """The box of the clip: the style's, or the part of it below a list of so many rows."""
    left, top, right, bottom = style.frame.box
    if style.frame.below_list and count:
        last = target.box[1] + style.rows.top + round((count - 0.5) * pitch_of(style, count, target))
        top = min(max(top, last + AIR), bottom - LEAST_HEIGHT) // 2 * 2
    return left, top, right, bottom
