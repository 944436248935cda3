"""A style is data: the studio's own are in styles/*.json, a user's comes with the plan."""

import dataclasses
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from rendering.layout import frame_box
from rendering.style_fields import Style
from rendering.style_file import load, read
from rendering.targets import target

FOLDER = Path(__file__).parent / "styles"

__all__ = ["FOLDER", "Style", "load", "names", "read", "style", "style_of"]


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Style]:
    found = sorted((load(path) for path in FOLDER.glob("*.json")), key=lambda look: (look.place, look.name))
    return {look.name: look for look in found}


def names() -> list[str]:
    """The names of the studio's styles, in the order of the gallery."""
    return list(_shipped())


def style(name: str) -> Style:
    """The studio's style of this name; ValueError names the choices, or the field that is wrong."""
    if name not in _shipped():
        words = _("There is no style “%(name)s”: choose one of %(names)s.")
        raise ValueError(words % {"name": name, "names": ", ".join(names())})
    return _shipped()[name]


def style_of(plan: Any) -> Style:
    """The style of a plan, its frame laid out for so many rows: the user's own, or the studio's of that name."""
    found = read(plan.look, plan.style) if plan.look else style(plan.style)
    box = frame_box(found, len(plan.clips), target(plan.target))
    return dataclasses.replace(found, frame=dataclasses.replace(found.frame, box=box))
