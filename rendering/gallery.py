"""The styles as pictures of the user's own project: small WebP files, made when first looked at."""

import hashlib
import io
import json
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from ranking.models import Project
from rendering import board, store
from rendering.budget import play_order
from rendering.own_styles import look_of, own_styles, own_value, style_choices
from rendering.plan import Clip, Plan
from rendering.posters import landscape, poster
from rendering.preview import preview_plan
from rendering.style import names, style

SIZE = (270, 480)
QUALITY = 78
SAMPLE = 5  # ranks of a ranking that has none yet
VERSION = 1  # rises when posters are drawn in another way


@dataclass(frozen=True)
class Choice:
    """A style to choose: the value that a project stores, its name, the hash of its picture; own is its number."""

    value: str
    name: str
    picture: str
    own: int | None


def choices(project: Project) -> list[Choice]:
    """Return all styles that a project can have, each with the name of its picture."""
    owned = {own_value(own): own for own in own_styles(project.owner)}
    plan, covers, found = shown_plan(project, names()[0]), _covers(project), []
    for value, name in style_choices(project.owner):
        own = owned.get(value)
        picture = _name(replace(plan, style=value, look=own and own.data), covers)
        found.append(Choice(value, name, picture, own and own.pk))
    return found


def cover_of(project: Project, rank: int) -> Image.Image:
    """Return the cover of the clip of this rank, or of another where it has none; a landscape where none has."""
    entries = sorted(project.ranked(), key=lambda entry: entry.rank != rank)
    for entry in entries:
        if entry.video.cover and Path(entry.video.cover.path).is_file():
            with Image.open(entry.video.cover.path) as opened:
                return opened.convert("RGB")
    return landscape()


def picture_name(project: Project, value: str, look: dict[str, Any] | None) -> str:
    """Return the name of a project's poster in a style: the hash of all that it shows."""
    return _name(shown_plan(project, value, look), _covers(project))


def shown_plan(project: Project, value: str, look: dict[str, Any] | None = None) -> Plan:
    """Return what a poster shows: the project, or a sample of one where it has no videos yet."""
    plan = preview_plan(project, value, look)
    if plan.clips != (Clip(1, "", 0, 0),):
        return plan
    clips = tuple(Clip(rank, "", 0, 0, _("Moment %(n)d") % {"n": rank}) for rank in range(1, SAMPLE + 1))
    title = plan.title or board.title_lines(_("Your title | TOP %(n)d") % {"n": SAMPLE})
    return replace(plan, title=title, clips=clips, order=play_order(clips, project.order))


def _covers(project: Project) -> list[str]:
    return [entry.video.cover.name for entry in project.ranked()]


def _name(plan: Plan, covers: list[str]) -> str:
    data = plan.look or style(plan.style).version
    said = json.dumps([VERSION, plan.to_json(), data, covers], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def picture_file(project: Project, value: str) -> Path:
    """Return the file of a project's poster in a style; made at the first call. Raises ValueError for no style."""
    look = look_of(value, project.owner)
    path = settings.SEGMENTS_DIR / "art" / f"{picture_name(project, value, look)}.webp"
    if not store.used(path):
        plan = shown_plan(project, value, look)
        made = poster(plan, plan.order[-1], cover_of(project, plan.order[-1])).resize(SIZE, Image.Resampling.LANCZOS)
        _keep(made, path)
    return path


def _keep(picture: Image.Image, path: Path) -> None:
    """Write a picture; it gets its name only when it is whole."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(buffer.getvalue())
    os.replace(file.name, path)
