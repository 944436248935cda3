"""How number fields hold the places and times of blurred areas."""

import math

from django import template

from rendering import masks

register = template.Library()
register.filter(masks.fingerprint)


@register.filter
def in_percent(share: float | None) -> str:
    """Return a share of 1 as a number field's percent, with one decimal at most; empty for none."""
    return in_field(None if share is None else share * 100)


@register.filter
def in_field(number: float | None) -> str:
    """Return a number as a number field takes it, whatever the language; empty for none."""
    return "" if number is None or not math.isfinite(number) else f"{number:.1f}".removesuffix(".0")
