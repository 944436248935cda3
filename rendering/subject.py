"""Where the subject of a clip is: what moves against its background and what stands out from it, a few times a second.

There is no detector of faces in here: one would bring a library of 60 MB or a trained model along. A face that moves
or stands out is followed as anything else is.
"""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings

from ranking import ffmpeg
from ranking.storage import work_folder
from rendering import store
from rendering.masks import area
from rendering.plan import FPS, Clip
from scraping.decode import OPAQUE
from scraping.guard import input_args

VERSION = 1  # rises when the same file would give other numbers
RATE = 6  # looks a second
SIDE = 128  # pixels of the longer side that is looked at
GLIMPSE = (32, 18)  # pixels in which cuts are looked for, 30 times a second
SHIFT = 8  # pixels that the camera itself may move between two looks and still be made up for
ALIKE = 20.0  # of 255: what differs more is another thing, however much more
STILL = 0.35  # what stands out without moving counts so much against what moves
BOLD = 24.0  # of 255: a difference from the usual colour that counts in full
# A cut: so much mean difference of 255 at once, so many times the usual one, and another histogram (its share) or
# still many times more.
CUT_STEP, CUT_TIMES, CUT_WORDS, CUT_SURE = 14.0, 3.0, 0.12, 8.0


@dataclass(frozen=True)
class Subject:
    """Where the subject is: maps of attention, shape (looks, rows, columns), and the frames at which shots begin.

    A look lies at n / RATE seconds; its map sums to 1 at most, less where little is to be seen. `cuts` count 30 a
    second.
    """

    maps: np.ndarray
    cuts: tuple[int, ...]


def subject_of(clip: Clip, path: Path, report: Callable[[float], None] = lambda percent: None) -> Subject:
    """Return the subject of the part of a clip that is shown; kept by what decides it.

    `report` gets a percentage; whatever it raises ends the look. Raises ffmpeg.FFmpegError.
    """
    place = kept_at(clip)
    if not store.used(place):
        with work_folder("camera") as folder:
            found = look(clip, path, folder, report)
            made = folder / "subject.npz"
            np.savez_compressed(made, maps=found.maps.astype(np.float16), cuts=np.array(found.cuts, np.int32))
            store.put(made, place)
    with np.load(io.BytesIO(place.read_bytes())) as told:
        maps, cuts = told["maps"].astype(np.float32), told["cuts"]
    for mask in clip.masks:  # what is blurred is not what the clip is about
        x, y, width, height = area(mask, maps.shape[2], maps.shape[1])
        maps[:, y : y + height, x : x + width] = 0
    return Subject(maps, tuple(int(cut) for cut in cuts))


def is_known(clip: Clip) -> bool:
    """Return whether subject_of() would answer at once."""
    return kept_at(clip).exists()


def kept_at(clip: Clip) -> Path:
    """Return where the subject of this part of this file is kept."""
    size = (clip.width, clip.height, round(clip.sar, 4), clip.decoder)
    words = json.dumps([VERSION, ffmpeg.build(), clip.clip, clip.start, clip.frames, size])
    return settings.SEGMENTS_DIR / "camera" / f"{hashlib.sha256(words.encode()).hexdigest()}.npz"


def look(clip: Clip, path: Path, folder: Path, report: Callable[[float], None] = lambda percent: None) -> Subject:
    """Read the shown part of a clip once, small, and return its subject, masks aside. Raises ffmpeg.FFmpegError."""
    width, height = seen_size(clip)
    argv = _arguments(clip, path, folder, (width, height))
    ffmpeg.run(argv, seconds=clip.seconds, report=lambda percent: report(percent / 2))
    looks = _frames(folder / "looks.raw", (3, height, width))
    cuts = find_cuts(_frames(folder / "glimpses.raw", (GLIMPSE[0] * GLIMPSE[1],)))
    maps = attention(looks.astype(np.float32), cuts, lambda percent: report(50 + percent / 2))
    coarse = maps.reshape(len(maps), height // 2, 2, width // 2, 2).sum(axis=(2, 4))
    return Subject(coarse, tuple(cuts))


def _frames(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Return the whole frames of a raw file, shape (frames, *shape)."""
    size = int(np.prod(shape))
    told = np.fromfile(path, np.uint8)
    return told[: told.size // size * size].reshape(-1, *shape)


def seen_size(clip: Clip) -> tuple[int, int]:
    """Return width and height in which a clip is looked at, in square pixels."""
    wide, tall = clip.width * clip.sar, clip.height
    return tuple(max(16, round(side * SIDE / max(wide, tall) / 2) * 2) for side in (wide, tall))


def _arguments(clip: Clip, path: Path, folder: Path, size: tuple[int, int]) -> list[str]:
    """Return ffmpeg's arguments: one decoding, the looks in colour and the glimpses in gray."""
    decoder = ["-c:v", clip.decoder] if clip.decoder else []
    # No picture is shown, so the costly smoothing of the blocks is left out.
    part = ["-skip_loop_filter", "all", "-ss", f"{clip.start:.3f}", "-t", f"{clip.seconds:.3f}"]
    first = f"{OPAQUE}," if clip.alpha else ""
    graph = (
        f"[0:v]{first}fps={FPS}:start_time=0,split[a][b];"
        f"[a]select='not(mod(n,{FPS // RATE}))',scale={size[0]}:{size[1]}:flags=area,format=yuv444p[looks];"
        f"[b]scale={GLIMPSE[0]}:{GLIMPSE[1]}:flags=neighbor,format=gray[glimpses]"
    )
    argv = ["-filter_threads", "1", "-filter_complex_threads", "1", "-threads", "1"]
    argv += [*input_args(path, *decoder, *part), "-filter_complex", graph]
    for name in ("looks", "glimpses"):
        argv += ["-map", f"[{name}]", "-fps_mode", "passthrough", "-f", "rawvideo", f"file:{folder}/{name}.raw"]
    return argv


def find_cuts(glimpses: np.ndarray) -> list[int]:
    """Return the frames at which another shot begins; `glimpses` has the shape (frames, pixels), 8 bit.

    A flash of light is no cut: the frame after it looks like the one before.
    """
    frames = glimpses.astype(np.float32)
    steps = np.abs(np.diff(frames, axis=0)).mean(axis=1) if len(frames) > 1 else np.zeros(0)
    cuts = []
    for n in np.flatnonzero(steps > CUT_STEP):
        near = np.concatenate([steps[max(0, n - 8) : n], steps[n + 1 : n + 9]])
        usual = float(np.median(near)) if near.size else 0.0
        after = frames[min(n + 3, len(frames) - 1)]
        back = float(np.abs(after - frames[max(n - 1, 0)]).mean())
        other = _histogram_step(frames[n], frames[n + 1]) > CUT_WORDS or steps[n] > CUT_SURE * max(usual, 1)
        if steps[n] > CUT_TIMES * usual and back > 0.6 * steps[n] and other:
            cuts.append(int(n) + 1)
    return [cut for place, cut in enumerate(cuts) if place == 0 or cut - cuts[place - 1] > 3]


def _histogram_step(before: np.ndarray, after: np.ndarray) -> float:
    """Return which share of the pixels changed its brightness, wherever they stand: 0 to 1."""
    counts = [np.histogram(frame, 16, (0, 256))[0] / frame.size for frame in (before, after)]
    return float(np.abs(counts[0] - counts[1]).sum() / 2)


def attention(looks: np.ndarray, cuts: list[int], report: Callable[[float], None] = lambda percent: None) -> np.ndarray:
    """Return where one looks, shape (looks, height, width); `looks` are Y, U and V, shape (looks, 3, height, width)."""
    if not len(looks):
        return np.zeros((0, *looks.shape[2:]), np.float32)
    soft = np.stack([[box_blur(plane, 1) for plane in look] for look in looks])
    shots = np.searchsorted(np.array(cuts), np.arange(len(looks)) * FPS // RATE, side="right")
    moves: list[np.ndarray | None] = []
    for n in range(len(looks) - 1):
        report(100 * n / len(looks))
        moves.append(motion(soft[n], soft[n + 1]) if shots[n] == shots[n + 1] else None)
    return np.stack([_blend(soft[n], _moving(moves, n)) for n in range(len(looks))])


def _moving(moves: list[np.ndarray | None], n: int) -> np.ndarray | None:
    """Return what moves at a look: what differs from the look before and from the one after, else from the one."""
    beside = [moves[k] for k in (n - 1, n) if 0 <= k < len(moves) and moves[k] is not None]
    return np.minimum.reduce(beside) if beside else None


def motion(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return how much each pixel changed, once the camera's own motion is made up for; shape (height, width)."""
    down, right = camera_shift(before[0], after[0])
    least = None
    for y in (-1, 0, 1):
        for x in (-1, 0, 1):
            moved = np.roll(before, (down + y, right + x), axis=(1, 2))
            step = np.abs(after - moved).max(axis=0)
            least = step if least is None else np.minimum(least, step)
    edge = max(abs(down), abs(right)) + 1
    least[:edge], least[-edge:], least[:, :edge], least[:, -edge:] = 0, 0, 0, 0
    return least


def camera_shift(before: np.ndarray, after: np.ndarray) -> tuple[int, int]:
    """Return by how many pixels (down, right) the picture as a whole moved, to within one: only even ones are tried.

    It counts only where it makes most of the picture more alike: a large subject must not be taken for the camera.
    """
    one, two = (box_blur(plane, 1)[::2, ::2] for plane in (before, after))

    def unlike(down: int, right: int) -> float:
        moved = np.roll(one, (down, right), axis=(0, 1))[SHIFT // 2 : -SHIFT // 2, SHIFT // 2 : -SHIFT // 2]
        return float(np.minimum(np.abs(two[SHIFT // 2 : -SHIFT // 2, SHIFT // 2 : -SHIFT // 2] - moved), ALIKE).mean())

    reach = range(-SHIFT // 2, SHIFT // 2 + 1)
    least, down, right = min((unlike(down, right), down, right) for down in reach for right in reach)
    return (2 * down, 2 * right) if least < 0.85 * unlike(0, 0) else (0, 0)


def _blend(look: np.ndarray, moving: np.ndarray | None) -> np.ndarray:
    """Return the attention of one look from what moves and what stands out; its sum is 1 at most."""
    still = standing_out(look)
    whole = STILL * min(1.0, float(still.max())) * still / max(float(still.sum()), 1e-6)
    if moving is None:
        return whole
    moving = np.maximum(moving - (6 + 1.5 * float(np.median(moving))), 0)
    moving = box_blur(np.minimum(moving, BOLD), 2)
    share = float((moving > 2).mean())  # of the picture that moves: all of it says nothing
    trust = min(1.0, float(moving.sum()) / (0.02 * moving.size)) * max(0.0, 1 - 1.6 * share)
    if trust <= 0:
        return whole
    return (1 - trust) * whole + trust * moving / float(moving.sum())


def standing_out(look: np.ndarray) -> np.ndarray:
    """Return how far each pixel's colour and detail stand out from the picture's usual ones; about the middle more."""
    height, width = look.shape[1:]
    smooth = np.stack([box_blur(plane, 2) for plane in look])
    usual = np.median(smooth.reshape(3, -1), axis=1)[:, None, None]
    colour = np.sqrt((((smooth - usual) * np.array([0.6, 1.6, 1.6])[:, None, None]) ** 2).sum(axis=0))
    down, right = np.gradient(look[0])
    detail = box_blur(np.hypot(down, right), 3)
    out = _share(colour) + 0.7 * _share(detail)
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    return np.maximum(out - 0.5 * float(out.max()), 0) * np.exp(-(x**2 + y**2) / 1.6)


def _share(values: np.ndarray) -> np.ndarray:
    """Return values as shares of their greatest; of BOLD where even the greatest is faint."""
    return np.minimum(values / max(float(np.percentile(values, 99)), BOLD), 1)


def box_blur(plane: np.ndarray, reach: int) -> np.ndarray:
    """Return the mean of the square of 2 * reach + 1 pixels about each pixel."""
    for axis in (0, 1):
        side = 2 * reach + 1
        padded = np.pad(plane, [(reach + 1, reach) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        sums = np.cumsum(padded, axis=axis, dtype=np.float64)
        length = plane.shape[axis]
        plane = (np.take(sums, range(side, side + length), axis) - np.take(sums, range(length), axis)) / side
    return plane.astype(np.float32)
