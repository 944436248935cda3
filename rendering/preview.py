"""The editor's preview: the very pictures that are filmed, placed over the playing clip."""

from dataclasses import dataclass, replace
from typing import Any

from ranking.models import Project
from rendering import board
from rendering.budget import play_order
from rendering.cards import DIMMED, LIGHT, card_picture, question_picture
from rendering.generate import credit_of
from rendering.layers import art_pictures, board_of, stored
from rendering.overlays import LEAVE
from rendering.own_styles import look_of
from rendering.picture import plain_colour
from rendering.plan import Clip, Plan
from rendering.reason_line import reason_comes
from rendering.style import Style, style_of
from rendering.targets import HEIGHT, WIDTH

LARGE = ("facts", "waveform", "moments", "hashes", "cover_hashes")  # columns of a video that no picture shows


@dataclass(frozen=True)
class PlacedPicture:
    """A picture of the art: the hash that names its file, how it comes in, and its place in percent of the frame.

    `comes` and `leaves` are the seconds of its clip from and until which it stands; None from the first or to the last.
    """

    name: str
    kind: str
    left: float
    top: float
    width: float
    height: float
    comes: float | None = None
    leaves: float | None = None


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
    card = board.title_lines(project.card)
    return Plan(title, value, project.target, play_order(clips, project.order), clips, look, card=card)


def preview_board(plan: Plan, rank: int, piece: str = "clip", *, drawn: bool = True) -> dict[str, Any]:
    """Return what the page lays over a piece of the film ("clip", "hook", "card") with this rank's clip: its art as
    `layers`, none where it is not to be drawn, and the `frame` of the clip.
    """
    look, frame = style_of(plan), preview_frame(plan)
    if not drawn or piece not in ("hook", "card"):
        return {"layers": preview_layers(plan, rank) if drawn else [], "frame": frame}
    if piece == "hook":
        art, light = [board.title(board_of(plan, look)), question_picture(plan, rank, look)], DIMMED
    else:
        art, light = [card_picture(plan, look)], LIGHT
    return {"layers": [placed(it, "still") for it in art if it], "frame": replace(frame, light=light)}


def preview_layers(plan: Plan, rank: int) -> list[PlacedPicture]:
    """Return the art as it stands while this rank plays, from back to front."""
    look = style_of(plan)
    return [placed(picture, kind, look) for picture, kind in art_pictures(plan, rank, look)]


def preview_frame(plan: Plan) -> PlacedFrame:
    """Return where the plan's style has the clip."""
    look = style_of(plan)
    left, top, right, bottom = look.frame.box
    across, down = 100 / WIDTH, 100 / HEIGHT
    light, plain = 1 - look.frame.darken, plain_colour(look).replace("0x", "#")
    return PlacedFrame(left * across, top * down, (right - left) * across, (bottom - top) * down, light, plain)


def placed(picture: board.Picture, kind: str, look: Style | None = None) -> PlacedPicture:
    """Store a picture for the browser and say where it stands, and in a style also when."""
    width, height = picture.image.size
    across, down = 100 / WIDTH, 100 / HEIGHT
    place = picture.x * across, picture.y * down, width * across, height * down
    comes = reason_comes(look) if look and kind == "reason" else None
    leaves = look.badge.motion.seconds + look.badge.hold + LEAVE if look and kind == "badge" else None
    return PlacedPicture(stored(picture).stem, kind, *place, comes, leaves)
