"""The art over a clip as files for ffmpeg, and as steps of a filter graph."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from rendering import board, overlays, store
from rendering.picture import TO_BT709
from rendering.plan import FPS, Plan
from rendering.style import Style
from rendering.targets import target

LABEL_FADE = 0.25  # seconds


@dataclass(frozen=True)
class Layer:
    """A picture to lay over the clip: its file, its place, and how it comes in."""

    path: Path
    x: int
    y: int
    kind: str  # still, fade or badge


def board_of(plan: Plan, style: Style) -> board.Board:
    """Return the board that the plan shows."""
    rows = tuple(board.Row(clip.rank, clip.label, clip.credit) for clip in plan.clips)
    return board.Board(plan.title, rows, style, target(plan.target))


def art_pictures(plan: Plan, rank: int, style: Style) -> list[tuple[board.Picture, str]]:
    """Draw the art over the clip of this rank, from back to front; each with how it comes in."""
    art = board_of(plan, style)
    pictures = [
        (board.title(art), "still"),
        (board.numbers(art, plan.shown_before(rank)), "still"),
        (board.label(art, rank), "fade"),
        (board.chip(art, rank), "still"),
        (board.badge(art, rank), "badge"),
    ]
    return [(picture, kind) for picture, kind in pictures if picture]


def draw_layers(plan: Plan, rank: int, style: Style) -> list[Layer]:
    """Return the art over the clip of this rank as files, from back to front."""
    return [_layer(picture, kind) for picture, kind in art_pictures(plan, rank, style)]


def _layer(picture: board.Picture, kind: str) -> Layer:
    if kind == "badge":
        entrance = overlays.badge_entrance(picture)
        return Layer(entrance.path, entrance.x, entrance.y, kind)
    return Layer(stored(picture), picture.x, picture.y, kind)


def stored(picture: board.Picture) -> Path:
    """Return the file of a picture, named by the hash of its bytes."""
    data = picture.png()
    path = settings.SEGMENTS_DIR / "art" / f"{hashlib.sha256(data).hexdigest()}.png"
    if not store.used(path):
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


def layer_steps(layers: list[Layer], under: str, first: int = 1) -> tuple[list[str], str]:
    """Return the steps that lay the layers over [under], and the label of the result.

    `first` is the number of the first layer's input.
    """
    steps = []
    for number, layer in enumerate(layers, first):
        motion = {"fade": f"fade=t=in:d={LABEL_FADE}:alpha=1,", "badge": f"{overlays.STAY},"}.get(layer.kind, "")
        steps.append(f"[{number}:v]format=rgba,{motion}scale={TO_BT709},format=yuva420p[l{number}]")
        after = "pass" if layer.kind == "badge" else "repeat"
        over = f"y{number}"
        steps.append(f"[{under}][l{number}]overlay={layer.x}:{layer.y}:format=yuv420:eof_action={after}[{over}]")
        under = over
    return steps, under
