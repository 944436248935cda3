"""A wall of round pins rises and sinks in slow waves; the higher a pin, the wider and the brighter its head."""

import numpy as np

from rendering.demo import sound
from rendering.demo.canvas import HEIGHT, WIDTH, Floats, Frame, Painter, colour, ramp, sign

SECONDS = 10.0
CELL = 36  # pixels from pin to pin
LEVELS = 160  # heights that are drawn: enough that no step is seen
ROWS, COLUMNS = -(-HEIGHT // CELL), WIDTH // CELL + 1
HEADS = ramp(["221a5c", "45258f", "8a2a9c", "e0457b", "ff8a4c", "ffd36b", "fff6d8"], LEVELS)


def _bank() -> Frame:
    """A picture of one pin for each height: (LEVELS, CELL, CELL, 3)."""
    y, x = (np.mgrid[0:CELL, 0:CELL].astype(np.float32) - (CELL - 1) / 2)[:, None]
    pictures = np.empty((LEVELS, CELL, CELL, 3), dtype=np.uint8)
    for level in range(LEVELS):
        high = level / (LEVELS - 1)
        radius = 5.5 + 11.8 * high
        floor = np.broadcast_to(colour("0b0a1f") + 0.05 * high * HEADS[level], (CELL, CELL, 3))
        drop = np.hypot(x - 1 - 3 * high, y - 1 - 4 * high)
        picture = floor * (1 - 0.6 * np.clip((radius + 2 - drop) / 5, 0, 1))[..., None]
        far = np.hypot(x, y) / radius
        lit = 0.82 + 0.26 * (-0.6 * x - 0.8 * y) / radius - 0.20 * far**3
        dot = np.exp(-(((x + 0.34 * radius) ** 2 + (y + 0.42 * radius) ** 2) / (0.24 * radius) ** 2))
        head = np.clip(HEADS[level] * lit[..., None] + (0.10 + 0.42 * high) * dot[..., None], 0, 1)
        share = np.clip((1 - far) * radius + 0.5, 0, 1)[..., None]
        pictures[level] = (picture * (1 - share) + head * share) * 252
    return pictures


def heights(moment: float) -> Floats:
    """How high each pin stands, 0 to 1: (ROWS, COLUMNS). All waves make whole turns in SECONDS."""
    row, column = np.mgrid[0:ROWS, 0:COLUMNS].astype(np.float32)
    x = (column + 0.5 * (1 - row % 2) - COLUMNS / 2) / COLUMNS
    y = (row - ROWS / 2) / COLUMNS
    clock = 2 * np.pi * moment / SECONDS
    eye = np.stack([0.26 * np.cos(clock), 0.40 * np.sin(clock)])
    rings = np.sin(9.0 * np.hypot(x - eye[0], y - eye[1]) - 4 * clock)
    slant = np.sin(4.2 * x + 3.1 * y + 2 * clock + 1.1 * np.sin(2.4 * y - clock))
    swell = np.sin(2.2 * y - 2 * clock)
    return np.clip(0.5 + 0.30 * rings + 0.17 * slant + 0.10 * swell, 0, 1)


def paint() -> Painter:
    """The painter of the waves."""
    bank = _bank()

    def at(moment: float) -> Frame:
        level = np.rint(heights(moment) ** 1.15 * (LEVELS - 1)).astype(np.intp)
        strips = bank[level].transpose(0, 2, 1, 3, 4).reshape(ROWS, CELL, COLUMNS * CELL, 3)
        frame = np.empty((ROWS, CELL, WIDTH, 3), dtype=np.uint8)
        frame[0::2] = strips[0::2, :, :WIDTH]
        frame[1::2] = strips[1::2, :, CELL // 2 : CELL // 2 + WIDTH]
        return sign(frame.reshape(ROWS * CELL, WIDTH, 3)[:HEIGHT].copy())

    return at


def listen() -> Floats:
    """Slow surf that swells as the rings do, a warm chord, and a few far bells, SECONDS long."""
    clock = np.arange(int(SECONDS * sound.RATE), dtype=np.float32)[:, None] / sound.RATE
    swell = (0.5 + 0.5 * np.sin(2 * np.pi * 4 * clock / SECONDS + np.array([0, 0.7], dtype=np.float32))) ** 2
    song = 0.10 * sound.surf(SECONDS, 180, 1400, 11) * (0.15 + swell)
    song += 0.5 * sound.pad([41, 48, 57, 60, 64], SECONDS)
    steps = (4, 7, 5, 9, 8, 5, 7, 2)
    strikes = [
        ((i + 0.25) * SECONDS / 8, 0.28 * sound.bell(sound.pentatonic(step, 65), 2.4), 0.5 * (-1) ** i)
        for i, step in enumerate(steps)
    ]
    return sound.hall(song + sound.place(strikes, SECONDS), 2.6, 0.4)
