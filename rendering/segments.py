"""One segment: the picture of one clip under the board art, kept by the hash of all that decides it."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ranking import ffmpeg
from rendering import board, overlays
from rendering.plan import FPS, Clip, Plan
from rendering.style import Style
from rendering.style import style as load_style
from rendering.targets import HEIGHT, WIDTH, target
from scraping.guard import input_args

# The measured choice: 0.6 of veryfast's CPU at the same look. One thread each: two segments fill two cores.
ENCODER = [
    "-c:v",
    "libx264",
    "-preset",
    "superfast",
    "-crf",
    "21",
    "-pix_fmt",
    "yuv420p",
    "-profile:v",
    "high",
    "-x264-params",
    "open-gop=0:mbtree=1:rc-lookahead=20:weightp=1",
]
TO_BT709 = "out_color_matrix=bt709:out_range=limited"
# PQ or HLG light at 203 nits of reference white (ITU-R BT.2408), rolled off by Hable's curve into SDR.
TONEMAP = (
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=limited,format=yuv420p"
)
BLUR_SHRINK = 16  # the background is blurred at a sixteenth of its size, where blur costs next to nothing
LABEL_FADE = 0.25  # seconds
SAFETY = 0.2  # seconds read beyond the end, so that an odd rate can still fill the last frame


@dataclass(frozen=True)
class Layer:
    """A picture to lay over the clip: its file, its place, and how it comes in."""

    path: Path
    x: int
    y: int
    kind: str  # still, fade or badge


@dataclass(frozen=True)
class Prepared:
    """A segment that is ready to be filmed: its key, and the arguments up to the output's name."""

    key: str
    args: tuple[str, ...]
    seconds: float
    frames: int


def kept(key: str) -> Path | None:
    """Return the file of a segment that is already filmed, or None."""
    path = settings.SEGMENTS_DIR / key[:2] / f"{key}.mp4"
    return path if path.exists() else None


def prepare(plan: Plan, position: int, find_clip: Callable[[str], Path]) -> Prepared:
    """Draw the art of the segment at this position and return what films it; `find_clip` tells the file of a hash."""
    clip = plan.playing()[position]
    style = load_style(plan.style)
    layers = draw_layers(plan, position, style)
    source = find_clip(clip.clip)
    args = (
        *["-filter_threads", "1", "-filter_complex_threads", "1", "-threads", "1"],
        *input_args(source, "-ss", f"{clip.start:.3f}", "-t", f"{clip.seconds + SAFETY:.3f}"),
        *(word for layer in layers for word in layer_input(layer)),
        *("-filter_complex", graph(clip, style, layers)),
        *("-map", "[v]", "-an", *ENCODER, "-frames:v", str(clip.frames)),
        *("-video_track_timescale", str(FPS * 512), "-threads", "1", "-map_metadata", "-1", "-fflags", "+bitexact"),
    )
    names = {str(source.resolve()): clip.clip} | {str(layer.path): layer.path.stem for layer in layers}
    plain = [_renamed(word, names) for word in args]
    key = hashlib.sha256(json.dumps([ffmpeg.build(), style.version, plain]).encode()).hexdigest()
    return Prepared(key, args, clip.seconds, clip.frames)


def _renamed(word: str, names: dict[str, str]) -> str:
    """Return an argument with paths replaced by the hashes of what they hold."""
    for path, name in names.items():
        word = word.replace(path, name)
    return word


def film_segment(prepared: Prepared, report: Callable[[float], None] = lambda percent: None) -> Path:
    """Film a segment, or return the one that is kept; report a percentage. Raises ffmpeg.FFmpegError."""
    if found := kept(prepared.key):
        os.utime(found)  # the store forgets what was not used for long
        return found
    path = settings.SEGMENTS_DIR / prepared.key[:2] / f"{prepared.key}.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    settings.TEMP_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="segment-", dir=settings.TEMP_DIR))
    try:
        made = folder / "segment.mp4"
        ffmpeg.run([*prepared.args, str(made)], seconds=prepared.seconds, report=report)
        os.replace(made, path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return path


def board_of(plan: Plan, style: Style) -> board.Board:
    """Return the board that the plan shows."""
    rows = tuple(board.Row(clip.rank, clip.label, clip.credit) for clip in plan.clips)
    return board.Board(plan.title, rows, style, target(plan.target))


def art_pictures(plan: Plan, position: int, style: Style) -> list[tuple[board.Picture, str]]:
    """Draw the art over the clip at this position, from back to front; each with how it comes in."""
    art, rank = board_of(plan, style), plan.order[position]
    pictures = [
        (board.title(art), "still"),
        (board.numbers(art, plan.shown_before(position)), "still"),
        (board.label(art, rank), "fade"),
        (board.chip(art, rank), "still"),
        (board.badge(art, rank), "badge"),
    ]
    return [(picture, kind) for picture, kind in pictures if picture]


def draw_layers(plan: Plan, position: int, style: Style) -> list[Layer]:
    """Return the art over the clip at this position as files, from back to front."""
    return [_layer(picture, kind) for picture, kind in art_pictures(plan, position, style)]


def _layer(picture: board.Picture, kind: str) -> Layer:
    if kind == "badge":
        entrance = overlays.badge_entrance(picture)
        return Layer(entrance.path, entrance.x, entrance.y, kind)
    return Layer(stored(picture), picture.x, picture.y, kind)


def stored(picture: board.Picture) -> Path:
    """Return the file of a picture, named by the hash of its bytes."""
    data = picture.png()
    path = settings.SEGMENTS_DIR / "art" / f"{hashlib.sha256(data).hexdigest()}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
    return path


def layer_input(layer: Layer) -> list[str]:
    """Return the input arguments of a layer; these are files of our own, so they need no guard."""
    if layer.kind == "fade":
        return ["-loop", "1", "-framerate", str(FPS), "-t", f"{LABEL_FADE + 0.1:.3f}", "-i", str(layer.path)]
    return ["-i", str(layer.path)]


def graph(clip: Clip, style: Style, layers: list[Layer]) -> str:
    """Return the filter graph: the clip inset over its own blur, then every layer, then exactly the frames."""
    steps = [*picture_steps(clip, style)]
    last = "[x0]"
    for number, layer in enumerate(layers, 1):
        motion = {"fade": f"fade=t=in:d={LABEL_FADE}:alpha=1,", "badge": f"{overlays.STAY},"}.get(layer.kind, "")
        steps.append(f"[{number}:v]format=rgba,{motion}scale={TO_BT709},format=yuva420p[l{number}]")
        after = "pass" if layer.kind == "badge" else "repeat"
        steps.append(
            f"{last}[l{number}]overlay={layer.x}:{layer.y}:format=yuv420:eof_action={after}[x{number}]",
        )
        last = f"[x{number}]"
    steps.append(
        # An odd rate may end a few frames early; more than that is a broken file, which film_segment tells.
        f"{last}tpad=stop_mode=clone:stop={FPS // 5},trim=end_frame={clip.frames},setpts=PTS-STARTPTS,setsar=1,"
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709[v]"
    )
    return ";".join(steps)


def picture_steps(clip: Clip, style: Style) -> list[str]:
    """Return the steps from the decoded clip to the full frame [x0]."""
    left, top, right, bottom = style.frame.box
    width, height = right - left, bottom - top
    wide, tall = f"{WIDTH}/{HEIGHT}", f"{width}/{height}"
    read = f"in_color_matrix={clip.matrix}:in_range={'full' if clip.full_range else 'limited'}:{TO_BT709}"
    first = f"fps={FPS}:start_time=0"
    if clip.hdr:
        first, read = f"{first},{TONEMAP}", TO_BT709
    light = 1 - style.frame.darken
    steps = [
        f"[0:v]{first},split[a][b]",
        f"[a]crop=w='min(iw,ih*{wide}/sar)':h='min(ih,iw*sar/({wide}))',"
        f"scale={WIDTH // BLUR_SHRINK // 2 * 2}:{HEIGHT // BLUR_SHRINK}:flags=area:{read},setsar=1,format=yuv420p,"
        f"gblur=sigma={style.frame.blur / BLUR_SHRINK:.2f},"
        f"lutyuv=y='16+(val-16)*{light:.3f}':u='128+(val-128)*{light:.3f}':v='128+(val-128)*{light:.3f}',"
        f"scale={WIDTH}:{HEIGHT}:flags=bilinear,format=yuv420p[bg]",
    ]
    if clip.fit == "contain":
        size = f"w='trunc(min({width},{height}*dar)/2)*2':h='trunc(min({height},{width}/dar)/2)*2'"
        place = f"x='{left}+trunc(({width}-w)/4)*2':y='{top}+trunc(({height}-h)/4)*2'"
        scaled = f"[b]scale={size}:flags=bicubic:{read},setsar=1,format=yuv420p[fg]"
        return [*steps, scaled, f"[bg][fg]overlay={place}:format=yuv420[x0]"]
    filled = (
        f"[b]crop=w='min(iw,ih*{tall}/sar)':h='min(ih,iw*sar/({tall}))',"
        f"scale={width}:{height}:flags=bicubic:{read},setsar=1,format=yuv420p[fg]"
    )
    return [*steps, filled, *framed(style.frame.box)]


def framed(box: tuple[int, int, int, int]) -> list[str]:
    """Return the steps that lay [fg] into its box on [bg]: what is seen of the background, stacked around the clip.

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
    copies = f"[bg]split={len(bands)}" + "".join(f"[g{name}]" for name in names)
    cuts = [f"[g{name}]crop={w}:{h}:{x}:{y}[c{name}]" for name, (x, y, w, h) in zip(names, bands, strict=True)]
    layout = "|".join([f"{left}_{top}", *(f"{x}_{y}" for x, y, _w, _h in bands)])
    stacked = "[fg]" + "".join(f"[c{name}]" for name in names)
    return [copies, *cuts, f"{stacked}xstack=inputs={len(bands) + 1}:layout={layout}[x0]"]
