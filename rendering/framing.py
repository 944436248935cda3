"""The line around the clip, as four thin pictures: one hollow picture would be blended over the whole clip."""

from PIL import Image

from rendering.layout import Board
from rendering.pictures import Picture
from rendering.targets import HEIGHT, WIDTH


def frame_lines(board: Board) -> list[Picture]:
    """The lines around the clip's frame, outside of it as far as there is room; none for a style without."""
    look = board.style.frame
    if look.edge is None or look.edge.width < 2:
        return []
    line = look.edge.width // 2 * 2
    left, top, right, bottom = look.box
    x0, y0, x1, y1 = max(0, left - line), max(0, top - line), min(WIDTH, right + line), min(HEIGHT, bottom + line)
    bands = [(x0, y0, x1, top), (x0, bottom, x1, y1), (x0, top, left, bottom), (right, top, x1, bottom)]
    return [
        Picture(Image.new("RGBA", (b[2] - b[0], b[3] - b[1]), (*look.edge.colour, 255)), b[0], b[1])
        for b in bands
        if b[0] < b[2] and b[1] < b[3]
    ]
