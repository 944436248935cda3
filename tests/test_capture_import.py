"""Saved search results: by the command, dropped on the page, and searched again."""

import io
import json
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from PIL import Image

from ranking.models import Project, Video
from scraping.captures import query_of
from scraping.models import Search, Source
from scraping.searching import run_search, start_search
from tests.standin import PICTURES

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
EMPTY = b'{"status_code": 0, "item_list": [], "has_more": 0}'
LINK = "https://www.tiktok.com/@seoul.night_1/video/7513039993741397256"


def imported(capsys, *arguments: object) -> dict:
    call_command("import_videos", "--json", *map(str, arguments))
    return json.loads(capsys.readouterr().out)


def item(number: str, **more: object) -> dict:
    author = {"uniqueId": "seoul.night_1", "nickname": "서울의 밤"}
    return {"id": number, "desc": "춤", "createTime": 1749265942, "author": author, "video": {"duration": 18}, **more}


@pytest.fixture
def mixed(tmp_path) -> Path:
    """Two videos, one of them twice; a slideshow, an advertisement, a live broadcast, and a row of nothing."""
    rows = [
        item("7513039993741397256", statsV2={"playCount": "3104552871"}, stats={"playCount": 3100000000}),
        item("7513039993741397256"),
        item("7513039993741397257", imagePost={"images": [{}]}),
        item("7513039993741397258", isAd=True),
        item("7513039993741397259", liveRoomInfo={"id": "1"}),
        None,
        item("7513039993741397260", stats={"playCount": "1.2M"}),
    ]
    path = tmp_path / "춤 결과.json"
    path.write_text(json.dumps({"status_code": 0, "item_list": rows, "has_more": 0}))
    return path


def test_found_counts_distinct_videos_and_the_rest_is_told(mixed, capsys):
    told = imported(capsys, mixed)

    assert (told["found"], told["new"]) == (2, 2)
    assert told["skipped"] == [
        {"what": "7513039993741397258", "reason": "This is an advertisement."},
        {"what": "7513039993741397259", "reason": "This is a live broadcast."},
        {"what": "#6", "reason": "This entry is not a video."},
        {"what": "7513039993741397257", "reason": "This is a photo slideshow: there is no video in it."},
    ]
    exact, rough = (Video.objects.get(external_id=f"75130399937413972{end}") for end in (56, 60))
    assert (exact.play_count, exact.rounded) == (3_104_552_871, False)
    assert (rough.play_count, rough.rounded) == (1_200_000, True)
    assert (exact.url, exact.like_count, exact.author_name) == (LINK, None, "서울의 밤")


def test_a_file_given_twice_finds_nothing_new_and_loses_nothing(mixed, capsys):
    assert imported(capsys, mixed, mixed)["found"] == 2
    bare = mixed.with_name("links.csv")
    bare.write_text(f"url\n{LINK}\n")

    assert imported(capsys, bare) == {"found": 1, "new": 0, "skipped": []}
    assert Video.objects.get(external_id="7513039993741397256").play_count == 3_104_552_871


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b"", "There is nothing in this file."),
        ("a.json", b'{"item_list": [', "The JSON in this file is broken off or damaged."),
        (
            "a.csv",
            b"name,age\nx,3\n",
            "This is not a file of search results: JSON, NDJSON, CSV or a saved TikTok page.",
        ),
        (
            "a.json",
            b'{"status_code": 0, "item_list": [], "has_more": 0}',
            "There is no video among what was brought over.",
        ),
        ("a.ndjson", None, "There is no such file."),
    ],
)
def test_a_file_of_which_nothing_is_had_ends_with_2_and_says_why(tmp_path, capsys, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as end:
        call_command("import_videos", "--json", str(path))

    assert end.value.code == 2
    assert json.loads(capsys.readouterr().out) == {
        "found": 0,
        "new": 0,
        "skipped": [{"what": str(path), "reason": reason}],
    }
    assert not Video.objects.exists() and not Search.objects.exists()


def test_every_recorded_answer_can_be_imported_at_once(testdata, capsys):
    files = sorted((testdata / "tiktok").iterdir())
    told = imported(capsys, *files)

    assert told["found"] == told["new"] == Video.objects.count() == 67
    assert Search.objects.filter(source="capture").count() == len(files) - 7
    assert not any("\0" in caption for caption in Video.objects.values_list("caption", flat=True))


def test_a_dropped_file_becomes_a_page_of_results(client, alice, mixed):
    sent = {"files": SimpleUploadedFile(mixed.name, mixed.read_bytes(), "application/json")}
    answer = client.post(reverse("upload"), sent, headers=HTMX)
    search = Search.objects.get(owner=alice)
    page = client.get(search.get_absolute_url()).content.decode()

    assert f'data-go="{search.get_absolute_url()}"' in answer.content.decode()
    assert (search.query, search.answered, search.found.count()) == ("춤 결과", "capture", 3)
    assert "@seoul.night_1" in page and "3.1B" in page
    assert not Project.objects.exists(), "nothing is ranked yet"


def test_without_script_a_dropped_file_leads_to_its_results(client, mixed):
    sent = {"files": SimpleUploadedFile(mixed.name, mixed.read_bytes(), "application/json")}
    answer = client.post(reverse("upload"), sent)

    assert answer["Location"] == Search.objects.get().get_absolute_url()


def test_a_dropped_file_that_cannot_be_read_is_told_in_the_reader_s_language(client):
    sent = {"files": SimpleUploadedFile("춤.json", b"{", "application/json")}
    answer = client.post(reverse("upload"), sent, headers=HTMX)

    assert answer.status_code == 422
    assert "The JSON in this file is broken off or damaged." in answer.content.decode()
    assert not Search.objects.exists()


def test_a_worker_fetches_the_covers_and_asks_nobody_else(settings, site, capsys, tmp_path):
    settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS = site.url, True
    picture = io.BytesIO()
    Image.new("RGB", (120, 160), (200, 30, 60)).save(picture, "JPEG")
    site.pictures["/obj/cover.jpeg"] = ("image/jpeg", picture.getvalue())
    path = tmp_path / "links.csv"
    path.write_text(f"url,views,cover\n{LINK},5,https://{PICTURES}/obj/cover.jpeg\n")
    imported(capsys, path)
    search = Search.objects.get()
    assert (search.status, search.found.count()) == (Search.Status.QUEUED, 1), "it can be seen before the covers come"
    run_search(search.pk)
    search.refresh_from_db()

    assert (search.status, search.error) == (Search.Status.DONE, "")
    assert [told["source"] for told in search.asked] == ["capture"]
    assert search.found.get().cover and site.media() == []
    assert Source.objects.get(name="capture").answered_at is not None


def test_what_was_brought_over_is_a_source_of_its_owner_alone(alice, bob, client, mixed):
    client.post(reverse("upload"), {"files": SimpleUploadedFile(mixed.name, mixed.read_bytes())})
    Video.objects.create(source="tiktok", external_id="1", caption="춤 elsewhere", search_text="춤 elsewhere")
    mine, theirs = (start_search("춤", "capture", owner) for owner in (alice, bob))
    for search in (mine, theirs):
        run_search(search.pk)

    assert sorted(mine.found.values_list("external_id", flat=True)) == ["7513039993741397256", "7513039993741397260"]
    assert theirs.found.count() == 0


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("https://www.tiktok.com/search?q=%EC%B6%A4&t=1", "춤"),
        ("https://www.tiktok.com/search/video?q=a%20b", "a b"),
        ("https://www.tiktok.com/tag/%EA%B3%A0%EC%96%91%EC%9D%B4", "#고양이"),
        ("https://www.tiktok.com/@mina.moves?lang=ko", "@mina.moves"),
        ("https://www.tiktok.com/foryou", ""),
        ("https://[", ""),
    ],
)
def test_a_capture_is_named_for_what_the_page_shows(address, query):
    assert query_of(address) == query, unquote(address)
