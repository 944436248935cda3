"""The art over a clip as files for ffmpeg, and as steps of a filter graph."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from rendering import board, overlays, store
from rendering.picture import TO_BT709
from rendering.plan import FPS, Plan
from rendering.reason_line import FADE, is_read, reason_comes
from rendering.style import Style
from rendering.style_fields import Motion
from rendering.targets import WIDTH, target

POPPING = Motion("pop", overlays.POP)
SLIDE = 110  # pixels from the right that a label comes: from the left it would cross its number


@dataclass(frozen=True)
class Layer:
    """A picture to lay over the clip: its file, its place, and how it comes in.

    kind: still; fade, slide and enter come in and stay; badge holds for a while and leaves; reason comes after `hold`
    seconds and stays. The files of enter, and of a badge that neither fades nor slides, move by themselves.
    """

    path: Path
    x: int
    y: int
    kind: str
    motion: Motion = POPPING
    hold: float = overlays.HOLD


def board_of(plan: Plan, style: Style) -> board.Board:
    """Return the board that the plan shows."""
    rows = tuple(board.Row(clip.rank, clip.label, clip.credit, clip.reason) for clip in plan.clips)
    return board.Board(plan.title, rows, style, target(plan.target))


def steady_pictures(plan: Plan, rank: int, style: Style, now: int | None = None) -> list[board.Picture]:
    """Draw what stands before the clip of this rank begins: the clip's frame, the title, the list so far."""
    art = board_of(plan, style)
    pictures = [*board.frame_lines(art), board.title(art), board.numbers(art, plan.shown_before(rank), now)]
    return [picture for picture in pictures if picture]


def art_pictures(plan: Plan, rank: int, style: Style) -> list[tuple[board.Picture, str]]:
    """Draw the art over the clip of this rank, from back to front, each a still, a label, a reason or a badge."""
    art = board_of(plan, style)
    moving = [(board.label(art, rank), "label"), (board.chip(art, rank), "still")]
    moving += [(board.reason(art, rank), "reason"), (board.badge(art, rank), "badge")]
    pictures = [(picture, "still") for picture in steady_pictures(plan, rank, style, rank)] + moving
    return [(picture, kind) for picture, kind in pictures if picture]


def draw_layers(plan: Plan, rank: int, style: Style) -> list[Layer]:
    """Return the art over the clip of this rank as files, from back to front."""
    pictures = art_pictures(plan, rank, style)
    return [_layer(*drawn, style) for drawn in pictures if drawn[1] != "reason" or is_read(plan, rank, style)]


def _layer(picture: board.Picture, kind: str, style: Style) -> Layer:
    if kind == "reason":
        return Layer(stored(picture), picture.x, picture.y, kind, Motion("fade", FADE), reason_comes(style))
    motion = {"label": style.label.motion, "badge": style.badge.motion}.get(kind)
    if motion is None or (kind == "label" and motion.kind == "none"):
        return Layer(stored(picture), picture.x, picture.y, "still")
    if motion.kind in overlays.MOTIONS:
        film = overlays.entrance(picture, motion)
        return Layer(film.path, film.x, film.y, "enter" if kind == "label" else kind, motion, style.badge.hold)
    how = motion.kind if kind == "label" else kind
    return Layer(stored(picture), picture.x, picture.y, how, motion, style.badge.hold)


def stored(picture: board.Picture) -> Path:
    """Return the file of a picture, named by the hash of its pixels."""
    path = settings.SEGMENTS_DIR / "art" / f"{picture.digest()}.png"
    if not store.used(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(picture.png())
        os.replace(file.name, path)
    return path


def layer_input(layer: Layer) -> list[str]:
    """Return the input arguments of a layer; these are files of our own, so they need no guard."""
    if layer.kind in ("fade", "slide"):
        return _looped(layer, layer.motion.seconds + 0.1)
    if layer.kind == "badge" and layer.path.suffix == ".png":
        return _looped(layer, layer.motion.seconds + layer.hold + overlays.LEAVE)
    return ["-i", str(layer.path)]


def _looped(layer: Layer, seconds: float) -> list[str]:
    return ["-loop", "1", "-framerate", str(FPS), "-t", f"{seconds:.3f}", "-i", str(layer.path)]


def layer_steps(layers: list[Layer], under: str, first: int = 1) -> tuple[list[str], str]:
    """Return the steps that lay the layers over [under], and the label of the result.

    `first` is the number of the first layer's input.
    """
    steps = []
    for number, layer in enumerate(layers, first):
        steps.append(f"[{number}:v]format=rgba,{_coming(layer)}scale={TO_BT709},format=yuva420p[l{number}]")
        after = "pass" if layer.kind == "badge" else "repeat"
        over, x = f"y{number}", _across(layer)
        steps.append(f"[{under}][l{number}]overlay={x}:{layer.y}:format=yuv420:eof_action={after}[{over}]")
        under = over
    return steps, under


def _coming(layer: Layer) -> str:
    """Return the filters of a layer's own picture: how it fades in, and out where it leaves."""
    seconds = layer.motion.seconds
    if layer.kind in ("fade", "slide"):
        return f"fade=t=in:d={max(seconds, 1 / FPS):g}:alpha=1,"
    if layer.kind == "reason":  # one picture, decoded once; before its first frame the overlay shows nothing
        frames = round(seconds * FPS)
        return (
            f"loop=loop={frames}:size=1,setpts=(N/{FPS}+{layer.hold:g})/TB,"
            f"fade=t=in:st={layer.hold:g}:d={seconds:g}:alpha=1,"
        )
    if layer.kind != "badge":
        return ""
    leave = f"fade=t=out:st={seconds + layer.hold:g}:d={overlays.LEAVE:g}:alpha=1,"
    if layer.path.suffix == ".png":
        soft = "" if layer.motion.kind == "none" else f"fade=t=in:d={max(seconds / 2, 1 / FPS):g}:alpha=1,"
        return soft + leave
    return f"tpad=stop_mode=clone:stop_duration={layer.hold + overlays.LEAVE:g},{leave}"


def _across(layer: Layer) -> str:
    """Return where a layer stands from the left; what slides comes from the right, a badge from the edge."""
    slides = layer.kind == "slide" or (layer.kind == "badge" and layer.motion.kind == "slide")
    if not slides or not layer.motion.seconds:
        return str(layer.x)
    way = WIDTH - layer.x if layer.kind == "badge" else SLIDE
    return f"'{layer.x}+trunc({way}*pow(1-min(t/{layer.motion.seconds:g},1),3)/2)*2'"
