"""From a decoded clip to the full frame: fitted into the style's frame over its own blur, in bt709 limited range."""

from itertools import pairwise

from rendering.masks import mask_steps
from rendering.plan import FPS, Clip
from rendering.style import Style
from rendering.targets import HEIGHT, WIDTH
from scraping.decode import DEINTERLACE, OPAQUE

Box = tuple[int, int, int, int]  # x, y, width, height on the full frame

TO_BT709 = "out_color_matrix=bt709:out_range=limited"
# PQ or HLG light at 203 nits of reference white (ITU-R BT.2408), rolled off by Hable's curve into SDR.
TONEMAP = (
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=limited,format=yuv420p"
)
BLUR_SHRINK = 16  # the background is blurred at a sixteenth of its size, where blur costs next to nothing
FULL = (0, 0, WIDTH, HEIGHT)
MIDDLE = ((0.0, 0.5),)  # a camera that stands still in the middle
BRIGHTEST = 70  # luma of 255 that the plain colour around a clip may have, so that light text stands out


def picture_steps(clip: Clip, style: Style, source: str = "0:v", out: str = "x0", since: int = 0) -> list[str]:
    """Return the steps from a decoded clip [source] to the full frame [out].

    `since` is the frame of the clip (counted from its start) at which the decoding began: masks and camera go by it.
    `out` also marks the labels within, so that two clips can stand in one graph.
    """
    first, read = _first_steps(clip)
    steps, source = _masked(clip, f"[{source}]{first}", read, out, since)
    if clip.masks:
        read = f"in_color_matrix=bt709:in_range=limited:{TO_BT709}"
    box = inner_box(clip, style)
    if clip.fit == "bars":
        return [*steps, f"{source}{_bars(clip, style, read)}[{out}]"]
    if box == FULL:
        return [*steps, f"{source}{_filled(clip, box, read, since)}[{out}]"]
    steps += [f"{source}split[{out}a][{out}b]", f"[{out}a]{_blurred(style, read)}[{out}bg]"]
    if box is None:
        return [*steps, *_contained_somewhere(style, read, out)]
    fitted = _scaled(box, read) if clip.fit == "contain" else _filled(clip, box, read, since)
    return [*steps, f"[{out}b]{fitted}[{out}fg]", *framed(box, out)]


def inner_box(clip: Clip, style: Style) -> Box | None:
    """Return where the clip itself stands on the frame; None where its size, which decides, is not told."""
    left, top, right, bottom = style.frame.box
    box = (left, top, right - left, bottom - top)
    if clip.fit not in ("contain", "bars"):
        return box
    return fitted(clip.width * clip.sar / clip.height, box) if clip.width and clip.height else None


def fitted(aspect: float, box: Box) -> Box:
    """Return the largest even box of this aspect in the middle of another."""
    left, top, width, height = box
    inner = [int(min(width, height * aspect) / 2 + 0.25) * 2, int(min(height, width / aspect) / 2 + 0.25) * 2]
    wide, tall = (max(2, side) for side in inner)
    return left + (width - wide) // 4 * 2, top + (height - tall) // 4 * 2, wide, tall


def _first_steps(clip: Clip) -> tuple[str, str]:
    """Return the steps that make 30 whole frames a second, and how scale is to read their colours."""
    steps = [DEINTERLACE] if clip.interlaced else []
    steps += [OPAQUE] if clip.alpha else []
    steps.append(f"fps={FPS}:start_time=0")
    if clip.hdr:
        return ",".join([*steps, TONEMAP]), TO_BT709
    return ",".join(
        steps
    ), f"in_color_matrix={clip.matrix}:in_range={'full' if clip.full_range else 'limited'}:{TO_BT709}"


def _masked(clip: Clip, chain: str, read: str, out: str, since: int) -> tuple[list[str], str]:
    """Return the steps that blur the clip's masks, and what the next step begins with."""
    if not clip.masks:
        return [], f"{chain},"
    steps, label = mask_steps(clip, f"{out}s", out, since)
    return [f"{chain},scale={read},format=yuv420p[{out}s]", *steps], f"[{label}]"


def _blurred(style: Style, read: str) -> str:
    """Return the filters of the background: the clip fills the frame, blurred and darkened."""
    light, wide = 1 - style.frame.darken, f"{WIDTH}/{HEIGHT}"
    return (
        f"crop=w='min(iw,ih*{wide}/sar)':h='min(ih,iw*sar/({wide}))',"
        f"scale={WIDTH // BLUR_SHRINK // 2 * 2}:{HEIGHT // BLUR_SHRINK}:flags=area:{read},setsar=1,format=yuv420p,"
        f"gblur=sigma={style.frame.blur / BLUR_SHRINK:.2f},"
        f"lutyuv=y='16+(val-16)*{light:.3f}':u='128+(val-128)*{light:.3f}':v='128+(val-128)*{light:.3f}',"
        f"scale={WIDTH}:{HEIGHT}:flags=bilinear,format=yuv420p"
    )


def _scaled(box: Box, read: str) -> str:
    return f"scale={box[2]}:{box[3]}:flags=bicubic:{read},setsar=1,format=yuv420p"


def _bars(clip: Clip, style: Style, read: str) -> str:
    """Return the filters that show all of the clip in the style's frame on a plain full frame."""
    left, top, right, bottom = style.frame.box
    width, height = right - left, bottom - top
    size = f"w='trunc(min({width},{height}*dar)/2+0.25)*2':h='trunc(min({height},{width}/dar)/2+0.25)*2'"
    place = f"x='{left}+trunc(({width}-iw)/4)*2':y='{top}+trunc(({height}-ih)/4)*2'"
    scaled = f"scale={size}:flags=bicubic:{read},setsar=1,format=yuv420p"
    return f"{scaled},pad=w={WIDTH}:h={HEIGHT}:{place}:color={plain_colour(style)}"


def plain_colour(style: Style) -> str:
    """Return the plain colour around a clip as 0xRRGGBB: the style's outline darkened, black where that is light."""
    red, green, blue = (round(value * (1 - style.frame.darken)) for value in style.outline)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "0x000000" if light > BRIGHTEST else f"0x{red:02X}{green:02X}{blue:02X}"


def _filled(clip: Clip, box: Box, read: str, since: int) -> str:
    """Return the filters that crop a clip to its box, where the camera looks; without one, to the middle.

    A moving camera crops what has its final size already: steps of one pixel there are not seen, in a small source
    they would be jumps.
    """
    _left, _top, width, height = box
    keys = _seen_keys(clip, since)
    low, high = min(at for _time, at in keys), max(at for _time, at in keys)
    aspect = f"{width}/{height}"
    wide, tall = f"min(iw,ih*{aspect}/sar)", f"min(ih,iw*sar/({aspect}))"
    if high - low < 1e-4:
        place = "" if low == 0.5 else f":x='(iw-ow)*{low:.4f}':y='(ih-oh)*{low:.4f}'"
        return f"crop=w='{wide}':h='{tall}'{place},{_scaled(box, read)}"
    reach = f"{high - low:.4f}"
    there = _expression([(time, (at - low) / (high - low)) for time, at in keys])
    return (
        f"crop=w='{wide}+(iw-{wide})*{reach}':h='{tall}+(ih-{tall})*{reach}':x='(iw-{wide})*{low:.4f}':"
        f"y='(ih-{tall})*{low:.4f}',scale=w='max({width},round({height}*dar/2)*2)':"
        f"h='max({height},round({width}/dar/2)*2)':flags=bicubic:{read},setsar=1,format=yuv420p,"
        f"crop={width}:{height}:x='(iw-ow)*({there})':y='(ih-oh)*({there})':exact=1"
    )


def _seen_keys(clip: Clip, since: int) -> list[tuple[float, float]]:
    """Return the camera's keys as (seconds from here on, place), from the last one before to the end."""
    begin = since / FPS
    keys = [(time - begin, at) for time, at in (clip.camera or MIDDLE)]
    passed = [place for place, (time, _at) in enumerate(keys[1:], 1) if time <= 0]
    return keys[passed[-1] :] if passed else keys


def _expression(keys: list[tuple[float, float]]) -> str:
    """Return ffmpeg's words for the line through these keys; two keys at one time are a jump."""
    parts = [f"lt(t,{keys[0][0]:.3f})*{keys[0][1]:.4f}"]
    for (time, at), (later, there) in pairwise(keys):
        if later > time:
            slope = (there - at) / (later - time)
            parts.append(f"gte(t,{time:.3f})*lt(t,{later:.3f})*({at:.4f}+{slope:.5f}*(t-{time:.3f}))")
    parts.append(f"gte(t,{keys[-1][0]:.3f})*{keys[-1][1]:.4f}")
    return "+".join(parts)


def _contained_somewhere(style: Style, read: str, out: str) -> list[str]:
    """Return the steps that show all of a clip whose size a plan of an earlier version does not tell."""
    left, top, right, bottom = style.frame.box
    width, height = right - left, bottom - top
    size = f"w='trunc(min({width},{height}*dar)/2)*2':h='trunc(min({height},{width}/dar)/2)*2'"
    place = f"x='{left}+trunc(({width}-w)/4)*2':y='{top}+trunc(({height}-h)/4)*2'"
    return [
        f"[{out}b]scale={size}:flags=bicubic:{read},setsar=1,format=yuv420p[{out}fg]",
        f"[{out}bg][{out}fg]overlay={place}:format=yuv420[{out}]",
    ]


def framed(box: Box, out: str) -> list[str]:
    """Return the steps that lay [{out}fg] into its box on [{out}bg]: what is seen of it, stacked around the clip.

    The picture is that of an overlay, which would blend a million opaque pixels of each frame.
    """
    left, top, width, height = box
    right, bottom = left + width, top + height
    bands = [
        (0, 0, WIDTH, top),
        (0, top, left, height),
        (right, top, WIDTH - right, height),
        (0, bottom, WIDTH, HEIGHT - bottom),
    ]
    bands = [band for band in bands if band[2] and band[3]]
    names = range(len(bands))
    copies = f"[{out}bg]split={len(bands)}" + "".join(f"[{out}g{name}]" for name in names)
    cuts = [
        f"[{out}g{name}]crop={w}:{h}:{x}:{y}[{out}c{name}]" for name, (x, y, w, h) in zip(names, bands, strict=True)
    ]
    layout = "|".join([f"{left}_{top}", *(f"{x}_{y}" for x, y, _w, _h in bands)])
    stacked = f"[{out}fg]" + "".join(f"[{out}c{name}]" for name in names)
    return [copies, *cuts, f"{stacked}xstack=inputs={len(bands) + 1}:layout={layout}[{out}]"]
