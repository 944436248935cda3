"""The explainable score of a video, 0 to 100: pure functions over its public counts, with the weights in the open.

A count that nobody gave is None and takes no part: the weights of the others are scaled up. It is never taken for 0.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WEIGHTS: Mapping[str, int] = {"views": 40, "likes": 20, "comments": 10, "shares": 15, "saves": 5, "recency": 10}
NAMES = {
    "views": gettext_lazy("views"),
    "likes": gettext_lazy("likes per view"),
    "comments": gettext_lazy("comments per view"),
    "shares": gettext_lazy("shares per view"),
    "saves": gettext_lazy("saves per view"),
    "recency": gettext_lazy("recency"),
}
FIELDS = {
    "views": "play_count",
    "likes": "like_count",
    "comments": "comment_count",
    "shares": "share_count",
    "saves": "save_count",
}

MOST_VIEWS = 1e9  # gives all points for views; the most viewed of 1,000 TikTok videos of 2020 had 250,800,000
# Half of the points go to the median rate of 1,000 TikTok videos of 2020 (the test reads the same numbers again).
# Saves were not public then: one is taken to be as rare as a share.
TYPICAL = {"likes": 0.085, "comments": 0.0013, "shares": 0.00088, "saves": 0.00088}
FEW_VIEWS = 500  # a rate read from fewer views than this is drawn towards the typical one
HALF_LIFE_DAYS = 30.0


@dataclass(frozen=True)
class Part:
    """What one number adds: its value 0 to 1, or None where it is unknown, and its weight in percent of the whole."""

    name: str
    value: float | None
    weight: float

    @property
    def points(self) -> float:
        return (self.value or 0.0) * self.weight


@dataclass(frozen=True)
class Score:
    """The total, 0 to 100, or None where nothing is known of the video, and the parts that it is the sum of."""

    total: float | None
    parts: tuple[Part, ...]


def _views_part(views: int | None) -> float | None:
    return None if views is None else min(math.log10(1 + views) / math.log10(1 + MOST_VIEWS), 1.0)


def _rate_part(count: int | None, views: int | None, typical: float) -> float | None:
    if count is None or not views:
        return None
    rate = (count + FEW_VIEWS * typical) / (views + FEW_VIEWS)
    return rate / (rate + typical)


def _recency_part(published_at: datetime | None, now: datetime) -> float | None:
    if published_at is None:
        return None
    days = max((now - published_at).total_seconds() / 86400, 0.0)
    return 0.5 ** (days / HALF_LIFE_DAYS)


def score(
    counts: Mapping[str, int | None],
    published_at: datetime | None,
    now: datetime,
    weights: Mapping[str, float] = WEIGHTS,
) -> Score:
    """Return the score of counts named as in FIELDS. A negative count is an unknown one.

    Raises ValueError for a negative weight.
    """
    if any(weight < 0 for weight in weights.values()):
        raise ValueError(_("A weight cannot be less than 0."))
    known = {name: value if value is not None and value >= 0 else None for name, value in counts.items()}
    views = known.get("views")
    values = {"views": _views_part(views), "recency": _recency_part(published_at, now)}
    values |= {name: _rate_part(known.get(name), views, typical) for name, typical in TYPICAL.items()}
    whole = sum(weights.get(name, 0) for name in WEIGHTS if values[name] is not None)
    parts = tuple(
        Part(name, values[name], 100 * weights.get(name, 0) / whole if whole and values[name] is not None else 0.0)
        for name in WEIGHTS
    )
    return Score(min(sum(part.points for part in parts), 100.0) if whole else None, parts)


def of_video(video: Any, now: datetime, weights: Mapping[str, float] = WEIGHTS) -> Score:
    """Return the score of a video by its own counts."""
    counts = {name: getattr(video, field) for name, field in FIELDS.items()}
    return score(counts, video.published_at, now, weights)


def best_first(entries: Iterable[Any], now: datetime, weights: Mapping[str, float] = WEIGHTS) -> list[Any]:
    """Return entries by falling score; those of unknown score stand last, and ties keep the order they came in."""
    scored = [(of_video(entry.video, now, weights).total, entry) for entry in entries]
    return [
        entry for total, entry in sorted(scored, key=lambda pair: -1.0 if pair[0] is None else pair[0], reverse=True)
    ]


def explain(result: Score) -> str:
    """Return in one sentence what the score is made of."""
    if result.total is None:
        return _("No score: nothing that the weights ask for is known of this video.")
    said = [f"{NAMES[part.name]} {part.points:.0f}/{part.weight:.0f}" for part in result.parts if part.weight]
    unknown = [str(NAMES[part.name]) for part in result.parts if part.value is None]
    sentence = _("%(total).0f of 100: %(parts)s.") % {"total": result.total, "parts": ", ".join(said)}
    if unknown:
        sentence += " " + _("Unknown and left out: %(names)s.") % {"names": ", ".join(unknown)}
    return sentence
