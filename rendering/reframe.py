"""The virtual camera of a smart crop: it follows the subject as a calm operator would, and holds still when it can."""

import dataclasses
import logging
from collections.abc import Callable, Collection
from itertools import pairwise
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from ranking.ffmpeg import FFmpegError
from ranking.jobs import JobError
from rendering.plan import FPS, Clip, Plan
from rendering.style import Style, style_of
from rendering.subject import RATE, Subject, subject_of

logger = logging.getLogger(__name__)

Keys = tuple[tuple[float, float], ...]

PLACES = 81  # at which the camera may stand, from one side to the other
SPEED = 0.7  # crop widths a second at most
RELUCTANCE = 4.0  # what a move through the whole room costs, in looks (6 a second) at nothing
HOMESICK = 0.03  # what standing at the side costs a look, so that it stays in the middle where nothing is to be seen
HOLD = 0.96  # a camera that stands still and sees so much of what a moving one sees stands still
SOFT = 0.9  # seconds over which a move begins and ends
SHORT = 0.8  # seconds of a shot in which nobody moves a camera
LEAST_ROOM = 0.03  # of the side: less to choose from is not worth a look
LINE, FINE = 0.012, 0.002  # how far the path may be off when it is made of fewer keys: before and after softening


def aimed(
    plan: Plan,
    ranks: Collection[int],
    find_clip: Callable[[str], Path],
    report: Callable[[float], None] = lambda percent: None,
) -> Plan:
    """Return the plan with the camera of each smart crop among these ranks; looks at a file the first time.

    Whatever `report` raises ends that look. Raises JobError with a sentence where a file cannot be read.
    """
    if not any(clip.fit == "smart" and clip.rank in ranks for clip in plan.clips):
        return plan
    style = style_of(plan)
    clips = tuple(
        dataclasses.replace(clip, camera=camera_of(clip, style, find_clip, report)) if clip.rank in ranks else clip
        for clip in plan.clips
    )
    return dataclasses.replace(plan, clips=clips)


def camera_of(
    clip: Clip, style: Style, find_clip: Callable[[str], Path], report: Callable[[float], None] = lambda percent: None
) -> Keys:
    """Return the keys of a clip's camera, none for one that stands in the middle. Raises JobError."""
    crop = crop_share(clip, style)
    if crop is None:
        return ()
    try:
        subject = subject_of(clip, find_clip(clip.clip), report)
    except FFmpegError as error:
        logger.warning("the subject of rank %s cannot be looked for: %s", clip.rank, error)
        raise JobError(
            _("The video at rank %(rank)d cannot be filmed: its file is damaged.") % {"rank": clip.rank}
        ) from error
    return camera(subject, crop, across=is_across(clip, style))


def crop_share(clip: Clip, style: Style) -> float | None:
    """Return which share of its free side a smart crop shows; None where there is nothing to follow."""
    if clip.fit != "smart" or not (clip.width and clip.height):
        return None
    share = _aspect(style) / (clip.width * clip.sar / clip.height)
    share = min(share, 1 / share)
    return share if share < 1 - LEAST_ROOM else None


def is_across(clip: Clip, style: Style) -> bool:
    """Return whether the crop moves from left to right, and not up and down."""
    return clip.width * clip.sar / clip.height > _aspect(style)


def _aspect(style: Style) -> float:
    left, top, right, bottom = style.frame.box
    return (right - left) / (bottom - top)


def camera(subject: Subject, crop: float, *, across: bool) -> Keys:
    """Return the camera's keys (seconds, share of the free room): a line through them is its path, twice a time a cut.

    `crop` is the share of the side that is shown. The path knows what comes, so it does not lag behind.
    """
    profiles = subject.maps.sum(axis=1 if across else 2)
    if not len(profiles):
        return ()
    values = worth(profiles, crop)
    edges = [0.0, *(cut / FPS for cut in subject.cuts), len(profiles) / RATE]
    keys = []
    for begin, end in pairwise(edges):
        looks = slice(*(min(len(values), int(np.ceil(edge * RATE - 1e-6))) for edge in (begin, end)))
        shot = values[looks] if looks.stop > looks.start else values[looks.start - 1 : looks.start]
        keys += _shot(shot, begin, end, looks.start / RATE, crop)
    return tuple((round(time, 3), round(place, 4)) for time, place in keys)


def worth(profiles: np.ndarray, crop: float) -> np.ndarray:
    """Return what each look shows at each of the camera's places, shape (looks, PLACES); the crop's middle counts."""
    looks, side = profiles.shape
    spread = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9
    padded = np.pad(profiles, ((2, 2), (0, 0)), mode="edge")
    calm = sum(weight * padded[n : n + looks] for n, weight in enumerate(spread))
    middles = crop / 2 + np.linspace(0, 1, PLACES) * (1 - crop)
    away = np.abs((np.arange(side) + 0.5)[None, :] / side - middles[:, None]) / (crop / 2)
    seen = np.where(away < 1, np.cos(np.minimum(away, 1) * np.pi / 2) ** 1.2, 0)
    return calm @ seen.T - HOMESICK * np.abs(np.linspace(-1, 1, PLACES))


def _shot(values: np.ndarray, begin: float, end: float, first: float, crop: float) -> list[tuple[float, float]]:
    """Return the keys of one shot: two equal ones where the camera holds still, else the softened path."""
    best = int(values.sum(axis=0).argmax())
    still = best / (PLACES - 1)
    if end - begin >= SHORT and len(values) > 2:
        path = followed(values, crop)
        moving = values[np.arange(len(values)), path].sum()
        if values[:, best].sum() < HOLD * moving:
            return _softened(path / (PLACES - 1), begin, end, first)
    return [(begin, still), (end, still)]


def followed(values: np.ndarray, crop: float) -> np.ndarray:
    """Return the place of each look so that most is seen and least is moved, never faster than SPEED (Viterbi)."""
    step = 1 / (PLACES - 1)
    reach = max(1, round(SPEED * crop / max(1 - crop, 1e-3) / RATE / step))
    far = np.abs(np.arange(PLACES)[:, None] - np.arange(PLACES)[None, :])
    cost = np.where(far <= reach, RELUCTANCE * step * far, np.inf)
    total, came = values[0], np.zeros(values.shape, int)
    for n in range(1, len(values)):
        chances = total[None, :] - cost
        came[n] = chances.argmax(axis=1)
        total = chances.max(axis=1) + values[n]
    path = [int(total.argmax())]
    for n in range(len(values) - 1, 0, -1):
        path.append(int(came[n][path[-1]]))
    return np.array(path[::-1])


def _softened(path: np.ndarray, begin: float, end: float, first: float) -> list[tuple[float, float]]:
    """Return a path as few keys, its corners rounded: a move begins and ends gently."""
    lines = fewer(np.stack([first + np.arange(len(path)) / RATE, path], axis=1), LINE)
    times = np.arange(round(begin * FPS), round(end * FPS) + 1) / FPS
    half = round(SOFT * FPS / 2)
    window = np.hanning(2 * half + 3)[1:-1]
    there = np.pad(np.interp(times, lines[:, 0], lines[:, 1]), half, mode="edge")
    soft = np.convolve(there, window / window.sum(), mode="valid")
    return [(float(time), float(place)) for time, place in fewer(np.stack([times, soft], axis=1), FINE)]


def fewer(points: np.ndarray, most: float) -> np.ndarray:
    """Return the points (time, place) without which the line would be off by more than `most` (Douglas-Peucker)."""
    keep, open_ = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_:
        a, b = open_.pop()
        if b - a < 2:
            continue
        inner = points[a + 1 : b]
        line = np.interp(inner[:, 0], points[[a, b], 0], points[[a, b], 1])
        off = np.abs(inner[:, 1] - line)
        worst = int(off.argmax())
        if off[worst] > most:
            middle = a + 1 + worst
            keep.add(middle)
            open_ += [(a, middle), (middle, b)]
    return points[sorted(keep)]
