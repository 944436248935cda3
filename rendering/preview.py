"""The editor's preview: the very pictures that are filmed, placed over the playing clip."""

from dataclasses import dataclass

from ranking.models import Project
from rendering import board
from rendering.budget import play_order
from rendering.generate import credit_of
from rendering.layers import art_pictures, stored
from rendering.plan import Clip, Plan
from rendering.style import style_of
from rendering.targets import HEIGHT, WIDTH


@dataclass(frozen=True)
class PlacedPicture:
    """A picture of the art: the hash that names its file, how it comes in, and its place in percent of the frame."""

    name: str
    kind: str
    left: float
    top: float
    width: float
    height: float


def preview_layers(project: Project, rank: int) -> list[PlacedPicture]:
    """Return the art as it stands while this rank plays, from back to front."""
    clips = tuple(
        Clip(entry.rank, entry.video.sha256, 0, 0, entry.label, credit_of(entry.video)) for entry in project.ranked()
    )
    if not clips:
        return []
    title = board.title_lines(project.title)
    plan = Plan(title, project.style, project.target, play_order(clips, project.order), clips)
    pictures = art_pictures(plan, rank, style_of(plan))
    return [placed(picture, kind) for picture, kind in pictures]


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
