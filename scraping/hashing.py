"""What a picture looks like, in hashes by which a copy is known that was cropped, mirrored, captioned or encoded anew.

A hash holds the signs of the 63 slowest waves (DCT) of a picture of 32x32 greys. It stays much the same whatever the
encoder, the brightness or a caption does. Mirroring turns the sign of every second wave, so it needs no hash of its
own. A crop moves everything: so each picture has hashes of the parts that are likely to be cut out of it, too.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from scraping.pictures import FLAT

SIDE = 32  # greys across and down that are looked at
WAVES = 8  # across and down that are kept
MOST_FRAMES = 6
CALM = 5.0  # the same, of a row or column of a bar
DARK, LIGHT = 30.0, 232.0  # mean luma of bars: black or white ones
LEAST_LEFT = 0.25  # of width or height; where the bars would leave less, they are none

# left, top, right, bottom as shares of the picture: all of it, its middle, its corners, without one side or two.
_CENTRES = tuple((0.5 - s / 2, 0.5 - s / 2, 0.5 + s / 2, 0.5 + s / 2) for s in (0.9, 0.8, 0.7))
_CORNERS = tuple((x, y, x + 0.84, y + 0.84) for x in (0.0, 0.16) for y in (0.0, 0.16))
_SIDES = ((0.1, 0, 0.9, 1), (0, 0.1, 1, 0.9), (0, 0, 1, 0.8), (0, 0.2, 1, 1), (0, 0, 0.8, 1), (0.2, 0, 1, 1))
BOXES = ((0, 0, 1, 1), *_CENTRES, *_CORNERS, *_SIDES)
PARTS = len(BOXES) + 1  # and the middle that fits a screen held the other way
DIGITS = 16 * PARTS

_STEPS = np.arange(SIDE)
_COSINES = np.cos(np.pi * (2 * _STEPS[None] + 1) * np.arange(WAVES)[:, None] / (2 * SIDE)).astype(np.float32)
_ODD = np.tile(np.arange(WAVES) % 2 == 1, (WAVES, 1))


def _number(bits: np.ndarray) -> int:
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


MIRROR = np.uint64(_number(_ODD))  # a hash ^ MIRROR is that of the mirrored picture


def hashes(frames: Sequence[Image.Image]) -> list[str]:
    """For up to MOST_FRAMES frames that show something, the hashes of their PARTS, as one text of DIGITS hex digits.

    The frames are of one video: bars are cut off where they stand in all of them.
    """
    greys = [frame.convert("L") for frame in frames]
    telling = [grey for grey in greys if np.asarray(grey).std() > FLAT]
    if not telling:
        return []
    inner = _without_bars(telling)
    chosen = [telling[at * len(telling) // MOST_FRAMES] for at in range(MOST_FRAMES)]
    return [_of(grey, inner) for number, grey in enumerate(chosen) if number == 0 or grey is not chosen[number - 1]]


def numbers(texts: Sequence[str]) -> np.ndarray:
    """The same as frames x PARTS uint64; what is no such text (it was made by an earlier version) is left out."""
    read = [bytes.fromhex(text) for text in texts if len(text) == DIGITS]
    return np.frombuffer(b"".join(read), ">u8").astype(np.uint64).reshape(len(read), PARTS)


def _of(grey: Image.Image, inner: tuple[int, int, int, int]) -> str:
    left, top, right, bottom = inner
    width, height = right - left, bottom - top
    boxes = [*BOXES, _turned(width, height)]
    scaled = [(left + a * width, top + b * height, left + c * width, top + d * height) for a, b, c, d in boxes]
    return "".join(_hash(grey.resize((SIDE, SIDE), Image.Resampling.BOX, box)) for box in scaled)


def _hash(small: Image.Image) -> str:
    waves = _COSINES @ np.asarray(small, np.float32) @ _COSINES.T
    waves[0, 0] = 0  # how bright it is
    return f"{_number(waves > 0):016x}"


def _turned(width: int, height: int) -> tuple[float, float, float, float]:
    """The middle column of 9:16 of a wide picture, the middle band of 16:9 of a tall one, as shares of it."""
    if width * 16 > height * 9 * 1.15:
        half = height * 9 / 16 / width / 2
        return 0.5 - half, 0, 0.5 + half, 1
    half = width * 9 / 16 / height / 2
    return 0, 0.5 - half, 1, 0.5 + half


def _without_bars(greys: Sequence[Image.Image]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is within the black or white bars that stand in all of these pictures."""
    stack = np.stack([np.asarray(grey.resize(greys[0].size), np.float32) for grey in greys])
    top, bottom = _within(stack)
    left, right = _within(stack.transpose(0, 2, 1))
    return left, top, right, bottom


def _within(stack: np.ndarray) -> tuple[int, int]:
    """The first row that is no bar, and the one after the last."""
    means = stack.mean(axis=(0, 2))
    bar = (stack.std(axis=2).max(axis=0) < CALM) & ((means < DARK) | (means > LIGHT))
    shown = np.flatnonzero(~bar)
    if len(shown) == 0 or shown[-1] + 1 - shown[0] < LEAST_LEFT * len(bar):
        return 0, len(bar)
    return int(shown[0]), int(shown[-1]) + 1
