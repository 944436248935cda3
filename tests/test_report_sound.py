"""The report on sound: every clip is heard, loud enough, and together with its picture."""

import dataclasses
import subprocess

import pytest

from ranking import ffmpeg
from rendering.plan import Bed
from rendering.report.hearing import why_silent
from tests.films import faults
from tests.reported import GOOD_SECONDS, LOUD, codes, filmed, found, plan_of
from tests.test_film import lavfi


def test_a_film_without_a_sound_track_fails(tmp_path):
    film = filmed(tmp_path / "mute.mp4", sound="")
    assert codes(found(film, plan_of(), "audio")) == [("fail", "no_track")]
    assert "no sound" in faults(film, seconds=GOOD_SECONDS)


def test_a_clip_that_lost_its_sound_fails_and_one_that_has_none_is_noted(tmp_path):
    half = "aevalsrc='0.3*sin(2*PI*440*t)*lt(t,0.6)|0.3*sin(2*PI*440*t)*lt(t,0.6)':s=48000"
    film = filmed(tmp_path / "half.mp4", sound=half)
    plan = plan_of(ranks=2)
    heard, silent = plan.clip_of(2), plan.clip_of(1)
    lost = found(film, plan, "audio")
    assert codes(lost) == [("fail", "lost")]
    assert (lost[0].value["rank"], lost[0].clip) == (1, silent.clip)
    meant = dataclasses.replace(plan, clips=(dataclasses.replace(silent, has_audio=False), heard))
    assert codes(found(film, meant, "audio")) == [("note", "soundless")]


def test_a_clip_is_meant_to_be_silent_only_where_nothing_is_laid_over_it():
    plan = plan_of()
    soundless = dataclasses.replace(plan.clips[0], has_audio=False)
    assert why_silent(plan, plan.clips[0]) == ""
    assert why_silent(plan, soundless) == "soundless"
    assert why_silent(plan, dataclasses.replace(plan.clips[0], volume=0.0)) == "muted"
    assert why_silent(plan, dataclasses.replace(soundless, voice="f" * 64)) == ""
    assert why_silent(dataclasses.replace(plan, bed=Bed("f" * 64)), soundless) == ""


def test_a_clip_whose_part_is_quiet_by_itself_is_noted_and_not_blamed_on_the_film(tmp_path):
    film = filmed(tmp_path / "quiet.mp4", sound="anullsrc=r=48000:cl=stereo")
    source = lavfi(tmp_path / "source.mp4", "testsrc2=s=90x160:r=30", sound="anullsrc=r=48000:cl=stereo")
    assert codes(found(film, plan_of(), "audio", lambda sha256: source)) == [("note", "quiet")]
    assert codes(found(film, plan_of(), "lufs", lambda sha256: source)) == [("note", "silent_film")]
    loud = lavfi(tmp_path / "loud.mp4", "testsrc2=s=90x160:r=30")
    assert codes(found(film, plan_of(), "lufs", lambda sha256: loud)) == [("fail", "lost_sound")]
    assert "None LUFS" in faults(film, seconds=GOOD_SECONDS)


def test_a_film_that_is_too_quiet_or_too_loud_is_told(tmp_path):
    quiet = filmed(tmp_path / "quiet.mp4", sound=LOUD.replace("0.21", "0.05"))
    assert codes(found(quiet, plan_of(), "lufs")) == [("warn", "lufs")]
    assert any("LUFS" in fault for fault in faults(quiet, seconds=GOOD_SECONDS))
    loud = filmed(tmp_path / "loud.mp4", sound=LOUD.replace("0.21", "0.95"))
    assert codes(found(loud, plan_of(), "true_peak")) == [("warn", "true_peak")]
    assert any("true peak" in fault for fault in faults(loud, seconds=GOOD_SECONDS))


@pytest.mark.parametrize(("late", "level"), [(0.0, None), (0.02, "fail"), (-0.02, "fail")])
def test_sound_that_is_apart_from_the_picture_fails(tmp_path, good_film, late, level):
    film = tmp_path / "apart.mp4"
    inputs = ["-itsoffset", str(late), "-i", str(good_film)] if late > 0 else ["-i", str(good_film)]
    other = ["-itsoffset", str(-late), "-i", str(good_film)] if late < 0 else ["-i", str(good_film)]
    argv = [ffmpeg.exe(), "-v", "error", "-y", *other, *inputs, "-map", "0:v", "-map", "1:a", "-c", "copy"]
    subprocess.run([*argv, "-video_track_timescale", "15360", str(film)], check=True)
    lines = found(film, plan_of(ranks=2), "sync")
    assert [line.level for line in lines] == ([level] if level else [])


def test_sound_that_ends_before_the_picture_fails(tmp_path):
    film = filmed(tmp_path / "ends.mp4", sound=f"{LOUD}:d=0.9")
    assert codes(found(film, plan_of(), "sync")) == [("fail", "ends")]
    assert any("sound lasts" in fault for fault in faults(film, seconds=GOOD_SECONDS))
