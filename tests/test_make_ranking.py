"""manage.py make_ranking: what it takes, what it refuses, and what it says."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from ranking.models import Project, Video
from rendering.making import parse_clip
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


def test_the_film_lands_where_it_is_wanted_and_its_path_is_printed(clip, tmp_path):
    wanted = tmp_path / "film.mp4"
    status, out, _err = run(f"--clip={clip}=첫째", "--seconds=1", f"--output={wanted}")
    assert (status, out.strip()) == (0, str(wanted))
    assert wanted.stat().st_size > 10_000


def test_a_bad_clip_ends_it_with_one_line_and_no_film(clip, text_file):
    status, out, err = run(f"--clip={clip}", f"--clip={text_file}", "--seconds=1")
    assert status == 2 and out == ""
    assert len(err.strip().splitlines()) == 1
    assert "notes.mp4" in err and "text file" in err
    assert not Render.objects.exists() and not Project.objects.exists()


def test_a_bad_clip_is_told_in_json(clip, text_file):
    status, out, _err = run(f"--clip={clip}", f"--clip={text_file}", "--seconds=1", "--json")
    told = json.loads(out)
    assert status == 2
    assert told["skipped"] == [{"clip": str(text_file), "reason": "This is a text file, not a video."}]
    assert "notes.mp4" in told["error"]


def test_with_skip_bad_the_others_close_up(clip, text_file):
    status, out, err = run(f"--clip={text_file}=bad", f"--clip={clip}=good", "--seconds=1", "--skip-bad", "--json")
    told = json.loads(out)
    assert status == 0 and [item["clip"] for item in told["skipped"]] == [str(text_file)]
    assert "notes.mp4" in err
    project = Project.objects.get(pk=told["project"])
    assert [(entry.rank, entry.label) for entry in project.ranked()] == [(1, "good")]


def test_when_nothing_usable_is_left_it_ends_with_2(text_file):
    status, out, err = run(f"--clip={text_file}", "--skip-bad", "--json")
    assert status == 2 and "error" in json.loads(out) and err
    assert not Video.objects.exists()


def test_a_missing_file_is_a_sentence(tmp_path):
    status, _out, err = run(f"--clip={tmp_path / 'nothing.mp4'}")
    assert status == 2 and "nothing.mp4" in err and "Traceback" not in err


@pytest.mark.parametrize("words", [["--top=0"], ["--top=11"], ["--seconds=-1"], ["--seconds=900"], ["--seconds=nan"]])
def test_numbers_out_of_range_are_refused(clip, words):
    status, _out, err = run(f"--clip={clip}", *words)
    assert status == 2 and len(err.strip().splitlines()) == 1


def test_a_keyword_that_nothing_matches_is_honest():
    status, out, err = run("춤추는고양이", "--source=library", "--json")
    assert status == 2 and json.loads(out)["error"] and err


def test_a_keyword_ranks_the_best_of_the_library(clip):
    run(f"--clip={clip}", "--seconds=1")
    video = Video.objects.get()
    video.caption, video.play_count = "춤추는 고양이 #cat", 1200
    video.search_text = video.searchable()
    video.save()
    status, out, _err = run("춤추는", "--source=library", "--seconds=1", "--json")
    assert status == 0
    assert Project.objects.get(pk=json.loads(out)["project"]).ranked().get().label == "춤추는 고양이"


@pytest.mark.parametrize("words", [[], ["keyword", "--clip=x.mp4"]])
def test_it_takes_either_a_keyword_or_clips(words):
    status, out, err = run(*words, "--json")
    assert status == 2 and "--clip" in json.loads(out)["error"] and err


def test_overlong_texts_and_control_characters_do_no_harm(clip):
    title = "제목\0 🔥" * 2000
    status, out, _err = run(f"--clip={clip}={'라벨😭' * 3000}\0\u202e", f"--title={title}", "--seconds=1", "--json")
    assert status == 0
    project = Project.objects.get(pk=json.loads(out)["project"])
    assert "\0" not in project.title + project.ranked().get().label
