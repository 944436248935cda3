"""From a decoded clip to the full frame: scaled into the style's frame over its own blur, in bt709 limited range."""

from rendering.plan import FPS, Clip
from rendering.style import Style
from rendering.targets import HEIGHT, WIDTH

TO_BT709 = "out_color_matrix=bt709:out_range=limited"
# PQ or HLG light at 203 nits of reference white (ITU-R BT.2408), rolled off by Hable's curve into SDR.
TONEMAP = (
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=limited,format=yuv420p"
)
BLUR_SHRINK = 16  # the background is blurred at a sixteenth of its size, where blur costs next to nothing


def picture_steps(clip: Clip, style: Style, source: str = "0:v", out: str = "x0") -> list[str]:
    """Return the steps from a decoded clip [source] to the full frame [out].

    `out` also marks the labels within, so that two clips can stand in one graph.
    """
    left, top, right, bottom = style.frame.box
    width, height = right - left, bottom - top
    wide, tall = f"{WIDTH}/{HEIGHT}", f"{width}/{height}"
    read = f"in_color_matrix={clip.matrix}:in_range={'full' if clip.full_range else 'limited'}:{TO_BT709}"
    first = f"fps={FPS}:start_time=0"
    if clip.hdr:
        first, read = f"{first},{TONEMAP}", TO_BT709
    light = 1 - style.frame.darken
    steps = [
        f"[{source}]{first},split[{out}a][{out}b]",
        f"[{out}a]crop=w='min(iw,ih*{wide}/sar)':h='min(ih,iw*sar/({wide}))',"
        f"scale={WIDTH // BLUR_SHRINK // 2 * 2}:{HEIGHT // BLUR_SHRINK}:flags=area:{read},setsar=1,format=yuv420p,"
        f"gblur=sigma={style.frame.blur / BLUR_SHRINK:.2f},"
        f"lutyuv=y='16+(val-16)*{light:.3f}':u='128+(val-128)*{light:.3f}':v='128+(val-128)*{light:.3f}',"
        f"scale={WIDTH}:{HEIGHT}:flags=bilinear,format=yuv420p[{out}bg]",
    ]
    if clip.fit == "contain":
        size = f"w='trunc(min({width},{height}*dar)/2)*2':h='trunc(min({height},{width}/dar)/2)*2'"
        place = f"x='{left}+trunc(({width}-w)/4)*2':y='{top}+trunc(({height}-h)/4)*2'"
        scaled = f"[{out}b]scale={size}:flags=bicubic:{read},setsar=1,format=yuv420p[{out}fg]"
        return [*steps, scaled, f"[{out}bg][{out}fg]overlay={place}:format=yuv420[{out}]"]
    filled = (
        f"[{out}b]crop=w='min(iw,ih*{tall}/sar)':h='min(ih,iw*sar/({tall}))',"
        f"scale={width}:{height}:flags=bicubic:{read},setsar=1,format=yuv420p[{out}fg]"
    )
    return [*steps, filled, *framed(style.frame.box, out)]


def framed(box: tuple[int, int, int, int], out: str) -> list[str]:
    """Return the steps that lay [{out}fg] into its box on [{out}bg]: what is seen of it, stacked around the clip.

    The picture is that of an overlay, which would blend a million opaque pixels of each frame.
    """
    left, top, right, bottom = box
    bands = [
        (0, 0, WIDTH, top),
        (0, top, left, bottom - top),
        (right, top, WIDTH - right, bottom - top),
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
