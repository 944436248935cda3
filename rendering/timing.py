"""How long a film will still take: the pieces that are left, laid onto the cores at the speed they were filmed with."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

START_SECONDS = 1.0  # of a piece without a frame to show: its art is drawn, ffmpeg opens its files and looks ahead
JOIN_SHARE = 0.09  # sound, join, cover and report beside the filming of all pieces on one core; measured
USUAL_SPEED = 40.0  # frames a second of one core, where nothing had to be filmed


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


def speed_of(works: Sequence[Work]) -> float | None:
    """Return the usual speed of these pieces, or None while no speed is known."""
    speeds = [work.speed for work in works if work.speed]
    return sum(speeds) / len(speeds) if speeds else None


def seconds_left(ended: Sequence[Work], running: Sequence[Work], waiting: Sequence[int], cores: int) -> float | None:
    """Return the seconds until the last piece is filmed, or None while no speed is known.

    `ended` and `running` are pieces in work or done, `waiting` the frames of those nobody took yet, in their order;
    `cores` is how many are filmed at a time.
    """
    if not running and not waiting:
        return 0.0
    usual = speed_of([*running, *ended])
    if usual is None:
        return None
    free = [(work.frames - work.done) / (work.speed or usual) for work in running]
    free += [0.0] * max(cores - len(free), 0)
    heapq.heapify(free)
    for frames in waiting:
        heapq.heappush(free, heapq.heappop(free) + START_SECONDS + frames / usual)
    return max(free)


def join_seconds(frames: int, speed: float | None) -> float:
    """Return how long the join of so many frames takes on a machine that films with this speed."""
    return JOIN_SHARE * frames / (speed or USUAL_SPEED)
