"""The report on sound: every clip is heard, loud enough, and together with its picture."""

import dataclasses
import subprocess
from pathlib import Path

import pytest

from ranking import ffmpeg
from rendering.plan import Bed, Plan
from rendering.report import read_back
from rendering.report.hearing import own_sound, why_silent
from rendering.sound import film_sound
from rendering.voiceover import voice_path
from tests.clips import run
from tests.films import faults
from tests.reported import GOOD_SECONDS, LOUD, codes, filmed, found, plan_of
from tests.test_film import lavfi
from tests.test_sound import speech, tone, write


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


MUSIC = "aevalsrc='0.05*(sin(2*PI*220*t)+sin(2*PI*277*t)+sin(2*PI*330*t)+sin(2*PI*660*t))|0.05*sin(2*PI*440*t)':s=48000"
SOURCES = {1: "anoisesrc=c=pink:a=0.5:seed=1:r=48000", 2: "anoisesrc=c=brown:a=0.5:seed=2:r=48000"}


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> dict[str, Path]:
    """Two clips with a sound each, by the hashes of plan_of(ranks=2)."""
    folder = tmp_path_factory.mktemp("sources")
    made = {rank: folder / f"{rank}.mp4" for rank in SOURCES}
    for rank, path in made.items():
        lavfi(path, "testsrc2=s=90x160:r=30", sound=SOURCES[rank], seconds=2)
    return {f"{rank:064}": path for rank, path in made.items()}


def over(folder: Path, *laid: str, plan: Plan) -> Path:
    """Make a film in which music is heard, and of each clip only what `laid` says of it, as a filter of its sound."""
    inputs = ";".join(f"{SOURCES[rank]},{steps}[{rank}]" for rank, steps in zip(plan.order, laid, strict=True))
    mixed = f"{inputs};{MUSIC}[m];[m]" + "".join(f"[{rank}]" for rank in plan.order)
    return filmed(folder / "over.mp4", sound=f"{mixed}amix=3:duration=longest:normalize=0,atrim=end=4", seconds=4)


def test_a_clip_that_lost_its_own_sound_fails_also_where_music_is_heard(tmp_path, sources):
    plan = plan_of(4, ranks=2, bed=Bed("f" * 64))
    first, second = "atrim=end=2,volume=0.4", "atrim=end=2,volume=0.4,adelay=2000:all=1"
    assert found(over(tmp_path, first, second, plan=plan), plan, "audio", sources.get) == []
    film = over(tmp_path, first, "volume=0", plan=plan)
    lost = found(film, plan, "audio", sources.get)
    assert [(line.level, line.code, line.value["rank"]) for line in lost] == [("fail", "lost", 1)]
    mute = dataclasses.replace(plan, clips=(dataclasses.replace(plan.clip_of(1), volume=0.0), plan.clip_of(2)))
    assert found(film, mute, "audio", sources.get) == [], "it was muted, and music is heard: nothing is to be changed"
    told = [line for line in read_back(film, mute, sources.get)["checks"] if line["name"] == "audio"]
    assert [(line["level"], line["code"]) for line in told] == [("fine", "muted")]


@pytest.mark.long
def test_the_sound_of_a_clip_is_found_again_under_all_that_the_studio_lays_over_it(tmp_path, sources, monkeypatch):
    """Music, effects, and a voice that speaks all the time, mixed and mastered as for any film."""
    track = write(tmp_path / "track.wav", tone(330, 5))
    monkeypatch.setattr("rendering.mix.find_track", lambda digest: track)
    path = voice_path("e" * 64)
    path.parent.mkdir(parents=True, exist_ok=True)
    run("-i", write(tmp_path / "v.wav", speech(1.7)), path)
    plan = plan_of(4, ranks=2, bed=Bed("f" * 64), effects=True)
    plan = dataclasses.replace(plan, clips=tuple(dataclasses.replace(clip, voice="e" * 64) for clip in plan.clips))
    heard = film_sound(plan, sources.get)
    film = filmed(tmp_path / "all.mp4", sound=f"amovie={heard}", seconds=4)
    assert own_sound(film, plan, {1, 2}, sources.get) == {1: True, 2: True}
    swapped = {name: sources[f"{3 - int(name):064}"] for name in sources}
    assert own_sound(film, plan, {1, 2}, swapped.get) == {1: False, 2: False}
    assert found(film, plan, "audio", sources.get) == []


def test_why_a_clip_is_meant_to_be_silent():
    clip = plan_of().clips[0]
    assert why_silent(clip) == ""
    assert why_silent(dataclasses.replace(clip, has_audio=False)) == "soundless"
    assert why_silent(dataclasses.replace(clip, volume=0.0)) == "muted"


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
    clicks = "0.85*lt(mod(t,0.5),0.004)*sin(2*PI*1000*t)"
    ticking = filmed(tmp_path / "ticking.mp4", sound=f"aevalsrc='{clicks}|{clicks}':s=48000")
    assert codes(found(ticking, plan_of(), "lufs")) == [("warn", "full")], "to make it again would not help"
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
