"""How long a film will still take: what is left of it, laid onto the cores at the pace that was seen so far.

It is counted in usual seconds, those that work takes on a machine of two cores with both busy; the pace is how many
seconds such a one takes here and now. Other machines, and whatever else they do, are told by the pace alone.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rendering.plan import FPS

# Fitted to films of real clips (docs/measurements.md): the usual seconds of a piece until its first frame, and
# of each of its frames. A change decodes two clips.
START_SECONDS = 0.6
FRAME_SECONDS = {"clip": 0.02, "hook": 0.022, "card": 0.022, "change": 0.033}
# Of the CPU that frames of 21 clips took in three styles, as shares of the mean (docs/measurements.md): for all, for
# tone mapping HDR, for each frame that is shown (a clip of 5 a second has most of them again), for a grey level of
# change within a sixth of a second. That says of a clip it has not seen what it costs to 13 %; the mean does to 21 %.
SHARES = {"any": 0.475, "hdr": 0.84, "rate": 0.365, "change": 0.017}
USUAL_CHANGE = 9.0  # grey levels, the mean of the same clips
DRAFT_SHARE = 0.6  # of a frame's seconds, where it is half as wide and high
SOUND_SECONDS = (0.25, 0.03)  # usual seconds, and more of them for each second of film
JOIN_SECONDS = (0.6, 0.0)
REPORT_SECONDS = (0.4, 0.02)
USUAL_PACE = 1.1  # where nothing was ever filmed
MOST_BEFORE = 1.5  # the pace that earlier films can tell: beyond it the machine was busy, and may not be so now
KNOWN = 4.0  # usual seconds that the pace of earlier films counts for, and that of the film for one of its pieces
FADING = 8.0  # seconds after which an ended piece says half as much of the pace
TOLD_LATE = 0.25  # seconds that the frames told of a piece are behind it, as a mean
HELD_BACK = 10  # frames that the encoder looks ahead
ALONE = 0.5  # power of the pace at the join: it works alone, so less stands in its way
TRUST = 0.15  # in a new estimate: what is told counts down and does not leap
TRUST_FAR = 0.3  # in one that differs by more than FAR of it: the machine has become busier, or calmer
FAR = 0.3
TRUST_JOIN = 0.5  # the same where join and report begin, which is told once


@dataclass(frozen=True)
class Work:
    """A piece of a film: its kind, its frames and how many are done, and for how many seconds it has been filmed.

    That was told `ago` seconds ago; `share` is how much of the usual seconds a frame of it takes.
    """

    kind: str
    frames: int
    done: float = 0.0
    seconds: float = 0.0
    ago: float = 0.0
    share: float = 1.0

    @property
    def usual(self) -> float:
        """The usual seconds of all of it."""
        return self._usual(self.frames)

    @property
    def worked(self) -> float:
        """The usual seconds of what is done of it."""
        if self.done <= 0:
            return min(self.seconds, START_SECONDS)
        return self._usual(min(self.done + HELD_BACK, self.frames))

    @property
    def took(self) -> float:
        """The seconds that what is done of it took."""
        return self.seconds if self.done >= self.frames else max(self.seconds - TOLD_LATE, 0.05)

    @property
    def tells(self) -> bool:
        """Whether it says anything of the pace: some frames are done, or should be by now."""
        return self.done > 0 or self.seconds > 1.5 * START_SECONDS

    def left(self, pace: float) -> float:
        """Return the seconds until it is filmed: at the film's pace, and ever more at its own, for clips differ."""
        own = (KNOWN * pace + self.took) / (KNOWN + self.worked) if self.done > 0 else pace
        return max((self.usual - self.worked) * own - self.ago, 0.1)

    def _usual(self, frames: float) -> float:
        return START_SECONDS + frames * FRAME_SECONDS[self.kind] * self.share


def clip_share(fps: float, hdr: bool, change: float | None) -> float:
    """Return how much of the usual seconds a frame of a clip takes; `change` as scraping.moments.Curves tells it."""
    known = USUAL_CHANGE if change is None else change
    rate = min(fps, FPS) / FPS
    return SHARES["any"] + SHARES["hdr"] * hdr + SHARES["rate"] * rate + SHARES["change"] * known


def pace_of(works: Iterable[Work], before: float | None = None) -> float:
    """Return how many seconds a usual one takes: by these pieces and, while they are few, by the pace `before`.

    That is half believed (its square root counts): much of it may be what else the machine did then.
    """
    worked = KNOWN if before else KNOWN / 4
    took = worked * (min(before**0.5, MOST_BEFORE) if before else USUAL_PACE)
    for work in works:
        if work.tells:
            weight = 0.5 ** (work.ago / FADING) if work.done >= work.frames else 1.0
            worked += weight * work.worked
            took += weight * work.took
    return took / worked


def filming_left(running: Sequence[Work], waiting: Sequence[Work], pace: float, cores: int) -> list[float]:
    """Return in how many seconds each core is free, the first one first; `waiting` are taken in their order."""
    free = [work.left(pace) for work in running]
    free += [0.0] * (cores - len(free))
    heapq.heapify(free)
    for work in waiting:
        heapq.heapreplace(free, free[0] + pace * work.usual)
    return sorted(free)


def film_left(
    running: Sequence[Work], waiting: Sequence[Work], pace: float, cores: int, film: float, sounding: float = 0.0
) -> float:
    """Return the seconds until a film of `film` seconds is there, while its pieces are filmed on so many cores.

    Its sound is made once no piece waits; `sounding` is for how many seconds that has been so.
    """
    free = filming_left(running, waiting, pace, max(cores, 1))
    return max(free[-1], free[0] + sound_left(film, pace, sounding)) + join_left(film, pace)


def sound_left(film: float, pace: float, sounding: float) -> float:
    """Return the seconds until the sound of a film is there that has been in the making for `sounding` of them."""
    return max(pace * _seconds(SOUND_SECONDS, film) - sounding, 0.0)


def since_free(ended: Iterable[Work], running: Iterable[Work]) -> float:
    """Return for how many seconds, of those since no piece waits any more, a core has been free for the sound."""
    works = [*ended, *running]
    taken = min((work.seconds + work.ago for work in works), default=0.0)
    return max((work.ago for work in ended if work.ago <= taken), default=taken if len(works) == 1 else 0.0)


def join_left(film: float, pace: float, *, joined: bool = False) -> float:
    """Return the seconds from the last piece on, or only those of reading it back where it is joined already."""
    parts = [REPORT_SECONDS] if joined else [JOIN_SECONDS, REPORT_SECONDS]
    return pace**ALONE * sum(_seconds(part, film) for part in parts)


def smoothed(before: float, found: float, trust: float) -> float:
    """Return the seconds to tell where `before` was foreseen and `found` is by now: `trust` of the way, or farther."""
    if abs(found - before) > FAR * max(found, 1.0):
        trust = max(trust, TRUST_FAR)
    return before + trust * (found - before)


def _seconds(part: tuple[float, float], film: float) -> float:
    return part[0] + part[1] * film
