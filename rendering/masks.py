"""Blurred rectangles over a clip: what is let in from a form, and the steps that film them."""

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from rendering.plan import FPS, Clip, Mask

MOST = 4  # blurred areas of one entry
LEAST = 0.02  # of the picture's side: a smaller area hides nothing
GRAINS = 4  # the shorter side of a blurred area is made of so many pixels: no letter in it is left
FINEST = 8  # pixels of the clip that become one at least
NUMBERS = ("x", "y", "width", "height", "start", "end")


def read_masks(rows: Sequence[dict[str, Any]], duration: float | None) -> list[dict[str, float | None]]:
    """Return the masks of an entry as they are stored: plain JSON of rendering.plan.Mask, rounded.

    `rows` hold numbers (shares of the picture, seconds) or None. Raises ValueError with a sentence.
    """
    if len(rows) > MOST:
        raise ValueError(_("A clip has at most %(n)d blurred areas.") % {"n": MOST})
    return [_read(row, duration) for row in rows]


def fingerprint(masks: Sequence[dict[str, Any]]) -> str:
    """Return a short text that is another one for other masks: how a page says which ones it knew."""
    return hashlib.sha256(json.dumps(masks, sort_keys=True).encode()).hexdigest()[:16]


def _read(row: dict[str, Any], duration: float | None) -> dict[str, float | None]:
    x, y, width, height, start, end = (row[name] for name in NUMBERS)
    if None in (x, y, width, height):
        raise ValueError(_("A blurred area needs its place and its size."))
    if not all(math.isfinite(number) for number in row.values() if number is not None):
        raise ValueError(_("A blurred area is given in plain numbers."))
    if min(x, y) < 0 or x + width > 1.0005 or y + height > 1.0005:
        raise ValueError(_("A blurred area lies within the picture, from 0 to 100 %."))
    if min(width, height) < LEAST:
        raise ValueError(_("A blurred area is at least %(n)d %% wide and high.") % {"n": round(LEAST * 100)})
    start = start or 0.0
    if start < 0 or (end is not None and end <= start):
        raise ValueError(_("A blurred area ends after it begins."))
    if duration and start >= duration:
        raise ValueError(_("This video is only %(n).1f seconds long.") % {"n": duration})
    places = {"x": x, "y": y, "width": min(width, 1 - x), "height": min(height, 1 - y)}
    times = {"start": round(start, 2), "end": None if end is None else round(end, 2)}
    return {name: round(number, 4) for name, number in places.items()} | times


def mask_steps(clip: Clip, source: str, out: str, since: int = 0) -> tuple[list[str], str]:
    """Return the steps that blur what a clip's masks cover in [source] (yuv420p), and the label of the result.

    `since` is the frame of the clip at which the steps' time 0 lies. Without masks: no steps, and `source` itself.
    """
    begin = clip.start + since / FPS
    seen = [
        mask for mask in clip.masks if mask.start < clip.start + clip.seconds and (mask.end is None or mask.end > begin)
    ]
    steps = []
    for number, mask in enumerate(seen):
        name, after = f"{out}k{number}", f"{out}m{number}"
        x, y, width, height = area(mask, clip.width, clip.height)
        grain = max(FINEST, min(width, height) / GRAINS)
        small = f"{max(2, round(width / grain))}:{max(2, round(height / grain))}"
        steps += [
            f"[{source}]split[{name}a][{name}b]",
            f"[{name}b]crop={width}:{height}:{x}:{y}:exact=1,scale={small}:flags=area,gblur=sigma=0.7,"
            f"scale={width}:{height}:flags=bicubic[{name}c]",
            f"[{name}a][{name}c]overlay={x}:{y}:format=yuv420{_when(mask, begin)}[{after}]",
        ]
        source = after
    return steps, source


def area(mask: Mask, width: int, height: int) -> tuple[int, int, int, int]:
    """Return a mask in pixels of a picture of this size: x, y, width, height, grown to even edges."""
    left, top = (int(share * side / 2) * 2 for share, side in ((mask.x, width), (mask.y, height)))
    right = min(width, math.ceil((mask.x + mask.width) * width / 2) * 2)
    bottom = min(height, math.ceil((mask.y + mask.height) * height / 2) * 2)
    return left, top, max(2, right - left), max(2, bottom - top)


def _when(mask: Mask, begin: float) -> str:
    """Return the option that shows a mask in its time only, empty for one that lasts."""
    if mask.start <= begin and mask.end is None:
        return ""
    end = "1" if mask.end is None else f"lt(t,{mask.end - begin:.3f})"
    return f":enable='gte(t,{mask.start - begin:.3f})*{end}'"
