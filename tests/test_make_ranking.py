"""manage.py make_ranking: what it takes, what it refuses, and what it says."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ranking.models import Project, Video
from rendering.making import Given, parse_clip
from rendering.models import Render
from tests.test_film import lavfi

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    return lavfi(tmp_path_factory.mktemp("clip") / "clip=1.mp4", "testsrc2=s=180x320:r=30", seconds=1)


@pytest.fixture
def text_file(tmp_path) -> Path:
    path = tmp_path / "notes.mp4"
    path.write_text("This is not a video.")
    return path


def run(*words: object) -> tuple[int, str, str]:
    """Return exit status, standard output and standard error of the command."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("make_ranking", *map(str, words), stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_label_starts_at_the_first_equals_sign_after_a_file_that_exists(clip):
    assert parse_clip(str(clip)).label == ""
    assert parse_clip(f"{clip}=a=b").label == "a=b"
    assert parse_clip(f"{clip}=a=b").path == clip


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("nofile.mp4=a", "nofile.mp4", "a"),
        ("nofile.mp4=a.mp4=b", "nofile.mp4", "a.mp4=b"),
        ("no=file.mp4", "no=file.mp4", ""),
        ("no=file.MP4 = a=b ", "no=file.MP4", "a=b"),
        ("../clips/no.v2.webm=첫째", "../clips/no.v2.webm", "첫째"),
        ("nofile=a", "nofile", "a"),
        ("nofile", "nofile", ""),
        (f"nofile.mp4={'긴 라벨 ' * 60}", "nofile.mp4", ("긴 라벨 " * 60).strip()),
    ],
)
def test_without_such_a_file_the_label_starts_after_what_looks_like_one(text, name, label):
    assert parse_clip(text) == Given(Path(name), label)


def test_a_label_longer_than_a_file_name_may_be_is_a_label(clip):
    assert parse_clip(f"{clip}={'긴' * 120}") == Given(clip, "긴" * 120)


def test_the_film_lands_where_it_is_wanted_and_its_path_is_printed(clip, tmp_path):
    wanted = tmp_path / "film.mp4"
    status, out, _err = run(f"--clip={clip}=첫째", "--seconds=3", f"--output={wanted}")
    assert (status, out.strip()) == (0, str(wanted))
    assert wanted.stat().st_size > 10_000


def test_a_bad_clip_ends_it_with_one_line_and_no_film(clip, text_file):
    status, out, err = run(f"--clip={clip}", f"--clip={text_file}", "--seconds=3")
    assert status == 2 and out == ""
    assert len(err.strip().splitlines()) == 1
    assert "notes.mp4" in err and "text file" in err
    assert not Render.objects.exists() and not Project.objects.exists()


def test_a_bad_clip_is_told_in_json(clip, text_file):
    status, out, _err = run(f"--clip={clip}", f"--clip={text_file}", "--seconds=3", "--json")
    told = json.loads(out)
    assert status == 2
    assert told["skipped"] == [{"clip": str(text_file), "reason": "This is a text file, not a video."}]
    assert "notes.mp4" in told["error"]


def test_with_skip_bad_the_others_close_up(clip, text_file):
    status, out, err = run(f"--clip={text_file}=bad", f"--clip={clip}=good", "--seconds=3", "--skip-bad", "--json")
    told = json.loads(out)
    assert status == 0 and [item["clip"] for item in told["skipped"]] == [str(text_file)]
    assert "notes.mp4" in err
    project = Project.objects.get(pk=told["project"])
    assert [(entry.rank, entry.label) for entry in project.ranked()] == [(1, "good")]


def test_when_nothing_usable_is_left_it_ends_with_2(text_file):
    status, out, err = run(f"--clip={text_file}", "--skip-bad", "--json")
    assert status == 2 and "error" in json.loads(out) and err
    assert not Video.objects.exists()


def test_a_missing_file_is_a_sentence_without_the_label(tmp_path):
    nothing = tmp_path / "nothing.mp4"
    status, out, err = run(f"--clip={nothing}=첫째", "--json")
    assert (status, err) == (2, f"{nothing}: There is no such file.\n")
    assert json.loads(out)["skipped"] == [{"clip": str(nothing), "reason": "There is no such file."}]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--top=0", "--top takes 1 to 10."),
        ("--top=11", "--top takes 1 to 10."),
        ("--seconds=-5", "--seconds takes 3 to 180."),
        ("--seconds=2.9", "--seconds takes 3 to 180."),
        ("--seconds=900", "--seconds takes 3 to 180."),
        ("--seconds=nan", "--seconds takes 3 to 180."),
    ],
)
def test_numbers_out_of_range_are_refused_with_both_bounds(clip, words, sentence):
    status, _out, err = run(f"--clip={clip}", words)
    assert (status, err.strip()) == (2, sentence)


def test_the_demo_is_not_made_for_a_length_that_no_film_has():
    with pytest.raises(CommandError, match=r"^--seconds takes 3 to 180\.$"):
        call_command("seed_demo", "--seconds=-5")
    assert not Project.objects.exists()


def test_a_keyword_that_nothing_matches_is_honest():
    status, out, err = run("춤추는고양이", "--source=library", "--json")
    assert status == 2 and json.loads(out)["error"] and err


def test_a_keyword_ranks_the_best_of_the_library(clip):
    run(f"--clip={clip}", "--seconds=3")
    video = Video.objects.get()
    video.caption, video.play_count = "춤추는 고양이 #cat", 1200
    video.search_text = video.searchable()
    video.save()
    status, out, _err = run("춤추는", "--source=library", "--seconds=3", "--json")
    assert status == 0
    assert Project.objects.get(pk=json.loads(out)["project"]).ranked().get().label == "춤추는 고양이"


@pytest.mark.parametrize("blank", ["", "   ", "\n\t", "#", " # ", "\0"])
def test_a_blank_keyword_does_not_film_the_whole_library(clip, blank):
    run(f"--clip={clip}", "--seconds=3")
    status, out, err = run(blank, "--json")
    assert (status, json.loads(out)) == (2, {"error": err.strip(), "skipped": []})
    assert "keyword" in err and Render.objects.count() == 1


@pytest.mark.parametrize("words", [[], ["keyword", "--clip=x.mp4"]])
def test_it_takes_either_a_keyword_or_clips(words):
    status, out, err = run(*words, "--json")
    assert status == 2 and "--clip" in json.loads(out)["error"] and err


def test_overlong_texts_and_control_characters_do_no_harm(clip):
    title = "제목\0 🔥" * 2000
    status, out, _err = run(f"--clip={clip}={'라벨😭' * 3000}\0\u202e", f"--title={title}", "--seconds=3", "--json")
    assert status == 0
    project = Project.objects.get(pk=json.loads(out)["project"])
    assert "\0" not in project.title + project.ranked().get().label
