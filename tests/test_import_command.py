"""`manage.py import_videos` and `manage.py search`, as a person or a script uses them."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ranking.models import User, Video
from scraping.ingest import is_complete
from scraping.models import Search
from tests.clips import make_clip

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("import")
    return [
        make_clip(folder / "고양이 점프.mp4", seconds=0.5, size="160x284"),
        make_clip(folder / "-i.mp4", seconds=0.5, size="160x120", audio=False),
    ]


def imported(capsys, *arguments: object) -> dict:
    call_command("import_videos", "--json", *map(str, arguments))
    return json.loads(capsys.readouterr().out)


def test_files_become_complete_videos_of_the_local_owner(clips, capsys):
    assert imported(capsys, *clips) == {"found": 2, "new": 2, "skipped": []}
    videos = Video.objects.all()
    assert {video.caption for video in videos} == {"고양이 점프", "-i"}
    assert all(video.owner == User.objects.local_owner() and is_complete(video) for video in videos)


def test_a_file_given_twice_counts_once_and_one_known_before_is_not_new(clips, capsys):
    assert imported(capsys, clips[0], clips[0]) == {"found": 1, "new": 1, "skipped": []}
    assert imported(capsys, *clips) == {"found": 2, "new": 1, "skipped": []}


def test_a_bad_file_among_good_ones_is_told_and_the_command_succeeds(clips, capsys, tmp_path):
    bad = tmp_path / "letter.mp4"
    bad.write_text("hello")
    call_command("import_videos", str(clips[0]), str(bad))

    out, err = capsys.readouterr()
    assert "1 videos, 1 of them new." in out
    assert f"{bad}: This is a text file, not a video." in err


def test_a_missing_file_is_told_as_that(capsys, tmp_path):
    with pytest.raises(SystemExit) as end:
        call_command("import_videos", str(tmp_path / "nofile.mp4"))

    assert end.value.code == 2
    assert capsys.readouterr().err == f"{tmp_path / 'nofile.mp4'}: There is no such file.\n"


def test_the_search_command_lists_what_the_library_knows(clips, capsys):
    imported(capsys, *clips)
    call_command("search", "고양이", "--source", "library", "--json")
    told = json.loads(capsys.readouterr().out)

    assert told["source"] == "library" and told["error"] == ""
    assert [video["caption"] for video in told["videos"]] == ["고양이 점프"]
    assert told["videos"][0]["play_count"] is None
    assert Search.objects.get(pk=told["id"]).status == Search.Status.DONE


def test_the_search_command_ends_with_2_where_a_source_cannot_answer(capsys):
    with pytest.raises(CommandError, match=r"There is no source “nowhere”\. Choose from: ") as unknown:
        call_command("search", "cat", "--source", "nowhere")
    with pytest.raises(CommandError, match="photo slideshow") as photo:
        call_command("search", "https://www.tiktok.com/@someone/photo/7234567890123456789")

    assert unknown.value.returncode == photo.value.returncode == 2
    assert capsys.readouterr().err == "", "the sentence that ends it is not said twice"


def test_the_search_command_names_each_link_where_their_reasons_differ(capsys):
    photo = "https://www.tiktok.com/@someone/photo/7234567890123456789"
    with pytest.raises(CommandError, match=r"^None of these links could be read\.$"):
        call_command("search", f"{photo} https://evil.example/video.mp4")

    assert capsys.readouterr().err.splitlines() == [
        f"{photo}: This is a photo slideshow: there is no video in it.",
        "https://evil.example/video.mp4: Only links to TikTok, YouTube Shorts and Instagram Reels can be fetched.",
    ]


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_search_that_finds_nothing_says_so_and_succeeds(capsys, more):
    call_command("search", "춤추는고양이", "--source", "library", *more)
    out, err = capsys.readouterr()

    assert err == "No video was found.\n"
    assert json.loads(out)["videos"] == [] if more else out == ""
