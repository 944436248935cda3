"""Where the apps lay their own buttons and captions over a film, for grey ghosts of them over the stage."""

from typing import Any

from django import template

from rendering.targets import HEIGHT, TARGETS, WIDTH, Target

register = template.Library()
APPS = {"shorts": ("Shorts", 5), "tiktok": ("TikTok", 6), "reels": ("Reels", 5)}  # names; buttons at the right


@register.inclusion_tag("rendering/_ghosts.html")
def ghosts() -> dict[str, Any]:
    """Return, for each app, the share of the frame in percent that it covers at each side of the safe box."""
    return {
        "apps": [{"name": name, "rail": range(rail), **_sides(TARGETS[name])} for name, (_app, rail) in APPS.items()]
    }


@register.inclusion_tag("rendering/_ghost_choices.html")
def ghost_choices() -> dict[str, Any]:
    """Return the apps by name, as a field offers them."""
    return {"choices": [(name, app) for name, (app, _rail) in APPS.items()]}


def _sides(target: Target) -> dict[str, float]:
    left, top, right, bottom = target.box
    return {
        "left": 100 * left / WIDTH,
        "top": 100 * top / HEIGHT,
        "right": 100 * (WIDTH - right) / WIDTH,
        "bottom": 100 * (HEIGHT - bottom) / HEIGHT,
    }
