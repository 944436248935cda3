"""The publish-safe report: each check of file and picture has a film that fails it, and one that passes."""

import dataclasses
import subprocess
import time

import pytest

from ranking.jobs import Stopped
from rendering.plan import FPS, Plan
from rendering.report import read_back, report_on, words
from rendering.report.judge import judge_length
from rendering.targets import target
from tests.films import faults
from tests.reported import GOOD_SECONDS, MOVING, TAGS, codes, drawn, filmed, found, labelled, plan_of

SIGHT = ("safe_box", "contrast")  # these two ask for the art, which the films of ffmpeg's own sources do not carry


def test_a_good_film_passes_every_check_and_the_independent_reader_agrees(good_film):
    lines = read_back(good_film, plan_of())["checks"]
    assert [line["name"] for line in lines if not line["ok"] and line["name"] not in SIGHT] == []
    assert faults(good_film, seconds=GOOD_SECONDS) == []
    assert {line["name"] for line in lines} == set(words.NAMES)


def test_a_film_of_another_size_fails(tmp_path):
    film = filmed(tmp_path / "small.mp4", picture="testsrc2=s=720x1280:r=30")
    assert codes(found(film, plan_of(), "size")) == [("fail", "size")]
    assert "size (720, 1280)" in faults(film, seconds=GOOD_SECONDS)


@pytest.mark.parametrize("uneven", [False, True])
def test_a_film_that_has_not_30_even_frames_a_second_fails(tmp_path, uneven):
    if uneven:
        film = filmed(tmp_path / "v.mp4", "-fps_mode", "vfr", steps=f"select='mod(n\\,7)',{TAGS}")
    else:
        film = filmed(tmp_path / "v.mp4", picture=MOVING.replace("r=30", "r=25"))
    assert codes(found(film, plan_of(), "fps")) == [("fail", "fps")]
    assert any("not 30 frames" in fault for fault in faults(film, seconds=GOOD_SECONDS))


@pytest.mark.parametrize(
    ("options", "steps", "level", "code", "fault"),
    [
        (("-pix_fmt", "yuv444p"), TAGS, "fail", "codec", "picture"),
        (("-ar", "44100"), TAGS, "fail", "audio_codec", "sound"),
        ((), "null", "warn", "colours", "colours"),
        (("-movflags", "0"), TAGS, "warn", "index", "index"),
    ],
)
def test_a_file_that_not_every_app_takes_is_told(tmp_path, options, steps, level, code, fault):
    film = filmed(tmp_path / "odd.mp4", *options, steps=steps)
    assert codes(found(film, plan_of(), "format")) == [(level, code)]
    assert any(fault in text for text in faults(film, seconds=GOOD_SECONDS))


def test_a_film_that_is_not_as_long_as_planned_fails(good_film):
    assert codes(found(good_film, plan_of(3), "duration")) == [("fail", "length")]
    assert any("not 3 s" in fault for fault in faults(good_film, seconds=3))


def test_a_film_longer_than_its_target_takes_is_told_and_one_too_short_to_earn_is_noted(tmp_path):
    film = filmed(tmp_path / "long.mp4", picture="color=gray:s=64x64:r=30", seconds=61)
    assert codes(found(film, plan_of(61), "duration")) == [("warn", "too_long")]
    lengths = {"shorts": 30, "reels": 61, "tiktok": 61, "free": 61}
    told = {name: judge_length(s * FPS, plan_of(s), target(name)).code for name, s in lengths.items()}
    assert told == {"shorts": "duration", "reels": "too_long", "tiktok": "duration", "free": "duration"}
    short = judge_length(30 * FPS, plan_of(30), target("tiktok"))
    assert (short.level, short.code) == ("note", "too_short")


@pytest.mark.parametrize(("first", "end", "level"), [(1.6, 1.8, "warn"), (1.5, 2.2, "fail"), (0.0, 0.3, "warn")])
def test_a_black_stretch_is_told_with_its_time(tmp_path, first, end, level):
    black = f"drawbox=c=black:t=fill:enable='gte(t,{first})*lt(t,{end})',{TAGS}"
    film = filmed(tmp_path / "black.mp4", seconds=2.4, steps=black)
    lines = found(film, plan_of(2.4), "black")
    assert codes(lines) == [(level, "black")]
    assert abs(lines[0].value["from"] - first) < 0.1 and abs(lines[0].value["to"] - end) < 0.14
    assert any("black_start" in fault for fault in faults(film, seconds=2.4))


def test_black_behind_the_art_is_found_too(tmp_path):
    plan = labelled(seconds=2.4)
    black = f"{MOVING},drawbox=c=black:t=fill:enable='gte(t,1.6)*lt(t,1.9)'"
    film = drawn(tmp_path / "behind.mp4", plan, picture=black, seconds=2.4)
    assert codes(found(film, plan, "black")) == [("warn", "black")]


def test_a_frozen_stretch_is_told_with_its_time(tmp_path):
    frozen = f"loop=loop=72:size=1:start=60,{TAGS}"
    film = filmed(tmp_path / "frozen.mp4", seconds=5, steps=frozen)
    lines = found(film, plan_of(5), "frozen")
    assert codes(lines) == [("warn", "frozen")]
    assert abs(lines[0].value["from"] - 2) < 0.2 and abs(lines[0].value["to"] - 4.4) < 0.2
    assert any("freeze_start" in fault for fault in faults(film, seconds=5))


def test_a_pause_shorter_than_two_seconds_is_not_worth_a_word(tmp_path):
    film = filmed(tmp_path / "pause.mp4", seconds=4.5, steps=f"loop=loop=54:size=1:start=60,{TAGS}")
    assert found(film, plan_of(4.5), "frozen") == []
    assert any("freeze_start" in fault for fault in faults(film, seconds=4.5))


def test_the_same_film_of_the_same_plan_is_read_only_once(good_film, settings):
    def found(plan: Plan) -> dict:
        return report_on(good_film, plan, lambda digest: good_film)

    first = found(plan_of())
    assert first == read_back(good_film, plan_of(), lambda digest: good_film)
    (kept,) = (settings.SEGMENTS_DIR / "reports").iterdir()
    kept.write_text('{"checks": "as it was kept"}')
    assert found(plan_of()) == {"checks": "as it was kept"}
    assert found(dataclasses.replace(plan_of(), title=("another",)))["frames"] == first["frames"], "another plan"


@pytest.mark.long
def test_a_report_that_is_given_up_ends_at_once_with_its_ffmpeg(tmp_path):
    """Whoever cancels a film while it is read back says so through `report`."""
    film = filmed(tmp_path / "long.mp4", picture="color=gray:s=64x64:r=30", seconds=600)

    def given_up(percent: float) -> None:
        raise Stopped

    began = time.monotonic()
    with pytest.raises(Stopped):
        read_back(film, plan_of(600), report=given_up)
    assert time.monotonic() - began < 2
    lines = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line for line in lines if "ebur128" in line and str(film) in line] == []


def test_a_draft_has_no_report(good_film):
    assert "checks" not in read_back(good_film, plan_of(draft=True))
