"""Which part of a video is worth showing: three windows of any wanted length, scored from its curves alone.

Pure: numbers in, numbers out. scraping/curves.py reads the curves of a file, bench/moments.py measures the hits.
"""

import base64
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

MOST_STEPS = 1200  # what is stored of a video: 1.6 kB for each curve at most
GREYS = 4.0  # stored units of motion to a grey level
COUNT = 3
QUIET = -60.0  # dB of full scale; what is below counts as silence
EDGE = 0.45  # seconds; a cut so close to an end of the window shows as a flash of another scene
# The weights below were tuned on one half of bench/moments.py; the other half is what it reports.
MOTION, SOUND, BOTH = 1.0, 1.0, 0.6
LEAST_MOTION = 3.0  # grey levels between still and moving, below which a video counts as even
LEAST_SOUND = 12.0  # dB between its quiet and its loud parts, likewise
AUDIBLE = 30.0  # dB below its top in which a video's sound tells; what is fainter is all the same
FAINT = -42.0  # dB; what stays below is as good as silent
LEAST_RISE, LEAST_TIMES = 6.0, 1.25  # dB and times the usual from which they are a reason
POWER = 2.0  # above 1, a short strong moment counts for more than a long weak one
PEAK = 0.4  # share of the best second in a window's score; the mean of the window has the rest
AT_CUT, TO_CUT, MIDDLE_BONUS = 0.08, 0.03, 0.03  # for beginning with a scene, ending with one, lying in the middle
LEAD, LEAD_LOSS, HAPPENS = 1.0, 0.3, 0.1  # seconds of run-up that are welcome; the loss where all is run-up; from here
# on something happens, as a share of the most that does in the video
EDGE_LOSS, EMPTY_LOSS = 0.12, 1.5  # for a flash of another scene at an end, for steps that show nothing


@dataclass(frozen=True)
class Moment:
    """A window of a video, in seconds, its score (0 to 1, only good for comparing) and why: codes with numbers."""

    start: float
    end: float
    score: float
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)  # each is only equal to itself, so that what was found in it can be kept
class Curves:
    """A video step by step: motion in grey levels, sound in dB (empty without any), empty pictures, seconds of cuts.

    `change` is the mean of all differences between pictures a step of reading apart, in grey levels, the camera's own
    movement included; None for a video that was read before this was kept.
    """

    seconds: float
    step: float
    motion: np.ndarray
    sound: np.ndarray
    empty: np.ndarray
    cuts: tuple[float, ...]
    change: float | None = None

    @property
    def is_heard(self) -> bool:
        return len(self.sound) > 0 and _median(self.sound).max() > FAINT

    @classmethod
    def of(
        cls, seconds: float, rate: float, motion: np.ndarray, sound: np.ndarray, empty: np.ndarray, cuts: list[float]
    ) -> "Curves":
        """Return curves of one length, in at most MOST_STEPS steps; a rate is in steps a second."""
        count = max(int(np.ceil(seconds * rate - 1e-6)), 1)
        pool = -(-count // MOST_STEPS)
        inside = tuple(cut for cut in cuts if 0.1 < cut < seconds - 0.1)
        moving = _without_cuts(_fitted(motion, count), [round(cut * rate) for cut in inside])
        fitted = [_pooled(values, pool) for values in (moving, _fitted(empty.astype(float), count))]
        heard = _pooled(_fitted(sound, count), pool) if len(sound) else sound
        return cls(seconds, pool / rate, fitted[0], heard, fitted[1] > 0.5, inside)

    def pack(self) -> dict[str, Any]:
        """Return the curves as small JSON values; unpack() makes them again, a little rounded."""
        bits = np.flatnonzero(np.diff(np.concatenate([[0], self.empty.astype(int), [0]])))
        return {
            "seconds": round(self.seconds, 3),
            "step": self.step,
            "motion": _written(self.motion * GREYS),
            "sound": _written((self.sound - QUIET) * GREYS),
            "empty": bits.tolist(),
            "cuts": list(self.cuts),
            "change": self.change,
        }

    @classmethod
    def unpack(cls, stored: dict[str, Any]) -> "Curves":
        """Return the curves that pack() stored."""
        motion, sound = _read(stored["motion"]) / GREYS, _read(stored["sound"]) / GREYS + QUIET
        empty = np.zeros(len(motion), bool)
        for first, last in zip(stored["empty"][::2], stored["empty"][1::2], strict=True):
            empty[first:last] = True
        return cls(stored["seconds"], stored["step"], motion, sound, empty, tuple(stored["cuts"]), stored.get("change"))


def _fitted(values: np.ndarray, count: int) -> np.ndarray:
    """Return `count` values; where some are missing at the end, the last one goes on."""
    last = values[-1] if len(values) else 0.0
    return np.concatenate([values[:count], np.full(max(count - len(values), 0), last)])


def _without_cuts(motion: np.ndarray, steps: list[int]) -> np.ndarray:
    """Return motion without what only a change of scene made: there it is as on the calmer side."""
    kept = motion.copy()
    for step in steps:
        first, last = max(step - 2, 0), min(step + 1, len(kept) - 1)
        kept[first + 1 : last] = np.minimum(kept[first + 1 : last], min(motion[first], motion[last]))
    return kept


def _pooled(values: np.ndarray, pool: int) -> np.ndarray:
    rest = -len(values) % pool
    return np.concatenate([values, np.repeat(values[-1:], rest)]).reshape(-1, pool).mean(axis=1)


def _written(values: np.ndarray) -> str:
    return base64.b64encode(np.clip(np.round(values), 0, 255).astype(np.uint8).tobytes()).decode()


def _read(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).astype(float)


def best_start(curves: Curves, seconds: float) -> float:
    """Return where the best window of this length begins, in seconds; 0 where the video is no longer."""
    return windows(curves, seconds, 1)[0].start


def windows(curves: Curves, seconds: float, count: int = COUNT) -> list[Moment]:
    """Return up to `count` different windows of this length, the best first; none reaches beyond the video.

    A video that is hardly longer than the window has one, with all of it that fits.
    """
    return list(_windows(curves, seconds, count))


@lru_cache(maxsize=512)
def _windows(curves: Curves, seconds: float, count: int) -> list[Moment]:
    spare = curves.seconds - seconds
    if spare < curves.step:
        return [Moment(0.0, round(min(seconds, curves.seconds), 3), 1.0, (("whole", 0.0),))]
    starts, scores = _candidates(curves, interest_of(curves), seconds, spare)
    best = np.argsort(-scores, kind="stable")
    for share in (1.0, 0.5, 0.25):  # as far apart as there is room for
        places = _apart(
            [(float(starts[at]), float(scores[at])) for at in best], count, share * min(seconds, spare / count)
        )
        if len(places) == count:
            break
    return [_moment(curves, start, seconds, score) for start, score in places]


def _apart(best: list[tuple[float, float]], count: int, apart: float) -> list[tuple[float, float]]:
    """Return the first places (start, score) of which each is so far from those before it, at most `count`."""
    found: list[tuple[float, float]] = []
    for start, score in best:
        if all(abs(start - other) >= apart for other, _score in found):
            found.append((start, score))
        if len(found) == count:
            break
    return found


def _moment(curves: Curves, start: float, seconds: float, score: float) -> Moment:
    end = min(round(start + seconds, 3), curves.seconds)
    return Moment(start, end, round(min(max(score, 0.0), 1.0), 3), _reasons(curves, start, seconds))


def interest_of(curves: Curves) -> np.ndarray:
    """Return for each step how much happens, from 0 to about 1, against the rest of the same video."""
    motion = _raised(_median(curves.motion), LEAST_MOTION)
    if not curves.is_heard:
        return _smooth(motion, curves.step) ** POWER
    sound = _raised(_median(_audible(curves.sound)), LEAST_SOUND)
    motion, sound = _smooth(motion, curves.step), _smooth(sound, curves.step)
    both = (motion * sound) ** (POWER / 2)
    return (MOTION * motion**POWER + SOUND * sound**POWER + BOTH * both) / (MOTION + SOUND + BOTH)


def _audible(sound: np.ndarray) -> np.ndarray:
    return np.maximum(sound, max(sound.max() - AUDIBLE, FAINT))


def _raised(values: np.ndarray, least: float) -> np.ndarray:
    """Return values from 0 (the quiet parts of this video) to 1 (its top); less where the two are nearly the same."""
    low = np.percentile(values, 25)
    return np.clip((values - low) / max(values.max() - low, least), 0, 1)


def _median(values: np.ndarray) -> np.ndarray:
    """Return each value's median with its neighbours: one odd step is gone."""
    around = np.pad(values, 1, mode="edge")
    return np.median(np.stack([around[:-2], around[1:-1], around[2:]]), axis=0)


def _smooth(values: np.ndarray, step: float) -> np.ndarray:
    width = max(round(0.5 / step), 1)
    around = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(around, np.ones(width) / width, mode="valid")


def _candidates(curves: Curves, interest: np.ndarray, seconds: float, spare: float) -> tuple[np.ndarray, np.ndarray]:
    """Return where windows may begin, and their scores: at every step, at cuts, and so that they end at cuts."""
    cuts = np.array(curves.cuts)
    ends = cuts - seconds - 0.04  # a frame of 25 a second: the new scene must not flash up
    snapped = np.concatenate([cuts, ends])
    starts = np.concatenate([np.arange(0, spare, curves.step), [spare], snapped])
    kept = (starts >= 0) & (starts <= spare)
    bonus = np.concatenate(
        [np.zeros(len(starts) - len(snapped)), np.full(len(cuts), AT_CUT), np.full(len(cuts), TO_CUT)]
    )
    starts = np.floor(starts[kept] * 1000 + 1e-6) / 1000
    means = _means(interest - EMPTY_LOSS * curves.empty, max(round(seconds / curves.step), 1), curves.step)
    scores = means[np.minimum(np.round(starts / curves.step).astype(int), len(means) - 1)]
    scores += MIDDLE_BONUS * (1 - np.abs(2 * starts / max(spare, 1e-6) - 1))
    scores += bonus[kept]
    idle = np.clip(_leads(interest, curves.step, starts) - LEAD, 0, seconds) / seconds
    scores -= LEAD_LOSS * idle * (bonus[kept] == 0)  # a window that keeps to a scene may take its run-up from it
    for cut in curves.cuts:
        scores -= EDGE_LOSS * ((cut - starts > 0.02) & (cut - starts < EDGE))
        scores -= EDGE_LOSS * ((starts + seconds - cut > 0.0) & (starts + seconds - cut < EDGE))
    return starts, scores


def _leads(interest: np.ndarray, step: float, starts: np.ndarray) -> np.ndarray:
    """Return how many seconds pass from each start until something happens; from a last one on, until the end."""
    happens = np.append(np.flatnonzero(interest >= HAPPENS * interest.max()), len(interest))
    first = np.minimum(np.round(starts / step).astype(int), len(interest) - 1)
    return (happens[np.searchsorted(happens, first)] - first) * step


def _means(interest: np.ndarray, count: int, step: float) -> np.ndarray:
    """Return how good each `count` steps in a row are: by their mean, of which the later middle counts most so that
    a moment has its run-up, and by their best second.
    """
    place = (np.arange(count) + 0.5) / count
    weights = 1 - 0.5 * np.abs(place - 0.55)
    means = np.correlate(interest, weights / weights.sum(), mode="valid")
    tops = np.lib.stride_tricks.sliding_window_view(_smooth(interest, step / 2), count)
    tops = tops[:, count // 10 : max(count - count // 10, 1)].max(axis=1)
    return (1 - PEAK) * means + PEAK * tops


def _reasons(curves: Curves, start: float, seconds: float) -> tuple[tuple[str, float], ...]:
    """Return why a window is worth showing, the weightiest first: codes, each with its number."""
    first = round(start / curves.step)
    inside = slice(first, max(round((start + seconds) / curves.step), first + 1))
    within = sum(start + EDGE < cut < start + seconds - EDGE for cut in curves.cuts)
    found = [*_loud(curves, inside), *_moving(curves, inside)]
    found += [("cut", 0.0)] if any(abs(cut - start) < 0.05 for cut in curves.cuts) else []
    found += [("cuts", float(within))] if within > 1 else []
    return tuple(found) or (("even", 0.0),)


def _loud(curves: Curves, inside: slice) -> list[tuple[str, float]]:
    """Return what the sound of a window says for it, with how many dB it rises above the usual of the video."""
    if not curves.is_heard:
        return []
    sound = _smooth(_median(_audible(curves.sound)), curves.step)
    above = float(sound[inside].max(initial=QUIET) - np.median(sound))
    if above < LEAST_RISE:
        return []
    second = max(round(1 / curves.step), 1)
    peak = inside.start + int(sound[inside].argmax())
    before = sound[max(peak - 2 * second, 0) : max(peak - second // 2, 1)]
    if peak > second and sound[peak] - before.max() >= 2 * LEAST_RISE:
        return [("sudden", round(above))]
    return [("loudest" if sound[inside].max() >= sound.max() - 0.5 else "loud", round(above))]


def _moving(curves: Curves, inside: slice) -> list[tuple[str, float]]:
    """Return what the motion of a window says for it, with how many times the usual of the video it is."""
    motion = _smooth(_median(curves.motion), curves.step)
    times = float(motion[inside].mean() / max(motion.mean(), 1.0))
    if times < LEAST_TIMES:
        return []
    return [("most_motion" if motion[inside].max() >= motion.max() - 0.5 else "motion", round(times, 1))]
