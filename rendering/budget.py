"""Project -> Plan: how a film's seconds are shared among its clips, and in which order they play."""

import dataclasses
import hashlib
import heapq
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from rendering.plan import (
    CARD_FRAMES,
    FPS,
    HOOK_FRAMES,
    MAX_ENTRIES,
    MAX_SECONDS,
    MIN_ENTRIES,
    MIN_FRAMES,
    TRANSITIONS,
    Clip,
    Plan,
    PlanError,
)
from rendering.targets import target

FAIR_FRAMES = 45  # 1.5 s: what each clip has before #1 gets more
BEST_SHARE = 1.35  # how much longer than the others #1 is, where its material allows


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
    bare = Plan(title, style, goal.name, play_order([material.clip for material in materials], order), (), **options)
    check_material(materials, bare)
    total = frames_for_clips(bare, goal.seconds if seconds is None else seconds)
    shares = share_frames([material.frames for material in materials], total, least_frames(bare))
    clips = tuple(
        dataclasses.replace(material.clip, start=material.start_of(share), frames=share)
        for material, share in zip(materials, shares, strict=True)
    )
    return dataclasses.replace(bare, clips=clips, tail=tail_of(bare, materials, clips))


def least_frames(plan: Plan) -> int:
    """Return the fewest frames that each clip of a plan must have: half a second beside what gives way."""
    return MIN_FRAMES + (TRANSITIONS[plan.transition] if len(plan.order) > 1 else 0)


def check_material(materials: Sequence[Material], plan: Plan) -> None:
    """Raise PlanError where a clip has too little to show."""
    for material in materials:
        if material.frames < MIN_FRAMES:
            raise PlanError(_("Clip %(rank)d is shorter than half a second.") % {"rank": material.clip.rank})
        if material.frames < least_frames(plan):
            numbers = {"rank": material.clip.rank, "least": least_frames(plan) / FPS}
            raise PlanError(_("Clip %(rank)d is too short for this transition, which needs %(least).1f s.") % numbers)


def frames_for_clips(plan: Plan, wanted: float) -> int:
    """Return how many frames the clips of a film of `wanted` seconds share.

    The opening and the end card are part of the film, and where clips give way to each other two play at once.
    Raises PlanError where the film cannot last so long.
    """
    clips = len(plan.order)
    around = HOOK_FRAMES * plan.hook + CARD_FRAMES * bool(plan.card)
    twice = (clips - 1) * TRANSITIONS[plan.transition]
    least = (clips * least_frames(plan) + around - twice) / FPS
    if not least <= wanted <= MAX_SECONDS:
        sentence = _("A film of %(count)d clips lasts %(least)g to %(most)d seconds; %(wanted)g were asked for.")
        if around:
            sentence = _(
                "With its opening or end card, a film of %(count)d clips lasts %(least)g to %(most)d seconds; "
                "%(wanted)g were asked for."
            )
        numbers = {"count": clips, "least": math.ceil(least * 10) / 10, "most": MAX_SECONDS, "wanted": wanted}
        raise PlanError(sentence % numbers)
    return round(wanted * FPS) - around + twice


def tail_of(plan: Plan, materials: Sequence[Material], clips: Sequence[Clip]) -> int:
    """Return how many frames may be heard of the last clip after its end, under the card."""
    if not plan.card:
        return 0
    last = next(place for place, clip in enumerate(clips) if clip.rank == plan.order[-1])
    left = int((materials[last].end - clips[last].start) * FPS + 1e-6) - clips[last].frames
    return min(max(left, 0), CARD_FRAMES)


def share_frames(available: Sequence[int], total: int, least: int = MIN_FRAMES) -> list[int]:
    """Share frames among clips, best first; the sum is `total`, or all there is.

    Every clip has `least`, then each up to 1.5 s, then #1 grows 1.35 times as fast as the others. A clip that is
    shorter gives all it has, and longer ones take what is left over. Each frame goes to the clip that is furthest
    behind its due, so a longer film takes no frame away from any clip.
    """
    shares = _grown([0] * len(available), [min(frames, least) for frames in available], total)
    shares = _grown(shares, [min(frames, max(FAIR_FRAMES, least)) for frames in available], total)
    return _grown(shares, available, total, BEST_SHARE)


def _grown(shares: Sequence[int], most: Sequence[int], total: int, best: float = 1.0) -> list[int]:
    """Return shares that grew frame by frame, none beyond its `most`, until their sum is `total` or none can."""
    shares = list(shares)
    weights = [best if place == 0 else 1.0 for place in range(len(shares))]
    queue = [((frames + 1) / weights[i], i) for i, frames in enumerate(shares) if frames < most[i]]
    heapq.heapify(queue)
    left = total - sum(shares)
    while queue and left > 0:
        _due, i = heapq.heappop(queue)
        shares[i] += 1
        left -= 1
        if shares[i] < most[i]:
            heapq.heappush(queue, ((shares[i] + 1) / weights[i], i))
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
