"""The editor's preview: the very pictures that are filmed, placed over the playing clip."""

from dataclasses import dataclass
from typing import Any

from ranking.models import Project
from rendering import board
from rendering.budget import play_order
from rendering.generate import credit_of
from rendering.layers import art_pictures, stored
from rendering.own_styles import look_of
from rendering.picture import plain_colour
from rendering.plan import Clip, Plan
from rendering.style import style_of
from rendering.targets import HEIGHT, WIDTH

LARGE = ("facts", "waveform", "moments", "hashes", "cover_hashes")  # columns of a video that no picture shows


@dataclass(frozen=True)
class PlacedPicture:
    """A picture of the art: the hash that names its file, how it comes in, and its place in percent of the frame."""

    name: str
    kind: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class PlacedFrame:
    """Where the clip stands, in percent of the frame; how light its blurred surrounding is, 0 to 1; the plain one."""

    left: float
    top: float
    width: float
    height: float
    light: float
    plain: str


def preview_plan(project: Project, value: str = "", look: dict[str, Any] | None = None) -> Plan:
    """Return the plan of what a project shows, without times, in its own style or another.

    A project without videos shows its title over one row. Raises ValueError when its style is gone.
    """
    if not value:
        value, look = project.style, look_of(project.style, project.owner)
    clips = tuple(
        Clip(entry.rank, entry.video.sha256, 0, 0, entry.label, credit_of(entry.video), entry.reason)
        for entry in project.ranked().defer(*(f"video__{name}" for name in LARGE))
    )
    clips = clips or (Clip(1, "", 0, 0),)
    title = board.title_lines(project.title)
    return Plan(title, value, project.target, play_order(clips, project.order), clips, look)


def preview_layers(plan: Plan, rank: int) -> list[PlacedPicture]:
    """Return the art as it stands while this rank plays, from back to front."""
    return [placed(picture, kind) for picture, kind in art_pictures(plan, rank, style_of(plan))]


def preview_frame(plan: Plan) -> PlacedFrame:
    """Return where the plan's style has the clip."""
    look = style_of(plan)
    left, top, right, bottom = look.frame.box
    across, down = 100 / WIDTH, 100 / HEIGHT
    light, plain = 1 - look.frame.darken, plain_colour(look).replace("0x", "#")
    return PlacedFrame(left * across, top * down, (right - left) * across, (bottom - top) * down, light, plain)


def placed(picture: board.Picture, kind: str) -> PlacedPicture:
    """Store a picture for the browser and say where it stands."""
    width, height = picture.image.size
    return PlacedPicture(
        stored(picture).stem,
        kind,
        100 * picture.x / WIDTH,
        100 * picture.y / HEIGHT,
        100 * width / WIDTH,
        100 * height / HEIGHT,
    )
