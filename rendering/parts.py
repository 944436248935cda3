"""Which part of each clip the film shows as the project stands, and which others would be worth showing."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ranking.models import Entry, Project
from rendering.generate import plan_project
from rendering.plan import PlanError
from rendering.targets import target
from scraping.looking import curves_of, said
from scraping.moments import Curves, best_start, windows

WAVE_BARS = 100  # of the waveform over the strip
NEAR = 0.06  # seconds; the number fields of a page go by tenths
WHOLE = 0.15  # seconds: a part that leaves out no more of its clip is all of it


@dataclass(frozen=True)
class Window:
    """A part of a clip that is worth showing, in seconds, with the reason in words; `left` and `width` in percent.

    `whole` where it leaves out nothing of the clip, so that there is nothing best about it.
    """

    start: float
    end: float
    words: str
    left: float
    width: float
    chosen: bool
    whole: bool = False


@dataclass(frozen=True)
class Part:
    """What is shown of an entry's clip, in seconds; `auto` where nobody set it.

    No windows: nobody looked yet, or all of the clip is shown anyway.
    """

    start: float
    end: float
    auto: bool
    windows: tuple[Window, ...] = ()
    wave: str = ""  # the waveform as an SVG path in a box of WAVE_BARS by 100


def parts_of(project: Project, entries: Sequence[Entry]) -> dict[int, Part]:
    """Return the part of each entry whose file is here, by the entry's id."""
    lengths = _lengths(project, entries)
    parts = {}
    for entry in entries:
        if entry.video.is_ready and entry.video.duration:
            free = lengths if _is_auto(entry) else _lengths(project, [_freed(other, entry) for other in entries])
            parts[entry.pk] = _part(entry, min(free[entry.rank], entry.video.duration))
    return parts


def _is_auto(entry: Entry) -> bool:
    return entry.start is None and entry.end is None


def _freed(entry: Entry, chosen: Entry) -> Entry:
    """Return an entry as it is, or the chosen one without its in and out: its windows are as long as without them."""
    if entry.pk != chosen.pk:
        return entry
    free = copy.copy(entry)
    free.start = free.end = None
    return free


def _lengths(project: Project, entries: Sequence[Entry]) -> dict[int, float]:
    """Return how many seconds the film shows of each rank: an even share where it cannot be planned yet."""
    try:
        return {clip.rank: clip.seconds for clip in plan_project(project, entries).clips}
    except PlanError:  # videos are on their way, or the length does not fit: Generate says so
        seconds = project.seconds or target(project.target).seconds
        return {entry.rank: seconds / len(entries) for entry in entries}


def _part(entry: Entry, seconds: float) -> Part:
    video = entry.video
    curves, auto = curves_of(video), _is_auto(entry)
    start = best_start(curves, seconds) if curves and auto else entry.start or 0.0
    end = min(start + seconds, video.duration) if auto else entry.end or video.duration
    shown = curves and not (auto and seconds >= video.duration - WHOLE)
    found = _windows(entry, curves, seconds) if shown else ()
    return Part(start, end, auto, found, _wave(video.waveform))


def _windows(entry: Entry, curves: Curves, seconds: float) -> tuple[Window, ...]:
    length = curves.seconds
    found = []
    for place, moment in enumerate(windows(curves, seconds)):
        auto = place == 0 and _is_auto(entry)
        own = (entry.start or 0.0, length if entry.end is None else entry.end)
        same = abs(own[0] - moment.start) < NEAR and abs(own[1] - moment.end) < NEAR
        left, width = 100 * moment.start / length, 100 * (moment.end - moment.start) / length
        words, whole = said(moment), moment.end - moment.start >= length - WHOLE
        found.append(Window(moment.start, moment.end, words, left, width, auto or (place > 0 and same), whole))
    return tuple(found)


def _wave(peaks: list[float]) -> str:
    edges = [len(peaks) * bar // WAVE_BARS for bar in range(WAVE_BARS + 1)]
    high = [max(peaks[first:last], default=0) for first, last in pairwise(edges)]
    return "".join(f"M{bar}.5 {50 - 46 * peak:.0f}V{51 + 46 * peak:.0f}" for bar, peak in enumerate(high) if peak)
