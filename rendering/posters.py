"""A style as a picture: a frame of a film as it would be, composed by Pillow from the clip's cover and the real art."""

from PIL import Image, ImageDraw, ImageFilter

from rendering.layers import art_pictures
from rendering.picture import BLUR_SHRINK
from rendering.plan import Plan
from rendering.plates import paste
from rendering.style import Style, style_of
from rendering.targets import HEIGHT, WIDTH

NIGHT, DAY = (28, 38, 66), (226, 178, 120)  # the sample's sky, from its top to the horizon
GROUND = (58, 92, 62)


def poster(plan: Plan, rank: int, cover: Image.Image) -> Image.Image:
    """Return a frame of the clip of this rank while its badge stands, 1080x1920; its reason comes after that."""
    style = style_of(plan)
    frame = under_art(cover, style).convert("RGBA")
    for picture, kind in art_pictures(plan, rank, style):
        if kind != "reason":
            paste(frame, picture.image, picture.x, picture.y)
    return frame.convert("RGB")


def under_art(cover: Image.Image, style: Style) -> Image.Image:
    """Return a picture in the style's frame over its own blur, as the film shows a clip that fills the frame."""
    cover = cover.convert("RGB")
    left, top, right, bottom = style.frame.box
    small = filled(cover, (WIDTH // BLUR_SHRINK, HEIGHT // BLUR_SHRINK))
    small = small.filter(ImageFilter.GaussianBlur(style.frame.blur / BLUR_SHRINK))
    small = small.point([round(value * (1 - style.frame.darken)) for value in range(256)] * 3)
    frame = small.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
    frame.paste(filled(cover, (right - left, bottom - top)), (left, top))
    return frame


def filled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the middle of a picture that fills this size."""
    scale = max(size[0] / image.width, size[1] / image.height)
    wide, high = min(image.width, size[0] / scale), min(image.height, size[1] / scale)
    left, top = (image.width - wide) / 2, (image.height - high) / 2
    return image.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + wide, top + high))


def landscape() -> Image.Image:
    """Return a drawn evening landscape, bright and dark and busy enough to judge text on; for sheets without a clip."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(picture)
    horizon = HEIGHT * 3 // 5
    for y in range(horizon):
        share = y / horizon
        draw.line((0, y, WIDTH, y), tuple(round(a + (b - a) * share) for a, b in zip(NIGHT, DAY, strict=True)))
    draw.ellipse((640, 760, 900, 1020), fill=(255, 240, 200))
    for step, x in enumerate(range(-80, WIDTH, 90)):
        high = 120 + step * 67 % 190
        draw.polygon([(x, horizon + 40), (x + 90, horizon - high), (x + 180, horizon + 40)], fill=(40, 58, 70))
    for y in range(horizon + 60, HEIGHT, 90):
        draw.line((0, y, WIDTH, y - 40), fill=(236, 232, 220), width=16)
    return picture
