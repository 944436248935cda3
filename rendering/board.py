"""The board art: title, list, chip, badge and reason of a film as tight pictures, all inside the target's safe box.

The editor's preview and the film lay these very pictures over the clip.
"""

from rendering import glyphs
from rendering.framing import frame_lines
from rendering.heading import title, title_lines
from rendering.layout import Board, Row
from rendering.listing import label, numbers
from rendering.marks import badge, chip
from rendering.pictures import Picture
from rendering.reason_line import reason

__all__ = [
    "Board",
    "Picture",
    "Row",
    "badge",
    "chip",
    "frame_lines",
    "label",
    "missing_glyphs",
    "numbers",
    "reason",
    "title",
    "title_lines",
]


def missing_glyphs(board: Board) -> list[str]:
    """What no font can draw in title, labels, credits and reasons, each cluster once."""
    texts = [*board.title, *(text for row in board.rows for text in (row.label, row.credit, row.reason))]
    return list(dict.fromkeys(cluster for text in texts for cluster in glyphs.missing(text)))
