"""What following the subject is worth: films whose subject is known, cropped by the camera and by a fixed middle crop.

    python -m bench.reframe

Printed per film: the mean distance of the subject from the crop's middle (in shares of the crop's width), the share of
frames in which the subject is wholly inside, the camera's jitter (mean second difference of its place, in pixels of
the 1080 wide film per frame and frame) and its greatest speed (crop widths a second).
"""

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FPS, SECONDS, WIDTH, HEIGHT = 30, 8, 320, 180
FRAMES = FPS * SECONDS
BODY = (17, 31)  # half width and half height of the subject, pixels


@dataclass(frozen=True)
class Scene:
    """A film to be made: where the subject is at each frame (share of the width), how the camera moves, and more."""

    name: str
    where: Callable[[int], float]
    pan: Callable[[int], float] = lambda n: 0.0  # pixels that the background has moved by
    shake: float = 0.0
    alive: bool = True  # it moves within its outline
    passer: bool = False  # somebody small runs through
    cuts: tuple[int, ...] = ()


def scenes() -> list[Scene]:
    """Return the films: walks, pauses, dashes, cuts, pans, shaking, a passer-by, and one where nothing moves."""
    t = [n / FPS for n in range(FRAMES)]
    middle = [0.25, 0.75, 0.3, 0.7]
    return [
        Scene("stands left", lambda n: 0.22),
        Scene("stands right, shaken", lambda n: 0.8, shake=1.5),
        Scene("nothing moves", lambda n: 0.74, alive=False),
        Scene("walks through", lambda n: 0.15 + 0.7 * t[n] / SECONDS),
        Scene("walks, shaken", lambda n: 0.85 - 0.7 * t[n] / SECONDS, shake=1.5),
        Scene("to and fro", lambda n: 0.5 + 0.3 * np.sin(2 * np.pi * t[n] / 5)),
        Scene("waits, then dashes", lambda n: 0.2 + 0.6 * float(np.clip((t[n] - 3) / 1.2, 0, 1))),
        Scene("a step aside and back", lambda n: 0.35 + 0.05 * float(np.sin(2 * np.pi * t[n] / 2))),
        Scene("cuts", lambda n: middle[n // 60], cuts=(60, 120, 180)),
        Scene("camera pans along", lambda n: 0.3, pan=lambda n: 1.5 * n),
        Scene("camera pans past", lambda n: 0.8 - 0.5 * t[n] / SECONDS, pan=lambda n: 1.0 * n),
        Scene("a passer-by", lambda n: 0.7, passer=True),
    ]


def texture(rng: np.random.Generator, height: int, width: int, grain: int) -> np.ndarray:
    """Return smooth noise about 128, shape (height, width)."""
    small = rng.normal(0, 1, (height // grain + 3, width // grain + 3))
    rows, columns = np.arange(height) / grain, np.arange(width) / grain
    r, c = rows.astype(int), columns.astype(int)
    u, v = (rows - r)[:, None], (columns - c)[None, :]
    top = small[np.ix_(r, c)] * (1 - v) + small[np.ix_(r, c + 1)] * v
    low = small[np.ix_(r + 1, c)] * (1 - v) + small[np.ix_(r + 1, c + 1)] * v
    return top * (1 - u) + low * u


def frames_of(scene: Scene, seed: int) -> Iterator[tuple[np.ndarray, float]]:
    """Give each frame (height, width, 3) and where the middle of the subject stands in it, as share of the width."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    wall = body = None
    grain = [rng.normal(0, 3, (HEIGHT, WIDTH, 3)) for _n in range(8)]
    for n in range(FRAMES):
        if n == 0 or n in scene.cuts:
            tint = rng.uniform(70, 170, 3)
            wall = tint + 26 * texture(rng, HEIGHT + 40, WIDTH + 600, 12)[..., None] + rng.normal(0, 4, 3)
            body = rng.uniform(20, 235, 3) + 30 * texture(rng, HEIGHT, WIDTH * 2, 6)[..., None]
        dy, dx = np.round(rng.normal(0, scene.shake, 2)).astype(int)
        left = int(scene.pan(n)) + 20 + dx
        frame = wall[20 + dy : 20 + dy + HEIGHT, left : left + WIDTH].copy()
        at, up = scene.where(n) * WIDTH - dx, HEIGHT * 0.55 - dy
        wave = 4 * np.sin(n / 3) if scene.alive else 0
        inside = ((x - at) / (BODY[0] + wave * np.sin(y / 9))) ** 2 + ((y - up) / BODY[1]) ** 2 < 1
        frame[inside] = np.roll(body, int(scene.where(n) * WIDTH), axis=1)[:, :WIDTH][inside]
        if scene.passer and 90 <= n < 130:
            frame[140:155, (n - 90) * 7 : (n - 90) * 7 + 10] = 240
        yield np.clip(frame + grain[n % 8], 0, 255).astype(np.uint8), at / WIDTH


def make(scene: Scene, path: Path, seed: int) -> np.ndarray:
    """Write a film; return where its subject stands at each frame."""
    from ranking.ffmpeg import exe

    argv = [exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}"]
    argv += ["-r", str(FPS), "-i", "-", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-pix_fmt", "yuv420p"]
    there = []
    with subprocess.Popen([*argv, "-threads", "1", str(path)], stdin=subprocess.PIPE) as process:
        for frame, at in frames_of(scene, seed):
            process.stdin.write(frame.tobytes())
            there.append(at)
        process.stdin.close()
    return np.array(there)


@dataclass(frozen=True)
class Score:
    """How well a crop showed its subject: see the head of this module."""

    distance: float
    inside: float
    jitter: float
    speed: float


def score(middles: np.ndarray, there: np.ndarray, crop: float, cuts: tuple[int, ...]) -> Score:
    """Return the score of a crop whose middle (share of the width) stands at `middles`, frame by frame."""
    away = np.abs(middles - there)
    inside = away + BODY[0] / WIDTH <= crop / 2
    step = np.diff(middles) / crop
    same = ~np.isin(np.arange(1, len(middles)), cuts)
    bend = np.abs(np.diff(step))[same[1:] & same[:-1]] * 1080
    speed = np.abs(step[same]).max() * FPS
    return Score(float(away.mean() / crop), float(inside.mean()), float(bend.mean()), float(speed))


def middles_of(keys: tuple[tuple[float, float], ...], crop: float) -> np.ndarray:
    """Return where the middle of the crop stands at each frame, as filmed."""
    places = []
    for n in range(FRAMES):
        passed = max((k for k, (time, _at) in enumerate(keys) if time <= n / FPS + 1e-6), default=0)
        (time, at), (later, there) = keys[passed], keys[min(passed + 1, len(keys) - 1)]
        part = (n / FPS - time) / (later - time) if later > time else 0.0
        places.append(at + (there - at) * min(max(part, 0.0), 1.0))
    return crop / 2 + np.array(places or [0.5] * FRAMES) * (1 - crop)


def follow(path: Path, crop: float) -> tuple[tuple[float, float], ...]:
    """Return the camera's keys for a film of this size."""
    from rendering.plan import Clip
    from rendering.reframe import camera
    from rendering.subject import look

    clip = Clip(1, path.name, 0, FRAMES, fit="smart", width=WIDTH, height=HEIGHT)
    with tempfile.TemporaryDirectory() as folder:
        return camera(look(clip, path, Path(folder)), crop, across=True)


def cpu() -> float:
    """Return the seconds of CPU that this process and its children took."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main() -> None:
    """Print the table."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")
    django.setup()
    crop = HEIGHT / WIDTH * 940 / 1240
    print(f"{'film':24} {'camera':>7} {'middle':>7}   {'inside':>7} {'middle':>7}   {'jitter':>6} {'speed':>6}  keys")
    rows, spent = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        for seed, scene in enumerate(scenes()):
            there = make(scene, path := Path(folder) / f"{seed}.mp4", seed)
            begun = cpu()
            keys = follow(path, crop)
            spent += cpu() - begun
            ours = score(middles_of(keys, crop), there, crop, scene.cuts)
            fixed = score(np.full(FRAMES, 0.5), there, crop, scene.cuts)
            rows.append((ours, fixed))
            print(
                f"{scene.name:24} {ours.distance:7.3f} {fixed.distance:7.3f}   {ours.inside:7.0%} {fixed.inside:7.0%}"
                f"   {ours.jitter:6.3f} {ours.speed:6.2f} {len(keys):5}"
            )
    mean = [np.mean([getattr(row[k], name) for row in rows]) for name in ("distance", "inside") for k in (0, 1)]
    print(f"{'mean':24} {mean[0]:7.3f} {mean[1]:7.3f}   {mean[2]:7.0%} {mean[3]:7.0%}")
    print(f"CPU of looking: {spent / (len(rows) * SECONDS):.3f} s per second of clip ({WIDTH}x{HEIGHT})")


if __name__ == "__main__":
    main()
