"""Picture and sound together: clips of every frame rate flash and beep, and in the film both come at one moment."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from rendering.levels import RATE
from rendering.models import Render
from rendering.plan import TRANSITIONS
from tests.clips import run
from tests.test_film import make

pytestmark = pytest.mark.django_db
MOST_APART = 0.005  # seconds
RATES = {"24": "24", "25": "25", "29.97": "30000/1001", "30": "30", "60": "60", "variable": "60"}


def flashing(folder: Path, names: tuple[str, ...]) -> list[Path]:
    """Make clips of two seconds that flash and beep a second in, where every rate has a frame."""
    return [flashing_clip(folder / f"{name}.mp4", name) for name in names]


def flashing_clip(path: Path, name: str) -> Path:
    flash = f"color=0x303030:s=360x640:r={RATES[name]},drawbox=c=white:t=fill:enable='between(t,0.9999,1.1)'"
    if name == "variable":
        flash += ",select='not(mod(n,7))+between(t,0.97,1.15)'"
    beep = "aevalsrc='0.5*sin(2*PI*1000*t)*between(t,1,1.1)':s=48000"
    inputs = ["-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep, "-t", "2", "-fps_mode", "passthrough"]
    run(*inputs, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path)
    return path


def late(film: Path, count: int) -> list[float]:
    """Return by how many seconds each beep of a film comes after its flash."""
    flashes, beeps = flashes_of(film), beeps_of(film)
    assert len(flashes) == len(beeps) == count, (flashes, beeps)
    return [beep - flash for flash, beep in zip(flashes, beeps, strict=True)]


@pytest.mark.long
def test_clips_of_different_rates_stay_together_after_each_cut(tmp_path):
    names = ("24", "29.97", "variable")
    film = Path(make(*flashing(tmp_path, names), seconds=6)["path"])
    assert max(map(abs, late(film, len(names)))) <= MOST_APART


@pytest.mark.long
@pytest.mark.parametrize("transition", TRANSITIONS)
def test_picture_and_sound_are_within_5_ms_after_every_join(tmp_path, transition):
    made = make(*flashing(tmp_path, tuple(RATES)), seconds=12, transition=transition)
    apart = dict(zip(reversed(RATES), late(Path(made["path"]), len(RATES)), strict=True))
    assert max(map(abs, apart.values())) <= MOST_APART, apart
    assert Render.objects.get(pk=made["render"]).plan["transition"] == transition


def flashes_of(film: Path) -> list[float]:
    """Return the seconds at which the picture turns white."""
    with av.open(str(film)) as opened:
        frames = [
            (frame.time, frame.to_ndarray(format="gray")[1420:1500, 600:900].mean()) for frame in opened.decode(video=0)
        ]
    return [time for (_, before), (time, light) in pairwise(frames) if light > 150 >= before]


def beeps_of(film: Path) -> list[float]:
    """Return the seconds at which the beep begins."""
    with av.open(str(film)) as opened:
        frames = list(opened.decode(audio=0))
    heard = np.abs(np.concatenate([frame.to_ndarray()[0] for frame in frames]))
    loud = np.flatnonzero(heard > 0.3 * heard.max())
    starts = loud[np.insert(np.diff(loud) > RATE // 2, 0, True)]
    return [frames[0].time + start / RATE for start in starts]
