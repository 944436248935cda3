"""The shapes behind text: bars, boxes, bubbles, leaning ones, with an edge and a hard shadow."""

from functools import lru_cache

from PIL import Image, ImageDraw

from rendering.ink import Colour
from rendering.style_fields import Plate

FINE = 3  # drawn so many times larger, for smooth edges


def fill_of(plate: Plate, rank: int) -> Colour:
    """The colour of a plate at this rank."""
    return plate.fills[min(rank, len(plate.fills)) - 1]


@lru_cache(maxsize=96)
def plate_art(plate: Plate, size: tuple[int, int], rank: int = 1) -> tuple[Image.Image, int, int]:
    """The plate with a body of this size, and how far its picture begins to the left of and above that body."""
    line = plate.edge.width if plate.edge else 0
    left, top, drop = plate.tail + line, line, plate.drop_offset if plate.drop else 0
    whole = size[0] + left + line + drop, size[1] + 2 * line + drop
    picture = Image.new("RGBA", whole, (0, 0, 0, 0))
    if plate.drop:
        _lay(picture, plate, size, (left + drop, top + drop), plate.drop, line)
    if plate.edge:
        _lay(picture, plate, size, (left, top), plate.edge.colour, line)
    _lay(picture, plate, size, (left, top), fill_of(plate, rank), 0)
    if plate.alpha < 1:
        picture.putalpha(picture.getchannel("A").point([round(value * plate.alpha) for value in range(256)]))
    return picture, left, top


def _lay(
    picture: Image.Image, plate: Plate, size: tuple[int, int], corner: tuple[int, int], fill: Colour, grown: int
) -> None:
    """Draw the plate's shape in one colour, `grown` pixels larger on each side."""
    mask = Image.new("L", (picture.width * FINE, picture.height * FINE), 0)
    draw = ImageDraw.Draw(mask)
    x0, y0 = (corner[0] - grown) * FINE, (corner[1] - grown) * FINE
    x1, y1 = (corner[0] + size[0] + grown) * FINE - 1, (corner[1] + size[1] + grown) * FINE - 1
    if plate.slant:
        lean = plate.slant * FINE
        draw.polygon([(x0 + lean, y0), (x1, y0), (x1 - lean, y1), (x0, y1)], fill=255)
    else:
        draw.rounded_rectangle((x0, y0, x1, y1), min(plate.radius * FINE, (y1 - y0) // 2), fill=255)
    if plate.tail:
        middle, half, tip = (y0 + y1) // 2, min(plate.tail * FINE, (y1 - y0) // 3), x0 - plate.tail * FINE
        draw.polygon(
            [(x0 + 2 * FINE, middle - half), (tip, middle + half // 2), (x0 + 2 * FINE, middle + half)], fill=255
        )
    mask = mask.resize(picture.size, Image.Resampling.BOX)
    picture.alpha_composite(_coloured(fill, mask))


def _coloured(fill: Colour, mask: Image.Image) -> Image.Image:
    picture = Image.new("RGBA", mask.size, (*fill, 255))
    picture.putalpha(mask)
    return picture


def lay_plate(under: Image.Image, plate: Plate, body: tuple[int, int, int, int], rank: int = 1) -> None:
    """Draw a plate with the body (left, top, right, bottom) onto a picture; what lies outside is cut off."""
    art, left, top = plate_art(plate, (body[2] - body[0], body[3] - body[1]), rank)
    paste(under, art, body[0] - left, body[1] - top)


def paste(under: Image.Image, over: Image.Image, x: int, y: int) -> None:
    """Lay a picture over another at x and y, what lies outside cut off."""
    left, top = max(0, -x), max(0, -y)
    if left < over.width and top < over.height:
        under.alpha_composite(over, (max(0, x), max(0, y)), (left, top))
