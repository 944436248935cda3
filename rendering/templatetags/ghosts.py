"""Where the apps lay their own buttons and captions over a film, for grey ghosts of them over the stage."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from rendering.targets import HEIGHT, TARGETS, WIDTH, Target

register = template.Library()
RAILS = {"shorts": 5, "tiktok": 6, "reels": 5}  # buttons at the right of each app


@register.inclusion_tag("rendering/_ghosts.html")
def ghosts() -> dict[str, Any]:
    """Return, for each app, the share of the frame in percent that it covers at each side of the safe box."""
    return {"apps": [{"name": name, "rail": range(rail), **_sides(TARGETS[name])} for name, rail in RAILS.items()]}


@register.inclusion_tag("rendering/_ghost_choices.html")
def ghost_choices() -> dict[str, Any]:
    return {"choices": [(name, _(TARGETS[name].label)) for name in RAILS]}


def _sides(target: Target) -> dict[str, float]:
    left, top, right, bottom = target.box
    return {
        "left": 100 * left / WIDTH,
        "top": 100 * top / HEIGHT,
        "right": 100 * (WIDTH - right) / WIDTH,
        "bottom": 100 * (HEIGHT - bottom) / HEIGHT,
    }
