"""Marbles hop down a stair of wooden bars; each hop is a note of a marimba and the bar gives way a little."""

import numpy as np
from PIL import Image

from rendering.demo import sound
from rendering.demo.canvas import (
    HEIGHT,
    WIDTH,
    Floats,
    Frame,
    Painter,
    ball,
    blurred,
    colour,
    grid,
    premultiplied,
    ramp,
    shade,
    sign,
    stamp,
)

SECONDS = 9.0
HOP = 0.6  # seconds from bar to bar
EVERY = 1.0  # seconds from marble to marble: with HOP it makes a steady pattern of fifths of a second
PULL = 2750.0  # pixels a second squared
RADIUS = 29.0
BARS = 8
NOTES = (84, 81, 79, 76, 74, 72, 69, 67)  # from the top bar down
TINTS = ramp(["ff5d5d", "ff9f43", "ffd23f", "3ecf8e", "2bb3ff", "7a6bff", "ff6fb5"], 9)
CENTRES = np.array([(190 if i % 2 == 0 else 530, 290 + 106 * i) for i in range(BARS)], dtype=np.float64)
LONGS = np.linspace(196, 248, BARS)  # pixels; the lower a bar, the lower its note and the longer it is
THICK, LEAN = 34.0, 0.17  # pixels, radians towards the middle

# A marble's landings: one on each bar, with the place it comes from above and where it falls out of sight below.
LANDINGS = np.concatenate([[(400, -190)], CENTRES - (0, RADIUS + THICK / 2 - 1), [(190, 1400)]])


def fall(age: Floats) -> np.ndarray:
    """Where a marble is (n, 2) so many seconds after it hits the first bar, from -HOP to BARS * HOP."""
    hop = np.clip(np.floor(age / HOP), -1, BARS - 1).astype(int)
    time = (age - hop * HOP)[:, None]
    start, end = LANDINGS[hop + 1], LANDINGS[hop + 2]
    pace = (end - start) / HOP - np.array([0, PULL * HOP / 2])
    return start + pace * time + np.array([0, PULL / 2]) * time**2


def _bar(index: int) -> Floats:
    """The stamp of a wooden bar, leaning to the middle, with grain, two pegs and a lit upper edge."""
    lean, long = LEAN if index % 2 == 0 else -LEAN, LONGS[index]
    wide, high = 272, 104
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32) - np.array([(high - 1) / 2, (wide - 1) / 2])[:, None, None]
    u, v = x * np.cos(lean) + y * np.sin(lean), -x * np.sin(lean) + y * np.cos(lean)
    edge = np.hypot(np.maximum(np.abs(u) - long / 2 + 15, 0), np.maximum(np.abs(v) - THICK / 2 + 15, 0)) - 15
    rng = np.random.default_rng(index)
    rows = np.convolve(rng.standard_normal(96), np.hanning(7) / 3, "same")
    grain = np.interp(v * 1.15 + 2.2 * np.sin(u / 47 + index) + 44, np.arange(96), rows)
    wood = colour("b8703a") + (grain * 0.035)[..., None] * np.array([1, 0.8, 0.55], dtype=np.float32)
    light = 0.26 * np.exp(-(((v + THICK / 2 - 3) / 3.5) ** 2)) - 0.24 * np.clip((v + 2) / THICK * 2, 0, 1) ** 1.5
    rgb = wood * (1 + light)[..., None] + 0.30 * np.clip(light, 0, 1)[..., None]
    for peg in (-1, 1):
        far = np.hypot(u - peg * (long / 2 - 24), v)
        brass = colour("f4d9a0") * (0.75 - 0.035 * (u - peg * (long / 2 - 24) + 1.4 * v))[..., None]
        rgb = np.where(far[..., None] < 6, brass, rgb * (1 - 0.4 * np.exp(-(((far - 7) / 1.8) ** 2)))[..., None])
    return premultiplied(np.clip(rgb, 0, 1), np.clip(0.5 - edge, 0, 1))


def _wall(bars: list[Floats]) -> Frame:
    """The warm wall, with the soft shadows of the bars on it."""
    x, y = grid(WIDTH, HEIGHT)
    light = np.exp(-(((x - 250) / 620) ** 2 + ((y - 420) / 760) ** 2))[..., None]
    wall = colour("e39a72") * (1 - light) + colour("ffe9cf") * light
    wall += np.random.default_rng(3).normal(0, 0.006, (HEIGHT, WIDTH, 1))
    frame = (np.clip(wall, 0, 1) * 255).astype(np.uint8)
    for centre, bar in zip(CENTRES, bars, strict=True):
        soft = Image.fromarray((bar[..., 3] * 255).astype(np.uint8))
        soft = (
            Image.fromarray(np.pad(np.asarray(soft), 40)).resize((44, 23)).resize((352, 184), Image.Resampling.BICUBIC)
        )
        dark = np.broadcast_to(colour("6b2f14"), (184, 352, 3))
        stamp(frame, premultiplied(dark, np.asarray(soft, np.float32) / 255 * 0.42), centre[None] + (22, 40))
    return frame


def paint() -> Painter:
    """The painter of the marbles."""
    bars = [_bar(index) for index in range(BARS)]
    wall, shadow = _wall(bars), shade(100, 100, 0.5)
    marbles = [ball(RADIUS, tint) for tint in TINTS]
    count = round(SECONDS / EVERY)

    def at(moment: float) -> Frame:
        frame = wall.copy()
        ages = (moment - np.arange(count) * EVERY + HOP) % SECONDS - HOP
        live = [i for i in range(count) if ages[i] < BARS * HOP]
        shut = {i: blurred(fall, ages[i], 5) for i in live}
        for i in live:
            stamp(frame, shadow, shut[i][:1] + np.array([24, 42]))
        for index, (centre, bar) in enumerate(zip(CENTRES, bars, strict=True)):
            since = (moment - index * HOP) % EVERY
            dip = 7 * np.exp(-since / 0.10) * np.sin(2 * np.pi * since / 0.16)
            lit = np.array([60, 42, 20, 0], dtype=np.float32) * np.float32(np.exp(-since / 0.18))
            stamp(frame, bar + lit * bar[..., 3:], centre[None] + (0, dip))
        for i in live:
            stamp(frame, marbles[i], shut[i])
        return sign(frame)

    return at


def listen() -> Floats:
    """A note of the marimba for each hop, SECONDS long."""
    strikes = []
    for marble in range(round(SECONDS / EVERY)):
        for index, note in enumerate(NOTES):
            side = -0.45 if index % 2 == 0 else 0.45
            strikes.append((marble * EVERY + index * HOP, sound.marimba(note) * (0.8 if index else 1.0), side))
    song = sound.place(strikes, SECONDS)
    song += 0.10 * sound.pad([43, 50, 55, 60], SECONDS)
    return sound.hall(song, 1.3, 0.25)
