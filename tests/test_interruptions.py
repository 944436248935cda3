"""Power cuts and cancels on a whole studio: what was begun ends right, once, and nothing is left running."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.films import faults
from tests.studio import Studio
from tests.test_film import lavfi

pytestmark = pytest.mark.long

START = """
from ranking.models import *; from rendering.generate import start_render
owner = User.objects.local_owner()
project = Project.objects.create(owner=owner, title="전원이 나가도 | TOP 3", seconds=40)
for video in Video.objects.order_by("pk")[:3]: project.add(video)
print(start_render(project).pk)
"""
AGAIN = """
from ranking.models import *; from rendering.generate import start_render
print(start_render(Project.objects.first()).pk)
"""
WATCH = """
import time; from rendering.models import *
deadline = time.monotonic() + 110
while True:
    render = Render.objects.get(pk="{pk}")
    if render.stage == "{stage}" and (render.stage == "join" or render.percent >= 5): break
    assert render.is_active and time.monotonic() < deadline, render
    time.sleep(0.02)
print(render.cancel())
"""
RICH = """
from pathlib import Path
from ranking.models import *; from rendering.generate import start_render; from rendering.tracks import add_file
owner = User.objects.local_owner()
track = add_file(Path("{track}"), owner)
project = Project.objects.create(owner=owner, title="언제든 멈춰요 | TOP 3", seconds=24, track=track, effects=True)
for video in Video.objects.order_by("pk")[:3]: project.add(video, fit="smart")
"""
LOUDER = """
from ranking.models import *; from rendering.generate import start_render
Project.objects.update(track_volume={volume})
print(start_render(Project.objects.first()).pk)
"""
# What an ffmpeg of each part of the work has among its arguments, in the order in which they come.
PARTS = {
    "the look at a smart crop": ["looks.raw"],
    "a segment": ["segment.mp4"],
    "the sound of the clips": ["part-0.raw"],
    "the music": ["bed-0.raw"],
    "the master": ["tried.m4a"],
    "the loudness of the film": ["ebur128", "film.mp4"],
    "the clips' own sound in the film": ["/heard-"],
}
CATCH = """
import subprocess, time; from ranking import ffmpeg; from rendering.models import *
def running():
    lines = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if line.startswith(ffmpeg.exe()) and "{folder}" in line]
deadline = time.monotonic() + 110
while not any(all(mark in line for mark in {marks}) for line in running()):
    assert Render.objects.get(pk="{pk}").is_active and time.monotonic() < deadline, Render.objects.get(pk="{pk}")
print(Render.objects.get(pk="{pk}").cancel())
"""
LOOK = """
from rendering.models import *
render = Render.objects.get(pk="{pk}")
print(render.status, round(render.percent), render.attempt, render.film.path if render.film else "-")
"""


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """A data folder with three clips that take some seconds to film."""
    folder = tmp_path / "data"
    folder.mkdir()
    clips = []
    for n in range(3):
        noise = f"testsrc2=s=360x640:r=30,noise=alls={20 + n}:allf=t"
        clips.append(lavfi(tmp_path / f"{n}.mp4", noise, "-preset", "ultrafast", seconds=14))
    studio = Studio(folder)
    studio.manage("migrate", "-v", "0")
    studio.manage("import_videos", *map(str, clips))
    return folder


def begin(studio: Studio) -> str:
    """Start a film and wait until it is being filmed; return its id."""
    pk = studio.shell(START)
    wait_for(studio, pk, lambda state: int(state[1]) >= 10)
    return pk


def wait_for(studio: Studio, pk: str, done, seconds: float = 90) -> list[str]:
    deadline = time.monotonic() + seconds
    while not done(state := studio.shell(LOOK.format(pk=pk)).split(" ", 3)):
        assert time.monotonic() < deadline and state[0] != "failed", (state, studio.output())
    return state


def running(data_dir: Path) -> list[str]:
    """Return the processes that work in this data folder."""
    lines = subprocess.run(["ps", "-wweo", "pid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if str(data_dir) in line and "ps -wweo" not in line]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_film_cut_off_by_a_stop_ends_done_and_once_after_the_next_start(data_dir, number):
    with Studio(data_dir) as studio:
        studio.wait_for_workers()
        pk = begin(studio)
        assert studio.stop(number) in (0, 143)
        assert running(data_dir) == []
    with Studio(data_dir) as studio:
        _status, _percent, _attempt, path = wait_for(studio, pk, lambda state: state[0] == "done")
        assert faults(Path(path), seconds=40) == []
        assert len(list((data_dir / "media" / "films").glob("*.mp4"))) == 1


def test_a_cancelled_film_has_no_ffmpeg_left_after_two_seconds(data_dir):
    with Studio(data_dir) as studio:
        studio.wait_for_workers()
        pk = begin(studio)
        assert any("segment.mp4" in line for line in running(data_dir))
        studio.shell(f"from rendering.models import Render; Render.objects.get(pk='{pk}').cancel()")
        time.sleep(2)
        assert [line for line in running(data_dir) if "segment.mp4" in line] == []
        assert not list((data_dir / "media").glob("films/*"))


@pytest.mark.parametrize("stage", ["segments", "join", "draft"])
def test_a_film_cancelled_at_any_stage_is_gone_within_two_seconds(data_dir, stage):
    """No process of it, no half segment, no file of the film; what was filmed is whole and joins to the next film."""
    with Studio(data_dir) as studio:
        studio.wait_for_workers()
        pk = studio.shell(START.replace("start_render(project)", f"start_render(project, draft={stage == 'draft'})"))
        stage_of_film = "join" if stage == "join" else "segments"
        assert studio.shell(WATCH.format(pk=pk, stage=stage_of_film)) == "True"
        time.sleep(2)
        assert [line for line in running(data_dir) if "ffmpeg" in line] == []
        assert list((data_dir / "tmp").iterdir()) == []
        assert not list((data_dir / "media").glob("films/*"))
        if stage == "join":
            again = studio.shell(AGAIN)
            _status, _percent, _attempt, path = wait_for(studio, again, lambda state: state[0] == "done")
            assert faults(Path(path), seconds=40) == []


def test_a_film_cancelled_in_any_part_of_its_work_leaves_no_ffmpeg_after_two_seconds(data_dir, tmp_path):
    """With music and smart crops; what was made until then is whole, so the film that nobody cancels is right.

    Once it is there, only the music is changed: the sound, the join and the report come without filming anew.
    """
    music = tmp_path / "music.mp4"
    lavfi(music, "color=black:s=32x32:r=10", sound="aevalsrc='0.1*sin(2*PI*220*t)*sin(2*PI*3*t)':s=48000", seconds=12)
    with Studio(data_dir) as studio:
        studio.wait_for_workers()
        studio.shell(RICH.format(track=music))
        for part in ("the look at a smart crop", "a segment"):
            cancel_in(studio, part, studio.shell(AGAIN), films=0)
        whole(studio)
        for number, part in enumerate(list(PARTS)[2:]):
            cancel_in(studio, part, studio.shell(LOUDER.format(volume=0.5 + 0.05 * number)), films=2)
        whole(studio)


def cancel_in(studio: Studio, part: str, pk: str, films: int) -> None:
    """Cancel a film as soon as an ffmpeg does this part of the work; after two seconds nothing of it may be left."""
    assert studio.shell(CATCH.format(pk=pk, marks=PARTS[part], folder=studio.data_dir)) == "True", part
    time.sleep(2)
    assert [line for line in running(studio.data_dir) if "ffmpeg" in line] == [], part
    assert list((studio.data_dir / "tmp").iterdir()) == [], part
    assert len(list((studio.data_dir / "media").glob("films/*"))) == films, part


def whole(studio: Studio) -> None:
    """Make the film to its end."""
    pk = studio.shell(AGAIN)
    _status, _percent, _attempt, path = wait_for(studio, pk, lambda state: state[0] == "done", seconds=240)
    assert faults(Path(path), seconds=24) == []


def test_pages_answer_while_a_film_is_made(data_dir):
    """Filming is nice to the pages: a library search stays quick. The bound is generous, for busy machines."""
    with Studio(data_dir) as studio:
        studio.wait_for_workers()
        studio.status("/library/?q=1")
        begin(studio)
        began = time.monotonic()
        for _ in range(10):
            assert studio.status("/library/?q=1") == 200
        assert time.monotonic() - began < 10
