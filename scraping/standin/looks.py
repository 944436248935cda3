"""Thirty different moving pictures, each a function of its number and the time: six motifs in five palettes."""

from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image

SIZE = (136, 240)  # pixels, across and down
PALETTES = (
    ((18, 20, 60), (250, 90, 110), (255, 214, 102)),
    ((8, 60, 56), (120, 230, 180), (250, 250, 210)),
    ((70, 14, 70), (240, 130, 250), (120, 220, 255)),
    ((30, 30, 30), (255, 140, 30), (240, 240, 240)),
    ((10, 50, 110), (90, 180, 250), (255, 120, 160)),
)
_Y, _X = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float32)
_CX, _CY = SIZE[0] / 2, SIZE[1] / 2


def paint(number: int, moment: float) -> np.ndarray:
    """The picture at that second: rows x columns x 3, uint8."""
    motif = MOTIFS[number % len(MOTIFS)]
    palette = np.array(PALETTES[number // len(MOTIFS) % len(PALETTES)], np.float32)
    light = motif(moment + 1.7 * number, 1 + number * 0.37)  # 0 to 1
    low, middle, high = palette
    share = (0.65 * light + 0.35 * _lit(number))[..., None]
    mixed = np.where(share < 0.5, low + (middle - low) * share * 2, middle + (high - middle) * (share - 0.5) * 2)
    return np.clip(mixed, 0, 255).astype(np.uint8)


@cache
def _lit(number: int) -> np.ndarray:
    """A light of its own for each picture, so that none is taken for another of its motif; 0 to 1."""
    spots = np.random.default_rng(number).integers(0, 256, (5, 3), np.uint8)
    return np.asarray(Image.fromarray(spots).resize(SIZE, Image.Resampling.BICUBIC), np.float32) / 255


def _balls(moment: float, way: float) -> np.ndarray:
    """Balls that jump up and down, each in its own time."""
    light = np.full_like(_X, 0.1)
    for ball in range(5):
        x = SIZE[0] * (ball + 0.5) / 5
        y = SIZE[1] * 0.9 - abs(np.sin(moment * (1.3 + 0.35 * ball) + way * ball)) * SIZE[1] * 0.6
        light[(_X - x) ** 2 + (_Y - y) ** 2 < (9 + 2 * ball) ** 2] = 0.4 + 0.15 * ball
    return light


def _waves(moment: float, way: float) -> np.ndarray:
    return 0.5 + 0.25 * np.sin(_X / (5 + way) + 3 * moment) + 0.25 * np.sin(_Y / (7 + way) - 2.2 * moment)


def _bars(moment: float, way: float) -> np.ndarray:
    """Columns that rise and fall as those of an equaliser."""
    column = np.floor(_X / 17)
    height = (0.5 + 0.45 * np.sin(moment * 4 + column * way)) * SIZE[1] * 0.75
    return np.where(SIZE[1] - _Y < height, 0.35 + 0.08 * column, 0.0)


def _spiral(moment: float, way: float) -> np.ndarray:
    far, turn = np.hypot(_X - _CX, _Y - _CY), np.arctan2(_Y - _CY, _X - _CX)
    return 0.5 + 0.5 * np.sin(turn * (2 + int(way) % 4) + far / (4 + way) - 3 * moment)


def _squares(moment: float, way: float) -> np.ndarray:
    side = 14 + 8 * np.sin(moment + way)
    return ((np.floor((_X + 20 * moment) / side) + np.floor((_Y - 14 * moment) / side)) % 3) / 2


def _figure(moment: float, way: float) -> np.ndarray:
    """A figure of sticks that dances."""
    beat = moment * (3 + way % 2)
    hip = np.array([_CX + 12 * np.sin(beat), _CY + 25 + 6 * np.cos(2 * beat)])
    neck = hip + _by(6 * np.sin(beat + 1), -62)
    light = 0.12 + 0.1 * np.sin(_Y / 20 + moment)
    parts = [(hip, neck), (neck, neck + _by(-34 * np.cos(beat), -26 * np.sin(beat * 1.5)))]
    parts += [(neck, neck + _by(34 * np.cos(beat * 1.2), -26 * np.cos(beat * 1.5)))]
    parts += [(hip, hip + _by(-20 + 10 * np.sin(beat), 66)), (hip, hip + _by(20 + 10 * np.cos(beat), 66))]
    for start, end in parts:
        light[_near(start, end) < 6] = 0.95
    light[(_X - neck[0]) ** 2 + (_Y - neck[1] + 18) ** 2 < 15**2] = 0.55
    return light


def _by(across: float, down: float) -> np.ndarray:
    return np.array([across, down])


def _near(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Each pixel's distance from a line, in pixels."""
    dx, dy = end - start
    along = np.clip(((_X - start[0]) * dx + (_Y - start[1]) * dy) / (dx * dx + dy * dy + 1e-6), 0, 1)
    return np.hypot(_X - start[0] - along * dx, _Y - start[1] - along * dy)


MOTIFS: tuple[Callable[[float, float], np.ndarray], ...] = (_figure, _balls, _waves, _bars, _spiral, _squares)
