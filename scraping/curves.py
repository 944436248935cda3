"""How a video goes on: its motion, its sound, its cuts and its empty stretches, read in one guarded pass."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from ranking import ffmpeg
from scraping.decode import Report, begin, silent
from scraping.facts import Facts
from scraping.guard import input_args
from scraping.moments import QUIET, Curves
from scraping.pictures import FLAT

RATE = 6.0  # frames a second that motion is read at
MOST_STEPS = 3600  # ten minutes at RATE; a longer video is read in longer steps
SIDE = 128  # pixels of the longer side of a frame that motion is read from
BLOCK = 8  # pixels; the motion of a part of the picture counts, not of the whole
CUT_RATE = 30.0  # frames a second that cuts are looked for at, or the video's own if it has fewer
CUT_SIDE = 32
SOUND_RATE = 8000
GRAINS = 16  # parts of a step that its level is the median of, so that a click is not loud

FAST = 24.0  # frames a second from which those that no other frame needs can be left out
CHUNK = 128  # frames at a time in memory


def read_curves(path: Path, facts: Facts, folder: Path, report: Report = silent) -> Curves:
    """Return the curves of a video; what is read lies in `folder` meanwhile. Raises FFmpegError."""
    rate = min(RATE, MOST_STEPS / facts.duration)
    cut_rate = min(CUT_RATE, max(facts.fps, RATE), 10 * MOST_STEPS / facts.duration)
    size = _size(facts)
    ffmpeg.run(arguments(path, facts, folder, rate, cut_rate), seconds=facts.duration, report=report)
    frames = _frames(folder / "motion.raw", size)
    motion, empty = motion_of(frames)
    sound = level_of(folder / "sound.raw", rate, begin(facts)) if facts.has_audio else np.zeros(0)
    quick = _frames(folder / "cuts.raw", (CUT_SIDE, CUT_SIDE))
    curves = Curves.of(facts.duration, rate, motion, sound, empty, cuts_of(quick, cut_rate))
    return replace(curves, change=round(float(_changes(frames).mean()), 2) if len(frames) > 1 else 0.0)


def arguments(path: Path, facts: Facts, folder: Path, rate: float, cut_rate: float) -> list[str]:
    """Return the argument list of the one ffmpeg that reads it: small grey frames twice, and the sound."""
    options = ["-threads", "1", "-skip_loop_filter", "all", *(["-skip_frame", "noref"] if facts.fps >= FAST else [])]
    width, height = _size(facts)
    start = f"start_time={begin(facts):.3f}"
    graph = (
        f"[0:{facts.video_index}]split[a][b];"
        f"[a]fps={rate:.6f}:{start},scale={width}:{height}:flags=area,format=gray[motion];"
        f"[b]fps={cut_rate:.6f}:{start},scale={CUT_SIDE}:{CUT_SIDE}:flags=neighbor,format=gray[cuts]"
    )
    argv = ["-loglevel", "error", "-filter_complex_threads", "1", *input_args(path, *options)]
    argv += ["-filter_complex", graph]
    for name in ("motion", "cuts"):
        argv += ["-map", f"[{name}]", "-threads", "1", "-f", "rawvideo", f"file:{folder}/{name}.raw"]
    if facts.has_audio:
        sound = ["-map", f"0:{facts.audio_index}", "-ac", "1", "-ar", str(SOUND_RATE), "-f", "s16le"]
        argv += [*sound, f"file:{folder}/sound.raw"]
    return argv


def _size(facts: Facts) -> tuple[int, int]:
    scale = SIDE / max(facts.width, facts.height)
    return max(round(facts.width * scale), BLOCK), max(round(facts.height * scale), BLOCK)


def _frames(path: Path, size: tuple[int, int]) -> np.ndarray:
    """Return grey frames as (frames, height, width), read from the disk as they are needed."""
    width, height = size
    count = path.stat().st_size // (width * height)
    if not count:
        return np.zeros((0, height, width), np.uint8)
    return np.memmap(path, np.uint8, "r", shape=(count, height, width))


def motion_of(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how much moves in each step from frame to frame, in grey levels, and which steps show nothing at all.

    The camera's own movement and changes of light are taken out; a flash of one frame counts as none.
    """
    if len(frames) < 2:
        return np.zeros(len(frames)), np.zeros(len(frames), bool)
    near, far, plain = [], [], []
    for start in range(0, len(frames), CHUNK):
        part = np.asarray(frames[start : start + CHUNK + 2], np.float32)
        near.append(_difference(part[: CHUNK + 1]))
        far.append(_difference(part, 2))
        plain.append(part[:CHUNK].std(axis=(1, 2)) < FLAT)
    motion, over, empty = np.concatenate(near), np.concatenate(far), np.concatenate(plain)
    flashes = np.flatnonzero(np.minimum(motion[:-1], motion[1:]) > 2 * over[: len(motion) - 1] + 2)
    for at in flashes:
        motion[at : at + 2] = over[at] / 2
    motion[empty[:-1] | empty[1:]] = 0  # out of black is no motion
    return np.append(motion, motion[-1]), empty


def _difference(frames: np.ndarray, step: int = 1) -> np.ndarray:
    """Return the difference between each frame and the one `step` later: the mean of the quarter that moves most."""
    if len(frames) <= step:
        return np.zeros(0)
    level = frames - frames.mean(axis=(1, 2), keepdims=True)
    level /= np.maximum(level.std(axis=(1, 2), keepdims=True), FLAT)
    spread = np.maximum(frames.std(axis=(1, 2)), FLAT)
    before, after = level[:-step], level[step:]
    still = _blocks(np.abs(before - after))
    shifts = _shifts(before, after)
    for at in np.flatnonzero(np.any(shifts != 0, axis=1)):
        down, right = (int(shift) for shift in shifts[at])
        moved = _blocks(np.abs(before[at] - np.roll(after[at], (down, right), (0, 1)))[None])
        still[at] = np.minimum(still[at], moved[0]) if moved.mean() < 0.8 * still[at].mean() else still[at]
    most = np.sort(still.reshape(len(still), -1), axis=1)
    return most[:, -max(most.shape[1] // 4, 1) :].mean(axis=1) * np.minimum(spread[:-step], spread[step:])


def _blocks(picture: np.ndarray) -> np.ndarray:
    """Return the means of blocks of BLOCK pixels, without those at the rim, where a shifted picture lacks."""
    rows, columns = picture.shape[1] // BLOCK, picture.shape[2] // BLOCK
    whole = picture[:, : rows * BLOCK, : columns * BLOCK]
    means = whole.reshape(len(picture), rows, BLOCK, columns, BLOCK).mean(axis=(2, 4))
    return means[:, 1:-1, 1:-1] if min(rows, columns) > 3 else means


def _shifts(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return how far the camera moved, (down, right) in pixels, by phase correlation; at most BLOCK each way."""
    cross = np.fft.rfft2(before) * np.conj(np.fft.rfft2(after))
    peaks = np.fft.irfft2(cross / np.maximum(np.abs(cross), 1e-6), s=before.shape[1:])
    found = np.zeros((len(before), 2), int)
    for at, peak in enumerate(peaks):
        place = np.array(np.unravel_index(peak.argmax(), peak.shape))
        wrapped = (place + np.array(peak.shape) // 2) % np.array(peak.shape) - np.array(peak.shape) // 2
        found[at] = wrapped if np.abs(wrapped).max() <= BLOCK else 0
    return found


def level_of(path: Path, rate: float, skip: float) -> np.ndarray:
    """Return the level of each step in dB of full scale, at least QUIET; empty where there is no sound."""
    if not path.exists():
        return np.zeros(0)
    samples = np.memmap(path, "<i2", "r")[int(skip * SOUND_RATE) :] if path.stat().st_size > 1 else np.zeros(0, "<i2")
    grain = max(int(SOUND_RATE / rate / GRAINS), 1)
    count = len(samples) // grain
    if not count:
        return np.zeros(0)
    loud = np.empty(count)
    for start in range(0, count, 100_000):
        part = np.asarray(samples[start * grain : min(start + 100_000, count) * grain], np.float32) / 32768
        loud[start : start + 100_000] = np.sqrt((part.reshape(-1, grain) ** 2).mean(axis=1))
    edges = np.arange(0, count * grain / SOUND_RATE, 1 / rate) * SOUND_RATE / grain
    steps = [loud[int(edge) : int(edge) + GRAINS] for edge in edges if int(edge) < count]
    return 20 * np.log10(np.maximum([np.median(step) for step in steps], 10 ** (QUIET / 20)))


def cuts_of(frames: np.ndarray, rate: float) -> list[float]:
    """Return the seconds at which another scene begins. A flash is none, and neither is fast motion."""
    if len(frames) < 4:
        return []
    change = _changes(frames)
    found: list[float] = []
    for at in np.flatnonzero(change > 15):
        around = np.concatenate([change[max(at - 6, 0) : at], change[at + 1 : at + 7]])
        usual = np.sort(around)[: max(len(around) - 1, 1)].mean()
        before, later = max(at - 4, 0), min(at + 5, len(frames) - 1)  # around a flash, of whichever end of it
        stays = min(_change(frames[[at, later]])[0], _change(frames[[before, at + 1]])[0]) > 0.6 * change[at]
        if stays and change[at] > 2.5 * usual + 8 and change[at] >= max(around):
            found.append(round(float((at + 1) / rate), 3))
    return found


def _changes(frames: np.ndarray) -> np.ndarray:
    """Return how much changes from each frame to the next, in grey levels; a part at a time is in memory."""
    return np.concatenate([_change(frames[at : at + CHUNK + 1]) for at in range(0, len(frames) - 1, CHUNK)])


def _change(frames: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(np.asarray(frames, np.int16), axis=0)).mean(axis=(1, 2))
