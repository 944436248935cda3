"""The publish-safe report: each check has a film that fails it, and one that passes."""

import dataclasses
import io
import json
import re
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
from django.core.management import call_command
from PIL import Image

from ranking import ffmpeg
from ranking.models import Project, Video
from rendering import board
from rendering.layers import art_pictures
from rendering.models import Render
from rendering.plan import FPS, Bed, Clip, Plan
from rendering.report import judge, read_back, report_on, words
from rendering.report.art import Art
from rendering.report.check import Check
from rendering.report.hearing import why_silent
from rendering.report.judge import judge_length
from rendering.report.text import READABLE, see
from rendering.style import names as style_names
from rendering.style import style_of
from rendering.targets import target
from tests.films import faults
from tests.test_film import lavfi

GRAIN = (
    "noise=alls=12:allf=t,scale=1080:1920:flags=neighbor"  # drawn small, since grain of full size costs a second each
)
MOVING = f"testsrc2=s=270x480:r=30,{GRAIN}"
TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
GOOD_SECONDS = 1.2
LOUD = "aevalsrc='0.21*sin(2*PI*440*t)|0.21*sin(2*PI*440*t)':s=48000"


def plan_of(seconds: float = GOOD_SECONDS, ranks: int = 1, **fields: object) -> Plan:
    """Return the plan of a film whose clips are as long as each other."""
    frames = round(seconds * FPS / ranks)
    clips = tuple(Clip(rank, f"{rank:064}", 0.0, frames) for rank in range(1, ranks + 1))
    plan = Plan((), "classic", "shorts", tuple(range(ranks, 0, -1)), clips)
    return dataclasses.replace(plan, **fields)


def filmed(
    path: Path,
    *options: str,
    picture: str = MOVING,
    sound: str = LOUD,
    seconds: float = GOOD_SECONDS,
    steps: str = TAGS,
) -> Path:
    """Make a film of ffmpeg's own sources with no art on it."""
    inputs = ["-f", "lavfi", "-i", picture] + (["-f", "lavfi", "-i", sound] if sound else [])
    argv = [ffmpeg.exe(), "-v", "error", "-y", *inputs, "-t", str(seconds), "-vf", steps, "-pix_fmt", "yuv420p"]
    argv += ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "2", "-video_track_timescale", "15360"]
    argv += ["-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", *options, str(path)]
    subprocess.run(argv, check=True)
    return path


def found(path: Path, plan: Plan, name: str, find_clip=None) -> list[Check]:
    """Return what the report says under this name that is not right."""
    lines = [Check.from_json(line) for line in read_back(path, plan, find_clip)["checks"]]
    assert any(line.name == name for line in lines), f"nothing was said of {name}"
    return [line for line in lines if line.name == name and line.level != "fine"]


def codes(lines: list[Check]) -> list[tuple[str, str]]:
    return [(line.level, line.code) for line in lines]


def drawn(
    path: Path, plan: Plan, rank: int = 1, picture: str = MOVING, shift: int = 0, seconds: float = GOOD_SECONDS
) -> Path:
    """Make a film with the art of rank 1 on it from the first frame on, moved to the right by `shift` pixels."""
    pictures = [art for art, _kind in art_pictures(plan, 1, style_of(plan))]
    inputs, steps, under = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", LOUD], [], "0:v"
    for number, art in enumerate(pictures):
        file = path.with_name(f"{path.stem}-{number}.png")
        file.write_bytes(art.png())
        inputs += ["-i", str(file)]
        steps.append(f"[{under}][{number + 2}:v]overlay={art.x + shift}:{art.y}[v{number}]")
        under = f"v{number}"
    graph = ";".join([*steps, f"[{under}]scale=out_color_matrix=bt709:out_range=limited,format=yuv420p,{TAGS}[out]"])
    argv = [ffmpeg.exe(), "-v", "error", "-y", *inputs, "-filter_complex", graph, "-map", "[out]", "-map", "1:a"]
    argv += ["-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-threads", "2", "-c:a", "aac"]
    argv += ["-video_track_timescale", "15360", "-movflags", "+faststart", str(path)]
    subprocess.run(argv, check=True)
    return path


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    """A film with nothing wrong: a moving picture under a tone, without art."""
    return filmed(tmp_path_factory.mktemp("good") / "good.mp4")


SIGHT = ("safe_box", "contrast")  # these two ask for the art, which the films of ffmpeg's own sources do not carry


def test_a_good_film_passes_every_check_and_the_independent_reader_agrees(good):
    lines = read_back(good, plan_of())["checks"]
    assert [line["name"] for line in lines if not line["ok"] and line["name"] not in SIGHT] == []
    assert faults(good, seconds=GOOD_SECONDS) == []
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


def test_a_film_that_is_not_as_long_as_planned_fails(good):
    assert codes(found(good, plan_of(3), "duration")) == [("fail", "length")]
    assert any("not 3 s" in fault for fault in faults(good, seconds=3))


def test_a_film_longer_than_its_target_takes_is_told_and_one_too_short_to_earn_is_noted(tmp_path):
    film = filmed(tmp_path / "long.mp4", picture="color=gray:s=64x64:r=30", seconds=61)
    assert codes(found(film, plan_of(61), "duration")) == [("warn", "too_long")]
    lengths = {"shorts": 30, "reels": 61, "tiktok": 61, "free": 61}
    told = {name: judge_length(s * FPS, plan_of(s), target(name)).code for name, s in lengths.items()}
    assert told == {"shorts": "duration", "reels": "too_long", "tiktok": "duration", "free": "duration"}
    short = judge_length(30 * FPS, plan_of(30), target("tiktok"))
    assert (short.level, short.code) == ("note", "too_short")


def test_the_words_of_a_target_are_said_in_the_readers_language():
    assert target("shorts").warning(60) == ""
    assert target("shorts").warning(60.4) == "60.4 s is longer than the 60 s that YouTube Shorts allows for."
    assert target("tiktok").warning(30) == "30.0 s is shorter than the 61 s from which TikTok pays."


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
    frozen = f"loop=loop=30:size=1:start=60,{TAGS}"
    film = filmed(tmp_path / "frozen.mp4", seconds=4, steps=frozen)
    lines = found(film, plan_of(4), "frozen")
    assert codes(lines) == [("warn", "frozen")]
    assert abs(lines[0].value["from"] - 2) < 0.2 and abs(lines[0].value["to"] - 3) < 0.2
    assert any("freeze_start" in fault for fault in faults(film, seconds=4))


def test_a_pause_shorter_than_half_a_second_is_no_freeze(tmp_path):
    film = filmed(tmp_path / "pause.mp4", seconds=3, steps=f"loop=loop=11:size=1:start=60,{TAGS}")
    assert found(film, plan_of(3), "frozen") == []
    assert faults(film, seconds=3) == []


def test_letters_that_no_font_has_are_told_with_their_rank(good):
    plan = plan_of()
    odd = dataclasses.replace(plan, clips=(dataclasses.replace(plan.clips[0], label="가\U0001e123"),))
    lines = found(good, odd, "glyphs")
    assert codes(lines) == [("warn", "glyphs")]
    assert lines[0].value == {"rank": 1, "letters": "\U0001e123"}
    assert codes(found(good, plan_of(title=("\U0001e123",)), "glyphs")) == [("warn", "glyphs_title")]
    assert found(good, plan, "glyphs") == []


def labelled(**fields: object) -> Plan:
    plan = plan_of(**{"title": ("심장이 뛰는", "순간")} | fields)
    words_on = {"label": "다시 봐도 놀라운 장면", "credit": "@alice · 12만 회"}
    return dataclasses.replace(plan, clips=tuple(dataclasses.replace(clip, **words_on) for clip in plan.clips))


def test_text_that_stands_where_it_was_laid_out_is_read_back_from_the_film(tmp_path):
    film = drawn(tmp_path / "right.mp4", labelled())
    assert found(film, labelled(), "safe_box") == []
    assert found(film, labelled(), "contrast") == []


def test_text_that_is_not_where_the_safe_box_wants_it_fails(tmp_path, good):
    moved = drawn(tmp_path / "moved.mp4", labelled(), shift=60)
    assert {line.value["text"] for line in found(moved, labelled(), "safe_box")} >= {"title", "label", "chip"}
    assert ("fail", "not_there") in codes(found(good, labelled(), "safe_box"))


def test_a_film_for_shorts_is_told_to_be_covered_on_reels(tmp_path):
    """Reels covers more of the top and the bottom: the art of another target does not stand in its box."""
    film = drawn(tmp_path / "shorts.mp4", labelled())
    assert ("fail", "not_there") in codes(found(film, labelled(target="reels"), "safe_box"))


def test_text_that_is_drawn_outside_of_the_safe_box_fails(tmp_path, monkeypatch):
    """The art keeps inside by itself; a chip that a fault would lay too low is found by its box."""
    film = drawn(tmp_path / "right.mp4", labelled())
    low = board.chip
    monkeypatch.setattr(board, "chip", lambda drawn, rank: dataclasses.replace(low(drawn, rank), y=1500))
    lines = found(film, labelled(), "safe_box")
    assert codes(lines) == [("fail", "outside")]
    assert lines[0].value["text"] == "chip" and lines[0].value["box"][1] == 1500


def plain_look() -> dict:
    """Return the classic style with no outline, no shadow and nothing behind its labels: white on whatever plays."""
    data = json.loads((Path(board.__file__).parent / "styles" / "classic.json").read_text())
    data["label"] |= {"outline": 0, "shadow": ""}
    return data


def test_text_that_does_not_stand_out_is_told_by_its_name_and_contrast(tmp_path):
    plan = labelled(look=plain_look())
    bright = f"color=0xE8E8E8:s=270x480:r=30,{GRAIN}"
    lines = found(drawn(tmp_path / "bright.mp4", plan, picture=bright), plan, "contrast")
    assert [(line.level, line.value["text"]) for line in lines] == [("fail", "label")]
    assert lines[0].value["contrast"] < 1.5
    dark = f"color=0x202020:s=270x480:r=30,{GRAIN}"
    assert found(drawn(tmp_path / "dark.mp4", plan, picture=dark), plan, "contrast") == []


def test_a_label_that_is_lost_only_later_in_its_clip_is_found(tmp_path):
    plan = labelled(look=plain_look())
    plan = dataclasses.replace(plan, clips=(dataclasses.replace(plan.clips[0], frames=90),))
    later = f"color=0x202020:s=270x480:r=30,drawbox=c=0xE8E8E8:t=fill:enable='gte(t,1.8)',{GRAIN}"
    lines = found(drawn(tmp_path / "later.mp4", plan, picture=later, seconds=3), plan, "contrast")
    assert [(line.level, line.value["text"]) for line in lines] == [("fail", "label")]


@pytest.mark.parametrize("look", style_names())
def test_every_style_stands_out_over_black_white_and_what_is_between(look):
    """Its art on one plain frame each, as the film's own pixels say it; no film is needed for that."""
    art = Art(labelled(style=look, ranks=3))
    for back in ((0, 0, 0), (255, 255, 255), (128, 128, 128)):
        frame = framed(art, 3, back)
        for text in art.texts[3]:
            sight = see(text, frame)
            assert sight is not None and sight.there >= judge.THERE, (back, text.name, sight)
            # A list that is waiting may be quieter over a white clip (a warning), but is never lost.
            least = 2.0 if text.name == "numbers" else READABLE
            assert sight.contrast >= least, (back, text.name, sight)


def framed(art: Art, rank: int, back: tuple[int, int, int]) -> av.VideoFrame:
    """Return a frame with all the art over the clip of a rank on a plain colour."""
    canvas = Image.new("RGBA", (1080, 1920), back)
    for picture, _kind in art_pictures(art.plan, rank, art.style):
        canvas.alpha_composite(picture.image, (picture.x, picture.y))
    frame = av.VideoFrame.from_ndarray(np.asarray(canvas.convert("RGB")), format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")


@pytest.mark.parametrize(("late", "level"), [(0.0, None), (0.02, "fail"), (-0.02, "fail")])
def test_sound_that_is_apart_from_the_picture_fails(tmp_path, good, late, level):
    film = tmp_path / "apart.mp4"
    inputs = ["-itsoffset", str(late), "-i", str(good)] if late > 0 else ["-i", str(good)]
    other = ["-itsoffset", str(-late), "-i", str(good)] if late < 0 else ["-i", str(good)]
    argv = [ffmpeg.exe(), "-v", "error", "-y", *other, *inputs, "-map", "0:v", "-map", "1:a", "-c", "copy"]
    subprocess.run([*argv, "-video_track_timescale", "15360", str(film)], check=True)
    lines = found(film, plan_of(ranks=2), "sync")
    assert [line.level for line in lines] == ([level] if level else [])


def test_sound_that_ends_before_the_picture_fails(tmp_path):
    film = filmed(tmp_path / "ends.mp4", sound=f"{LOUD}:d=0.9")
    assert codes(found(film, plan_of(), "sync")) == [("fail", "ends")]
    assert any("sound lasts" in fault for fault in faults(film, seconds=GOOD_SECONDS))


def test_the_same_film_of_the_same_plan_is_read_only_once(good, settings):
    def found(plan: Plan) -> dict:
        return report_on(good, plan, lambda digest: good)

    first = found(plan_of())
    assert first == read_back(good, plan_of(), lambda digest: good)
    (kept,) = (settings.SEGMENTS_DIR / "reports").iterdir()
    kept.write_text('{"checks": "as it was kept"}')
    assert found(plan_of()) == {"checks": "as it was kept"}
    assert found(dataclasses.replace(plan_of(), title=("another",)))["frames"] == first["frames"], "another plan"


@pytest.fixture
def film(alice, good) -> Render:
    """A finished film of alice's project whose video is the one that the report's plan names."""
    project = Project.objects.create(owner=alice, title="보고서")
    video = Video.objects.create(source="upload", external_id="1", sha256=f"{1:064}")
    entry = project.add(video)
    facts = read_back(good, plan_of())
    render = Render.objects.create(project=project, owner=alice, status="done", plan=plan_of().to_json())
    Render.objects.filter(pk=render.pk).update(facts=facts, film="films/x.mp4", seconds=GOOD_SECONDS)
    render.refresh_from_db()
    render.entry = entry
    return render


def only(render: Render, *checks: Check) -> Render:
    render.facts["checks"] = [check.to_json() for check in checks]
    render.save()
    return render


@pytest.mark.django_db
def test_the_page_says_what_to_change_and_where(client, film):
    frozen = Check("frozen", "warn", "frozen", {"rank": 1, "from": 2.0, "to": 3.5}, f"{1:064}")
    only(film, frozen, Check("size", "fine", "size", {"width": 1080, "height": 1920}))
    page = client.get(film.get_absolute_url()).content.decode()
    assert "stands still from 2.0 to 3.5 s of the film" in page
    assert f'href="{film.project.get_absolute_url()}#entry-{film.entry.pk}"' in page
    assert "2 things were checked" in page
    assert "Fit to publish" not in page and "this would make it better" in page


@pytest.mark.django_db
def test_the_page_says_in_one_line_when_all_is_right(client, film):
    only(film, Check("black", "fine", "no_black"))
    page = client.get(film.get_absolute_url()).content.decode()
    assert "Fit to publish" in page and "1 thing was checked" in page


@pytest.mark.django_db
def test_a_film_made_before_there_were_reports_shows_none(client, film):
    del film.facts["checks"]
    film.save()
    page = client.get(film.get_absolute_url()).content.decode()
    assert 'class="report' not in page


@pytest.mark.django_db
def test_a_line_about_a_clip_that_left_the_ranking_has_no_link(client, film):
    only(film, Check("audio", "note", "soundless", {"rank": 1}, f"{9:064}"))
    page = client.get(film.get_absolute_url()).content.decode()
    assert "its video has no sound" in page and "#entry-" not in page


def test_a_draft_has_no_report(good):
    assert "checks" not in read_back(good, plan_of(draft=True))


def test_every_sentence_has_its_numbers_and_every_check_its_name():
    """Whatever the judges can say is said without a gap; their codes are read from their source."""
    source = Path(judge.__file__).read_text()
    used = set(re.findall(r'"([a-z_]+)"', source)) & set(words.SENTENCES)
    assert used | {"muted", "soundless", "quiet", "no_black", "no_frozen", "black", "frozen"} == set(words.SENTENCES)
    numbers = dict.fromkeys(re.findall(r"%\((\w+)\)", " ".join(str(s) for s, _hint in words.SENTENCES.values())), 1)
    for code, (sentence, _hint) in words.SENTENCES.items():
        assert str(sentence) % numbers, code


@pytest.mark.django_db
def test_make_ranking_prints_the_report_with_its_sentences(tmp_path):
    clip = lavfi(tmp_path / "clip.mp4", "testsrc2=s=180x320:r=30,noise=alls=12:allf=t", seconds=3)
    out = io.StringIO()
    call_command(
        "make_ranking", f"--clip={clip}=움직이는 그림", "--seconds=3", "--json", stdout=out, stderr=io.StringIO()
    )
    made = json.loads(out.getvalue())
    checks = made["report"]["checks"]
    assert {line["name"] for line in checks} == set(words.NAMES)
    assert [line["said"] for line in checks if not line["ok"]] == []
    assert all(line["said"] for line in checks)
    assert faults(Path(made["path"]), seconds=3) == []
