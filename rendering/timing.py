"""How long a film will still take: the pieces that are left, laid onto the cores at the speed they were filmed with."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

START_SECONDS = 0.7  # before a piece's first frame: its art is drawn and ffmpeg opens its files
JOIN_SECONDS = 1.6  # the join of a film: stream copy, cover and report; measured on films of 30 s
JOIN_SHARE = 0.02  # more of it for each second of film


@dataclass(frozen=True)
class Work:
    """A piece in work: its frames, how many of them are done, and for how many seconds it has been filmed."""

    frames: int
    done: float
    seconds: float

    @property
    def speed(self) -> float | None:
        """Return frames a second, or None while too little is done to tell."""
        running = self.seconds - START_SECONDS
        return self.done / running if self.done >= 1 and running > 0.3 else None


def seconds_left(ended: Sequence[Work], running: Sequence[Work], waiting: Sequence[int], cores: int) -> float | None:
    """Return the seconds until the last piece is filmed, or None while no speed is known.

    `ended` and `running` are pieces in work or done, `waiting` the frames of those nobody took yet, in their order;
    `cores` is how many are filmed at a time.
    """
    speeds = [work.speed for work in (*running, *ended) if work.speed]
    if not speeds:
        return 0.0 if not running and not waiting else None
    usual = sum(speeds) / len(speeds)
    free = [(work.frames - work.done) / (work.speed or usual) for work in running]
    free += [0.0] * max(cores - len(free), 0)
    heapq.heapify(free)
    for frames in waiting:
        heapq.heappush(free, heapq.heappop(free) + START_SECONDS + frames / usual)
    return max(free)


def join_seconds(film_seconds: float) -> float:
    """Return how long the join of a film of that length takes."""
    return JOIN_SECONDS + JOIN_SHARE * film_seconds
