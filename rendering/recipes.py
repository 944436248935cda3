"""What every piece of a film is made from: the part of a clip as ffmpeg's input, the clip's recipe, the last steps."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rendering.board import Picture
from rendering.layers import Layer, draw_layers, layer_input, layer_steps, stored
from rendering.picture import picture_steps
from rendering.plan import FPS, Clip, Piece, Plan
from rendering.style import style_of
from scraping.guard import input_args

SAFETY = 0.2  # seconds read beyond the end, so that an odd rate can still fill the last frame

FindClip = Callable[[str], Path]


@dataclass(frozen=True)
class Recipe:
    """What a piece is filmed from: ffmpeg's inputs and filter graph (ending in [v]), and names for what they read.

    `sources` maps the path of each file that is read to the hash of its content.
    """

    inputs: tuple[str, ...]
    graph: str
    sources: dict[str, str]


def part_input(path: Path, clip: Clip, first: int, frames: int) -> list[str]:
    """Return the input arguments that read so many frames of a clip's part, from its frame `first` on."""
    # Rounded up, the very frame that stands at this time would be passed over.
    start = math.floor((clip.start + first / FPS) * 1000 + 1e-6) / 1000
    decoder = ["-c:v", clip.decoder] if clip.decoder else []
    return input_args(path, *decoder, "-ss", f"{start:.3f}", "-t", f"{frames / FPS + SAFETY:.3f}")


def exactly(under: str, frames: int, out: str) -> str:
    """Return the step that makes exactly so many frames of [under], beginning at 0."""
    # An odd rate may end a few frames early; more than that is a broken file, which film_segment tells.
    return f"[{under}]tpad=stop_mode=clone:stop={FPS // 5},trim=end_frame={frames},setpts=PTS-STARTPTS[{out}]"


def last_steps(under: str, frames: int) -> list[str]:
    """Return the steps from the finished picture [under] to [v]: exactly so many frames, tagged as they are."""
    tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    return [exactly(under, frames, "exact"), f"[exact]setsar=1,{tags}[v]"]


def still(*pictures: Picture | None) -> list[Layer]:
    """Return pictures as layers that do not move; None is no picture."""
    return [Layer(stored(picture), picture.x, picture.y, "still") for picture in pictures if picture]


def inputs_of(layers: list[Layer]) -> list[str]:
    """Return the input arguments of layers, one after the other."""
    return [word for layer in layers for word in layer_input(layer)]


def named(layers: list[Layer]) -> dict[str, str]:
    """Return the sources that layers are: each file is named by its own hash."""
    return {str(layer.path): layer.path.stem for layer in layers}


def film_clip(plan: Plan, piece: Piece, find_clip: FindClip) -> Recipe:
    """Return the recipe of a clip under its art."""
    clip, style = plan.clip_of(piece.rank), style_of(plan)
    layers = draw_layers(plan, piece.rank, style)
    source = find_clip(clip.clip)
    inputs = part_input(source, clip, piece.start, piece.frames)
    inputs += inputs_of(layers)
    steps, under = layer_steps(layers, "x0")
    graph = ";".join([*picture_steps(clip, style, since=piece.start), *steps, *last_steps(under, piece.frames)])
    return Recipe(tuple(inputs), graph, {str(source.resolve()): clip.clip} | named(layers))
