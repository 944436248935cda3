"""A toothed wheel rolls in a ring and four pens on it draw a flower of light; then the flower melts away."""

import numpy as np
from PIL import Image, ImageDraw

from rendering.demo import sound
from rendering.demo.canvas import (
    HEIGHT,
    RATE,
    WIDTH,
    Floats,
    Frame,
    Painter,
    colour,
    cover,
    enlarge,
    glow,
    grid,
    premultiplied,
    ramp,
    sign,
    tone,
)

SECONDS = 10.0
DRAWN = 8.8  # seconds until the flower is whole
MELT = 0.8  # seconds of fading at the end
TURNS, PETALS = 10, 27  # after so many rounds the pens are back where they began
CENTRE = np.array([WIDTH / 2, 636.0])
RING = 318.0  # pixels, inner radius
WHEEL = RING * TURNS / PETALS
PENS = np.array([0.90, 0.70, 0.46, 0.22]) * WHEEL  # pixels from the wheel's middle
TINTS = ramp(["ffb84d", "ff4f8b", "8f6bff", "2fd8ff"], 4)
STEPS = 240  # points of each pen for one frame of 1/30 s
TEETH = 3  # teeth of the wheel for each turn, so that wheel and ring mesh
DRAWN_FRAMES = round(DRAWN * RATE)
WHEEL_SCALE = 3  # the wheel is drawn so much larger, then shrunk: antialiasing


def pens(share: np.ndarray) -> np.ndarray:
    """Where the pens are: (4, n, 2) in pixels, for shares of the whole flower from 0 to 1."""
    middle, arm = _middle(share), _arm(share)
    return middle[None] + PENS[:, None, None] * arm[None]


def _middle(share: np.ndarray) -> np.ndarray:
    turn = 2 * np.pi * TURNS * share - np.pi / 2
    return CENTRE + (RING - WHEEL) * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def _arm(share: np.ndarray) -> np.ndarray:
    turn = -2 * np.pi * (PETALS - TURNS) * share - np.pi / 2
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)


class _Paper:
    """What is drawn so far: ink in full size, its halo four times coarser; frames may be asked for in any order."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Back to black paper."""
        self.drawn = 0
        self.light = np.zeros((HEIGHT * WIDTH, 3), dtype=np.float32)
        self.ink = np.zeros((HEIGHT * WIDTH, 3), dtype=np.uint8)
        self.halo = np.zeros((HEIGHT // 4, WIDTH // 4, 3), dtype=np.float32)

    def draw_to(self, frame: int) -> None:
        """Draw on, one frame after the other, until this many are drawn."""
        if frame < self.drawn:
            self.clear()
        for index in range(self.drawn, frame):
            share = (index + (np.arange(STEPS) + 0.5) / STEPS) / DRAWN_FRAMES
            self._line(pens(share))
        self.drawn = frame

    def _line(self, points: np.ndarray) -> None:
        offsets = np.arange(-2, 3)
        base = np.floor(points).astype(np.int64)
        near = base[..., None] + offsets  # (4, n, 2, 5)
        weight = np.exp(-(((near + 0.5 - points[..., None]) / 0.95) ** 2) / 2)
        pace = np.linalg.norm(np.gradient(points, axis=1), axis=2)  # so that slow and fast strokes are equally bright
        spots = (near[:, :, 1, :, None] * WIDTH + near[:, :, 0, None, :]).reshape(4, -1)
        gains = (weight[:, :, 1, :, None] * weight[:, :, 0, None, :] * pace[..., None, None]).reshape(4, -1)
        for pen in range(4):
            unique, inverse = np.unique(spots[pen], return_inverse=True)
            fresh = np.bincount(inverse, gains[pen]).astype(np.float32)[:, None]
            self.light[unique] += 0.34 * fresh * (TINTS[pen] + 0.06)
            self.ink[unique] = tone(self.light[unique] * 1.1) * np.float32(0.86)
        self.halo += glow(points[:, ::40].reshape(-1, 2), np.repeat(TINTS * 0.014, 6, axis=0), 13.0)


def _wheel(share: float) -> tuple[Floats, int, int]:
    """The glass wheel, turned as at this share, as a stamp with its corner."""
    (x, y), (ax, ay) = _middle(np.array([share]))[0], _arm(np.array([share]))[0]
    half, scale, turn = int(WHEEL) + 10, WHEEL_SCALE, np.arctan2(ay, ax)
    left, top = int(x) - half, int(y) - half
    at = (np.array([x - left, y - top])) * scale
    corner = np.linspace(0, 2 * np.pi, TEETH * TURNS * 8, endpoint=False)
    radius = (WHEEL - 5 + 5 * np.clip(1.6 * np.sin(TEETH * TURNS * corner), -1, 1)) * scale
    outline = at + radius[:, None] * np.stack([np.cos(corner + turn), np.sin(corner + turn)], axis=1)
    glass = Image.new("L", (2 * half * scale, 2 * half * scale), 0)
    brush = ImageDraw.Draw(glass)
    brush.polygon([tuple(p) for p in outline], fill=34)
    brush.line([tuple(p) for p in [*outline, outline[0]]], fill=150, width=4)
    for order, pen in enumerate(PENS):
        for side in (0, 2.1, 4.2):
            spot = at + pen * scale * np.array([np.cos(turn + side), np.sin(turn + side)])
            size = (8 - order) * scale * (1 if side == 0 else 0.8)
            brush.ellipse([*(spot - size), *(spot + size)], fill=10, outline=110, width=3)
    shape = np.asarray(glass.reduce(scale), np.float32) / 255
    return premultiplied(np.broadcast_to(colour("d5e4ff"), (*shape.shape, 3)), shape), left, top


def _ring() -> Frame:
    """The dark table with the toothed ring on it."""
    x, y = grid(WIDTH, HEIGHT)
    far = np.hypot(x - CENTRE[0], y - CENTRE[1])
    angle = np.arctan2(y - CENTRE[1], x - CENTRE[0])
    table = np.exp(-((far / 520) ** 2))[..., None] * colour("1c1436") + colour("06060f")
    inner = RING + 2 + 4 * np.clip(1.6 * np.sin(TEETH * PETALS * angle), -1, 1)
    band = np.clip(far - inner + 0.5, 0, 1) * np.clip(RING + 30 - far + 0.5, 0, 1)
    edge = np.exp(-(((far - inner) / 1.3) ** 2)) + np.exp(-(((far - RING - 30) / 1.3) ** 2))
    gleam = 0.5 + 0.5 * np.cos(2 * (angle + 0.9))
    table += (0.05 * band + (0.10 + 0.22 * gleam) * edge)[..., None] * colour("c6d6ff")
    return (np.clip(table, 0, 1) * 252).astype(np.uint8)


def _add(under: Frame, over: Frame) -> Frame:
    """The sum of two pictures that stops at white."""
    total = under + over
    total[total < over] = 255
    return total


def paint() -> Painter:
    """The painter of the flower."""
    paper, table = _Paper(), _ring()

    def at(moment: float) -> Frame:
        number = min(round(moment * RATE), DRAWN_FRAMES)
        paper.draw_to(number)
        share = number / DRAWN_FRAMES
        tips = pens(np.array([share]))[:, 0]
        melt = float(np.clip((moment - SECONDS + MELT) / MELT, 0, 1))
        present = float(np.clip(moment / 0.3, 0, 1) * np.clip((DRAWN + 0.4 - moment) / 0.4, 0, 1))
        breath = 1 + 0.5 * np.exp(-(((moment - DRAWN - 0.25) / 0.22) ** 2))
        light = paper.halo * ((1 - melt) * breath) + glow(tips, TINTS * (0.75 * present), 11.0)
        ink = paper.ink.reshape(HEIGHT, WIDTH, 3)
        if melt:
            ink = (ink * np.float32((1 - melt) ** 1.5)).astype(np.uint8)
        frame = _add(_add(table, enlarge(tone(light))), ink)
        wheel, left, top = _wheel(share)
        cover(frame, wheel * np.float32(present), left, top)
        return sign(frame)

    return at


def listen() -> Floats:
    """A warm pad, and a plucked string at each petal, SECONDS long."""
    melody = (0, 2, 4, 7, 5, 4, 2, 3, 5)
    strikes = []
    for petal in range(PETALS):
        when = petal * DRAWN / PETALS
        note = sound.pentatonic(melody[petal % len(melody)] + petal // len(melody), 62)
        strikes.append((when, sound.harp(note), 0.6 * np.sin(2 * np.pi * TURNS * petal / PETALS)))
    strikes += [(DRAWN + 0.05 * i, 0.7 * sound.harp(sound.pentatonic(i * 2, 62), 2.2), 0.2 * i - 0.4) for i in range(5)]
    song = 0.7 * sound.place(strikes, SECONDS) + 0.55 * sound.pad([38, 50, 57, 62, 66], SECONDS)
    return sound.hall(song, 2.0, 0.4)
