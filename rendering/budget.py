"""Project -> Plan: how a film's seconds are shared among its clips, and in which order they play."""

import dataclasses
import hashlib
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from rendering.plan import FPS, MAX_ENTRIES, MAX_SECONDS, MIN_ENTRIES, MIN_FRAMES, Clip, Plan, PlanError
from rendering.targets import target


@dataclass(frozen=True)
class Material:
    """What the planner must know of a ranked clip: how much of it there is, and what stays as it is.

    `start` and `end` bound what may be shown, in seconds; `clip` carries everything but start and frames. `best`
    tells for a length in seconds where the part worth showing begins; without it the part begins at `start`.
    """

    clip: Clip
    start: float
    end: float
    best: Callable[[float], float] | None = None

    @property
    def frames(self) -> int:
        """Return how many frames the part can fill without freezing."""
        return int((self.end - self.start) * FPS + 1e-6)

    def start_of(self, frames: int) -> float:
        """Return where a part of so many frames begins, in whole milliseconds; it never reaches beyond `end`."""
        wanted = self.best(frames / FPS) if self.best else self.start
        last = math.floor((self.end - frames / FPS) * 1000 + 1e-6) / 1000
        return round(max(min(wanted, last), self.start), 3)


def make_plan(
    title: tuple[str, ...],
    materials: Sequence[Material],
    *,
    style: str,
    target_name: str,
    order: str = "countdown",
    seconds: float | None = None,
    **options: Any,
) -> Plan:
    """Return the plan of a film of these clips, best first.

    `seconds` is the length of the whole film; None takes the target's. `options` are further fields of Plan.
    Raises PlanError with a sentence.
    """
    goal = target(target_name)
    if not MIN_ENTRIES <= len(materials) <= MAX_ENTRIES:
        sentence = _("A ranking film has %(least)d to %(most)d clips; this one has %(count)d.")
        raise PlanError(sentence % {"least": MIN_ENTRIES, "most": MAX_ENTRIES, "count": len(materials)})
    wanted = goal.seconds if seconds is None else seconds
    least = len(materials) * MIN_FRAMES / FPS
    if not least <= wanted <= MAX_SECONDS:
        sentence = _("A film of %(count)d clips lasts %(least)g to %(most)d seconds; %(wanted)g were asked for.")
        numbers = {"count": len(materials), "least": least, "most": MAX_SECONDS, "wanted": wanted}
        raise PlanError(sentence % numbers)
    shares = share_frames([material.frames for material in materials], round(wanted * FPS))
    for material, share in zip(materials, shares, strict=True):
        if share < MIN_FRAMES:
            raise PlanError(_("Clip %(rank)d is shorter than half a second.") % {"rank": material.clip.rank})
    clips = tuple(
        dataclasses.replace(material.clip, start=material.start_of(share), frames=share)
        for material, share in zip(materials, shares, strict=True)
    )
    return Plan(title, style, goal.name, play_order(clips, order), clips, **options)


def share_frames(available: Sequence[int], total: int) -> list[int]:
    """Share frames evenly; a clip that is shorter gives all it has, and longer ones take what is left over.

    What does not divide goes to the best ranks first. The sum is `total`, or all there is.
    """
    shares = [0] * len(available)
    left = min(total, sum(available))
    hungry = [i for i, frames in enumerate(available) if frames > 0]
    while left and hungry:
        each, extra = divmod(left, len(hungry))
        for place, i in enumerate(hungry):
            take = min(available[i] - shares[i], each + (place < extra))
            shares[i] += take
            left -= take
        hungry = [i for i in hungry if shares[i] < available[i]]
    return shares


def play_order(clips: Sequence[Clip], order: str) -> tuple[int, ...]:
    """Return the ranks as they play: countdown, listed, or shuffled with #1 last (the same for the same clips)."""
    ranks = [clip.rank for clip in clips]
    if order == "listed":
        return tuple(ranks)
    if order == "countdown":
        return tuple(reversed(ranks))
    if order == "shuffled":
        best, *others = ranks
        seed = hashlib.sha256("".join(clip.clip for clip in clips).encode()).digest()
        random.Random(seed).shuffle(others)
        return (*others, best)
    raise PlanError(_("There is no order %(order)s; there are countdown, shuffled, listed.") % {"order": order})
