"""Rain on a moonlit pond: each drop is a ring that travels through the mirrored sky, and a tuned plink."""

import numpy as np

from rendering.demo import sound
from rendering.demo.canvas import (
    HEIGHT,
    WIDTH,
    Floats,
    Frame,
    Painter,
    colour,
    enlarge,
    grid,
    hill,
    premultiplied,
    ramp,
    sign,
)

SECONDS = 10.0
STEP = 3  # the water is reckoned on a grid so much coarser than the frame: it has no sharp edges
LIVES = 3.6  # seconds until a ring is gone
PACE = 190.0  # pixels a second
DROPS = 22
MOON = (440.0, 430.0)
# x, y, size in pixels, turn in radians of each lily pad
PADS = ((70, 905, 118, 0.5), (196, 1010, 84, 2.2), (655, 300, 92, 3.6), (640, 930, 62, 1.4), (44, 250, 66, 5.4))
LOTUS = (120.0, 872.0)


def _drops() -> np.ndarray:
    """When and where drops fall: rows of (second, x, y, strength), steady but no machine, far from each other."""
    rng, rows = np.random.default_rng(20), []
    for index in range(DROPS):
        tries = rng.uniform((110, 220), (620, 1080), (12, 2))
        last = np.array([row[1:3] for row in rows[-3:]] or [(360, 2000)])
        apart = np.linalg.norm(tries[:, None] - last[None], axis=2).min(axis=1)
        x, y = tries[apart.argmax()]
        rows.append((SECONDS * (index + rng.uniform(-0.28, 0.28)) / DROPS % SECONDS, x, y, rng.uniform(0.6, 1.0)))
    return np.array(rows)


def _sky() -> Frame:
    """The sky that the water mirrors, a little larger than the frame on all sides: dusk, soft clouds and the moon."""
    x, y = grid(WIDTH, HEIGHT)
    bands = ramp(["0a1233", "0f2a58", "154a70", "23767f", "1b5f7a", "10355f", "081a40", "050d26"], HEIGHT)[:, None]
    drift = np.sin(x / 210 + 1.4 * np.sin(y / 160)) * np.sin(y / 95 + x / 340 + 0.6)
    sky = bands * (1 + 0.16 * drift[..., None]) + np.zeros((1, WIDTH, 1), dtype=np.float32)
    far = np.hypot(x - MOON[0], y - MOON[1])
    sky += (0.5 - 0.5 * np.tanh((far - 88) / 8))[..., None] * (colour("ffdf94") + 0.12 * drift[..., None]) * 1.9
    sky += (0.50 * np.exp(-far / 90) + 0.22 * np.exp(-far / 300))[..., None] * colour("ffcf94")
    return (252 * (1 - np.exp(-1.35 * np.clip(sky, 0, 3)))).astype(np.uint8)


def _pad(size: float, turn: float) -> Floats:
    """The stamp of a lily pad with its notch, its veins and the moon on its edge."""
    half = int(size) + 3
    y, x = (np.mgrid[-half : half + 1, -half : half + 1]).astype(np.float32)
    y = y / 0.86
    far, angle = np.hypot(x, y), np.arctan2(y, x) - turn
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    edge = size * (1 + 0.012 * np.sin(9 * angle)) - far
    notch = (np.abs(angle) - 0.20) * far
    veins = np.abs(np.sin(5.5 * angle)) * far / 5.5
    light = 0.60 - 0.22 * (x + y) / size + 0.26 * (far / size) ** 2
    green = colour("1d6b52") * light[..., None] + colour("0c3f3c") * (1 - far / size)[..., None] * 0.4
    green += (0.16 * np.exp(-((veins / 1.6) ** 2)) * (far > 6))[..., None] * colour("8fe0b0")
    rim = np.exp(-(((edge - 2.5) / 2.2) ** 2)) * np.clip(0.45 + 0.5 * np.cos(angle + turn + 1.1), 0, 1)
    rgb = np.clip(green + rim[..., None] * colour("ffe2b0") * 0.7, 0, 1)
    return premultiplied(rgb, np.clip(edge + 0.5, 0, 1) * np.clip(notch + 0.5, 0, 1))


def _petal(length: float, turn: float, tint: Floats) -> Floats:
    """The stamp of one lotus petal that points from the middle outwards."""
    half = int(length) + 4
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    u, v = (x * np.cos(turn) + y * np.sin(turn)) / length, (-x * np.sin(turn) + y * np.cos(turn)) / length
    width = 0.30 * np.sqrt(np.clip(u * (1 - u), 0, 1)) * (1 + 0.5 * u) * 1.35
    inside = np.clip((width - np.abs(v)) * length + 0.5, 0, 1) * (u > 0) * (u < 1)
    light = 0.42 + 0.66 * u - 1.3 * np.abs(v) + 0.02 * np.cos(70 * v)
    rgb = np.clip(tint * light[..., None] + 0.22 * np.clip(u, 0, 1)[..., None] ** 3, 0, 1)
    return premultiplied(rgb, inside.astype(np.float32))


def _plants() -> tuple[Floats, Floats]:
    """What floats on the water, in full size: how much of the water is seen (h, w, 1), and what is added to it."""
    through, light = np.ones((HEIGHT, WIDTH, 1), dtype=np.float32), np.zeros((HEIGHT, WIDTH, 3), dtype=np.float32)

    def lay(layer: Floats, x: float, y: float, strength: float = 1.0) -> None:
        high, wide = layer.shape[:2]
        left, top = int(x - wide / 2), int(y - high / 2)
        x0, x1 = max(left, 0), min(left + wide, WIDTH)
        layer = layer[:, x0 - left : x1 - left] * np.float32(strength)
        box = slice(top, top + high), slice(x0, x1)
        light[box] = light[box] * (1 - layer[..., 3:]) + layer[..., :3]
        through[box] *= 1 - layer[..., 3:]

    for x, y, size, turn in PADS:
        shade = _pad(size, turn) * np.array([0, 0, 0, 0.45], dtype=np.float32)
        lay(shade, x + 7, y + 12)
        lay(_pad(size, turn), x, y)
    for ring, (count, length, tint) in enumerate(((9, 74, "e0568f"), (8, 60, "f286ad"), (6, 42, "ffc0d0"))):
        for index in range(count):
            lay(_petal(length, 2 * np.pi * (index + 0.5 * ring) / count - 0.4, colour(tint)), *LOTUS)
    y, x = np.mgrid[-12:13, -12:13].astype(np.float32)
    heart = np.clip(11.5 - np.hypot(x, y), 0, 1)
    lay(premultiplied(colour("ffd76a") * (0.9 + 0.1 * np.cos(x * 1.7) * np.cos(y * 1.7))[..., None], heart), *LOTUS)
    return through, light


def _rings(drops: np.ndarray, far: Floats, moment: float) -> Floats:
    """How high the water stands: every drop of the last LIVES seconds is a packet of waves that widens and fades."""
    water = np.zeros(far.shape[1:], dtype=np.float32)
    for (second, _, _, strength), away in zip(drops, far, strict=True):
        age = (moment - second) % SECONDS
        if age < LIVES:
            front = away - np.float32(PACE * age)
            wide = np.float32(11.3 + 11.3 * age)  # pixels, one sigma
            fade = strength * min(1, age / 0.06) * np.exp(-age / 1.1) * (1 - age / LIVES)
            water += np.float32(fade) * hill(front / wide) * np.cos(front * np.float32(2 * np.pi / 40))
    return water


def paint() -> Painter:
    """The painter of the pond."""
    drops, sky, (through, light) = _drops(), _sky(), _plants()
    x, y = grid(WIDTH // STEP, HEIGHT // STEP)
    far = np.stack([np.hypot(x - px, y - py) for _, px, py, _ in drops]).astype(np.float32)
    spots = np.flatnonzero(through < 1)
    seen, added = through.reshape(-1, 1)[spots], light.reshape(-1, 3)[spots]

    def at(moment: float) -> Frame:
        clock = 2 * np.pi * moment / SECONDS
        water = _rings(drops, far, moment)
        water += 0.05 * np.sin(x / 31 + y / 23 + 3 * clock) + 0.05 * np.sin(x / 47 - y / 19 + 2 * clock)
        slope_y, slope_x = np.gradient(water)
        at_x = np.clip(x + 300 * slope_x, 0, WIDTH - 1).astype(np.intp)
        at_y = np.clip(y + 300 * slope_y, 0, HEIGHT - 1).astype(np.intp)
        gleam = np.clip(-0.55 * slope_x - 0.8 * slope_y, -0.12, 0.5)[..., None]
        lit = sky.reshape(-1, 3).take(at_y * WIDTH + at_x, axis=0) * (1 + 1.9 * gleam) + 430 * np.clip(
            gleam, 0, 1
        ) ** 1.2 * colour("ffe9cf")
        frame = enlarge(np.clip(lit, 0, 252).astype(np.uint8))
        pixels = frame.reshape(-1, 3)
        pixels[spots] = (pixels.take(spots, axis=0) * seen + added).astype(np.uint8)
        return sign(frame)

    return at


def listen() -> Floats:
    """A plink for each drop, far rain and a low chord, SECONDS long."""
    rng = np.random.default_rng(5)
    strikes = []
    for second, x, _, strength in _drops():
        note = sound.pentatonic(int(rng.integers(0, 11)), 67)
        strikes.append((second, 0.8 * strength * sound.droplet(note), 1.4 * (x / WIDTH - 0.5)))
    song = sound.place(strikes, SECONDS) + 0.012 * sound.surf(SECONDS, 900, 5200, 4)
    return sound.hall(song + 0.16 * sound.pad([43, 50, 59, 62], SECONDS), 2.4, 0.5)
