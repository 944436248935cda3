"""A pendulum wave: twelve glass bobs fall out of step and find back together, each a bell when it passes the middle."""

import numpy as np

from rendering.demo import sound
from rendering.demo.canvas import (
    HEIGHT,
    WIDTH,
    Floats,
    Frame,
    Painter,
    ball,
    blurred,
    enlarge,
    glow,
    grid,
    ramp,
    sign,
    stamp,
    tone,
)

SECONDS = 10.0  # the whole dance: every bob makes a whole number of swings in it
BOBS = 12
SWINGS = np.arange(15, 15 - BOBS, -1)  # per dance; the shortest string is the first and swings most
PIVOT = np.array([WIDTH / 2, 96.0])
LENGTHS = np.linspace(190, 960, BOBS)
REACH = np.linspace(145, 290, BOBS)  # pixels to either side
TINTS = ramp(["ffd166", "ff8c61", "ff5d8f", "c35bff", "5f7bff", "35c9ff", "3ff0c5"], BOBS)


def places(moments: Floats) -> np.ndarray:
    """Where the bobs are: (BOBS, moments, 2) in pixels."""
    turn = np.cos(2 * np.pi * SWINGS[:, None] * np.atleast_1d(moments)[None, :] / SECONDS)
    angle = np.arcsin(REACH / LENGTHS)[:, None] * turn
    return PIVOT + LENGTHS[:, None, None] * np.stack([np.sin(angle), np.cos(angle)], axis=2)


def _pulse(moment: float) -> Floats:
    """How brightly each bob rings: 1 as it passes the middle rightwards, then fading."""
    since = (SWINGS * moment / SECONDS - 0.75) % 1 / SWINGS * SECONDS
    return np.exp(-since / 0.22).astype(np.float32)


def _backdrop(step: int) -> Floats:
    """The dark room with a little light behind the bobs."""
    x, y = grid(WIDTH // step, HEIGHT // step)
    near = np.exp(-(((x - 360) / 420) ** 2 + ((y - 640) / 560) ** 2))[..., None]
    return (0.045 + 0.26 * near) * np.array([0.36, 0.30, 0.95], dtype=np.float32) + 0.012


def _strings(frame: Frame, bobs: np.ndarray) -> None:
    """Thin antialiased strings from the pivot to each bob, fading in towards it."""
    for x, y in bobs:
        rows = np.arange(int(PIVOT[1]), int(y))
        along = (rows - PIVOT[1]) / (y - PIVOT[1])
        at = PIVOT[0] + (x - PIVOT[0]) * along
        left = at.astype(int)
        for column, share in ((left, 1 - (at - left)), (left + 1, at - left)):
            gain = (share * (0.05 + 0.30 * along))[:, None]
            frame[rows, column] = (frame[rows, column] * (1 - gain) + 215 * gain).astype(np.uint8)


def paint() -> Painter:
    """The painter of the dance."""
    backdrop = _backdrop(4)
    dull = [ball(r, tint) for r, tint in zip(np.linspace(26, 35, BOBS), TINTS, strict=True)]
    past = np.linspace(0, 0.30, 14)
    fade = (0.12 * np.exp(-past / 0.11)).astype(np.float32)

    def at(moment: float) -> Frame:
        trail = places(moment - past)
        pulse = _pulse(moment)
        tails = (TINTS[:, None, :] * fade[None, :, None] * (0.8 + pulse[:, None, None])).reshape(-1, 3)
        light = backdrop + glow(trail.reshape(-1, 2).astype(np.float32), tails, 15.0)
        light += glow(trail[:, 0].astype(np.float32), TINTS * (0.10 + 0.55 * pulse[:, None]), 46.0)
        frame = enlarge(tone(light))
        _strings(frame, trail[:, 0])
        shut = blurred(places, moment, 6)
        for index in range(BOBS):
            flash = dull[index].copy()
            flash[..., :3] += (255 * flash[..., 3:] - flash[..., :3]) * (0.42 * pulse[index])
            stamp(frame, flash, shut[index])
        return sign(frame)

    return at


def listen() -> Floats:
    """Bells on a pentatonic scale over a quiet low chord, SECONDS long."""
    strikes = []
    for index, swings in enumerate(SWINGS):
        note = sound.pentatonic(BOBS - 1 - index, 57)
        bell = sound.bell(note, 2.6) * (0.30 + 0.25 * index / BOBS)
        strikes += [((turn + 0.75) * SECONDS / swings, bell, 0.5 - 0.5 * index / BOBS) for turn in range(swings)]
    song = sound.place(strikes, SECONDS)
    song += 0.22 * sound.pad([45, 52, 57, 64], SECONDS)
    return sound.hall(song, 2.2, 0.35)
