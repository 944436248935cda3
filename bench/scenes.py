"""Clips of which the moment worth showing is known, for bench/moments.py: drawn and sounded by numpy, seeded."""

import subprocess
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ranking.ffmpeg import exe

WIDTH, HEIGHT, FPS, RATE = 180, 320, 30, 16000
VARIANTS = 4
LEVELS = {"silence": 0.0, "room": 0.004, "talk": 0.08, "music": 0.12, "cheer": 0.35, "murmur": 0.05}


@dataclass
class Scene:
    """A clip in the making: its moment in seconds, how fast what is in it moves, and what is heard, over time."""

    seconds: float
    moment: tuple[float, float]
    rng: np.random.Generator
    strength: float  # 0 to 1: how much the moment stands out
    speed: np.ndarray  # pixels a frame that the subject moves
    sound: np.ndarray | None
    cuts: list[float] = field(default_factory=list)  # where another place begins
    effects: list[Callable[[int, np.ndarray], np.ndarray]] = field(default_factory=list)
    camera: np.ndarray | None = None  # pixels that the camera looks aside, in each frame

    def during(self, first: float, last: float, speed: float) -> None:
        self.speed[round(first * FPS) : round(last * FPS)] = speed

    def happens(self, speed: float) -> None:
        """Let the subject move in the moment, at most at this speed."""
        first, last = (round(second * FPS) for second in self.moment)
        usual = self.speed[first]
        self.speed[first:last] = usual + self.strength * (speed - usual)

    def cheers(self, gain: float = 1.0) -> None:
        """Let the moment be heard, at most at this gain."""
        self.hear(*self.moment, "cheer", gain * self.strength)

    def hear(self, first: float, last: float, kind: str, gain: float = 1.0) -> None:
        """Mix a kind of sound in, faded over 50 ms."""
        if self.sound is None:
            self.sound = np.zeros(round(self.seconds * RATE))
        at, end = round(first * RATE), min(round(last * RATE), len(self.sound))
        fade = np.minimum(np.arange(end - at), np.arange(end - at)[::-1]) / (0.05 * RATE)
        self.sound[at:end] += gain * LEVELS[kind] * _noise_like(kind, end - at, self.rng) * np.clip(fade, 0, 1)

    def spare(self, apart: float = 3.0) -> float:
        """Return a second that is far from the moment, for what should mislead."""
        first, last = self.moment
        free = [s for s in np.arange(0.5, self.seconds - 1.5, 0.25) if s < first - apart or s > last + apart]
        return float(self.rng.choice(free)) if free else 0.3


def _noise_like(kind: str, count: int, rng: np.random.Generator) -> np.ndarray:
    time = np.arange(count) / RATE
    noise = rng.standard_normal(count)
    if kind in ("talk", "murmur"):  # voiced syllables, four a second, with pauses
        pitch = 130 * (1 + 0.1 * np.sin(2 * np.pi * 0.7 * time))
        voice = sum(np.sin(2 * np.pi * k * np.cumsum(pitch) / RATE) / k for k in range(1, 12))
        syllables = np.clip(np.sin(2 * np.pi * 4 * time + rng.uniform(0, 6)), 0, 1) * (
            np.sin(2 * np.pi * 0.4 * time) > -0.7
        )
        return voice * syllables
    if kind == "music":
        return sum(np.sin(2 * np.pi * f * time) for f in (220, 277, 330)) * (
            0.6 + 0.4 * np.sign(np.sin(4 * np.pi * time))
        )
    return noise


def _blank(name: str) -> Scene:
    """Return a clip of 12 to 40 s in which nothing happens yet; its moment lasts 1 to 4 s."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    seconds, length, strength = round(float(rng.uniform(12, 40)), 2), rng.uniform(1, 4), rng.uniform(0.3, 1)
    start = float(rng.uniform(0.5, seconds - length - 0.5))
    speed = np.full(round(seconds * FPS), 0.3)
    return Scene(seconds, (start, start + float(length)), rng, float(strength), speed, None)


def quiet_loud_quiet(scene: Scene) -> None:
    scene.speed[:] = 2
    scene.hear(0, scene.seconds, "room")
    scene.cheers()


def still_burst_still(scene: Scene) -> None:
    scene.hear(0, scene.seconds, "murmur")
    scene.happens(9)


def sound_only(scene: Scene) -> None:
    scene.speed[:] = 0
    scene.hear(0, scene.seconds, "talk", 0.5)
    scene.cheers(0.6)


def motion_only(scene: Scene) -> None:
    scene.speed[:] = 1
    scene.happens(7)


def busy_shot(scene: Scene) -> None:
    """Several shots by hard cuts; the moment is the busy one, from cut to cut."""
    first, last = scene.moment
    scene.cuts = [
        first,
        last,
        *(s for s in np.arange(2.3, scene.seconds - 1, 4.1) if abs(s - first) > 2 < abs(s - last)),
    ]
    scene.hear(0, scene.seconds, "music")
    scene.speed[:] = 1
    scene.happens(8)


def loud_shot(scene: Scene) -> None:
    busy_shot(scene)
    scene.speed[:] = 2
    scene.sound = None
    scene.hear(0, scene.seconds, "murmur")
    scene.cheers(0.5)


def loud_clicks(scene: Scene) -> None:
    """Clicks of 60 ms at full level elsewhere; the moment moves and is heard."""
    scene.hear(0, scene.seconds, "room")
    scene.cheers(0.3)
    scene.happens(6)
    for _ in range(3):
        at = scene.spare()
        scene.hear(at, at + 0.06, "cheer", 4)


def camera_shake(scene: Scene) -> None:
    """The camera shakes for a second elsewhere."""
    scene.hear(0, scene.seconds, "murmur")
    scene.happens(8)
    scene.camera = np.zeros(len(scene.speed))
    at = round(scene.spare() * FPS)
    scene.camera[at : at + FPS] = scene.rng.uniform(-7, 7, FPS)[: len(scene.camera[at : at + FPS])]


def camera_pan(scene: Scene) -> None:
    """The camera pans slowly elsewhere."""
    scene.happens(8)
    at, pan = round(scene.spare() * FPS), 2 * FPS
    scene.camera = np.zeros(len(scene.speed))
    scene.camera[at : at + pan] = np.arange(pan)[: len(scene.camera[at : at + pan])] * 1.2
    scene.camera[at + pan :] = pan * 1.2


def flashes(scene: Scene) -> None:
    """A photographer's flashes elsewhere."""
    scene.hear(0, scene.seconds, "murmur")
    scene.happens(7)
    lit = {round(scene.spare() * FPS) + k for _ in range(3) for k in range(2)}
    scene.effects.append(lambda n, frame: np.minimum(frame * 1.5 + 110, 255) if n in lit else frame)


def black_parts(scene: Scene) -> None:
    """A second of black elsewhere, hard in and out."""
    scene.hear(0, scene.seconds, "talk", 0.6)
    scene.happens(6)
    scene.cheers(0.4)
    at = round(scene.spare() * FPS)
    scene.effects.append(lambda n, frame: frame * 0 + 16 if at <= n < at + FPS else frame)


def fade_in(scene: Scene) -> None:
    """Picture and music fade in over two seconds."""
    scene.hear(0, scene.seconds, "music", 0.5)
    scene.happens(8)
    scene.effects.append(lambda n, frame: frame * min(n / (2 * FPS), 1))
    scene.sound[: 2 * RATE] *= np.linspace(0, 1, 2 * RATE)


def talk_then_event(scene: Scene) -> None:
    """Somebody talks and gestures the whole time until something happens."""
    scene.speed[:] = 2.5
    scene.hear(0, scene.moment[0], "talk")
    scene.cheers(0.7)
    scene.hear(scene.moment[1], scene.seconds, "room")
    scene.happens(7)
    scene.during(scene.moment[1], scene.seconds, 0.5)


def music_throughout(scene: Scene) -> None:
    """Loud music covers all; only the picture tells."""
    scene.speed[:] = 2
    scene.hear(0, scene.seconds, "music", 2)
    scene.happens(8)


def false_start(scene: Scene) -> None:
    """A long middling stretch elsewhere, a short strong moment."""
    scene.hear(0, scene.seconds, "room")
    at = scene.spare()
    scene.during(at, at + 5, 3)
    scene.hear(at, min(at + 5, scene.seconds), "talk")
    scene.happens(9)
    scene.cheers(0.8)


KINDS = (
    *(quiet_loud_quiet, still_burst_still, sound_only, motion_only, busy_shot, loud_shot, loud_clicks, camera_shake),
    *(camera_pan, flashes, black_parts, fade_in, talk_then_event, music_throughout, false_start),
)


def make_scene(kind: Callable[[Scene], None], number: int, path: Path) -> tuple[float, float]:
    """Write the clip of a kind with this number and return its moment in seconds."""
    scene = _blank(f"{kind.__name__} {number}")
    kind(scene)
    wav = path.with_suffix(".raw")
    if scene.sound is not None:
        noise = scene.rng.standard_normal(len(scene.sound)) * 0.001
        wav.write_bytes((np.clip(scene.sound + noise, -1, 1) * 32767).astype("<i2").tobytes())
    picture = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "pipe:0"]
    sound = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", str(wav)] if scene.sound is not None else []
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-pix_fmt", "yuv420p", "-threads", "1"]
    argv = [exe(), "-v", "error", "-y", *picture, *sound, *codec, str(path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as process:
        for frame in _frames(scene):
            process.stdin.write(frame.tobytes())
        process.stdin.close()
        if process.wait():
            raise RuntimeError(f"{path} could not be made")
    wav.unlink(missing_ok=True)
    return scene.moment


def _texture(rng: np.random.Generator, height: int, width: int, grain: int) -> np.ndarray:
    coarse = rng.uniform(40, 200, (height // grain + 2, width // grain + 2))
    return np.kron(coarse, np.ones((grain, grain)))[:height, :width]


def _frames(scene: Scene):
    """Draw the frames: a textured place, a textured subject that goes round in it, sensor noise, the effects."""
    rng, margin = scene.rng, 160
    cuts = sorted(round(cut * FPS) for cut in scene.cuts)
    places = [_texture(rng, HEIGHT, WIDTH + 2 * margin, int(rng.integers(8, 24))) for _ in range(len(cuts) + 1)]
    subject = _texture(rng, 90, 70, 10) * 1.2
    noise = [rng.normal(0, 3, (HEIGHT, WIDTH)) for _ in range(8)]
    turn = 0.0
    for n in range(len(scene.speed)):
        place = places[sum(cut <= n for cut in cuts)]
        aside = int(scene.camera[n]) if scene.camera is not None else 0
        frame = place[:, margin + aside : margin + aside + WIDTH].copy()
        turn += scene.speed[n] / 50
        x, y = int(55 + 50 * np.sin(turn)) - aside, int(115 + 70 * np.sin(1.3 * turn))
        left, right = max(x, 0), min(x + 70, WIDTH)
        if right > left:
            frame[y : y + 90, left:right] = subject[:, left - x : right - x]
        frame = frame + noise[n % 8]
        for effect in scene.effects:
            frame = effect(n, frame)
        yield np.clip(frame, 0, 255).astype(np.uint8)
