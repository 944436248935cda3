"""The library's page: filters, saved views, what is done with many videos at once, and where a video is used."""

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ranking.models import Project, Video
from rendering.models import Render
from scraping.models import Download, SavedView
from scraping.shelf import ShelfForm

pytestmark = pytest.mark.django_db


def post(number: int, **fields: Any) -> Video:
    fields = {
        "caption": f"Clip-{number}.",
        "search_text": f"clip-{number}.",
        "url": f"https://www.tiktok.com/@a/video/{number}",
    } | fields
    return Video.objects.create(source=fields.pop("source", "tiktok"), external_id=str(number), **fields)


def here(number: int, **fields: Any) -> Video:
    return post(number, file=f"videos/{number}.mp4", sha256=f"{number:064x}", **fields)


def found(user: Any, query: str) -> list[str]:
    return sorted(video.external_id for video in ShelfForm(QueryDict(query), user).found())


def told(client: Any, name: str, *videos: Video, **fields: Any) -> str:
    data = {"video": [video.pk for video in videos]} | fields
    return client.post(reverse(name), data, follow=True).content.decode()


def test_each_filter_leaves_what_it_says_and_nothing_that_is_not_known(alice, bob):
    here(1, duration=9, facts={"has_audio": True}, music={"original": True})
    here(2, duration=40, facts={"has_audio": False}, owner=alice, source="file", url="")
    post(3, duration=90, source="youtube")
    post(4)
    here(5, owner=bob, source="file")
    project = Project.objects.create(owner=alice)
    project.add(Video.objects.get(external_id="1"))
    Project.objects.create(owner=bob).add(Video.objects.get(external_id="4"))

    assert found(alice, "") == ["1", "2", "3", "4"]
    assert (found(alice, "file=here"), found(alice, "file=missing")) == (["1", "2"], ["3", "4"])
    assert (found(alice, "used=yes"), found(alice, "used=no")) == (["1"], ["2", "3", "4"])  # bob's rankings are bob's
    assert [found(alice, f"length={n}") for n in ("15", "60", "more")] == [["1"], ["2"], ["3"]]
    assert [found(alice, f"sound={n}") for n in ("with", "without", "original")] == [["1"], ["2"], ["1"]]
    assert (found(alice, "whose=mine"), found(alice, "whose=posts")) == (["2"], ["1", "3", "4"])
    assert found(alice, "source=youtube") == ["3"]
    assert found(alice, "file=here&used=no") == ["2"]
    assert found(alice, "file=x&length=y&sort=z&project=-1") == ["1", "2", "3", "4"]


def test_hidden_videos_show_only_where_they_are_asked_for(alice, bob):
    post(1, hidden=True)
    post(2, hidden=True, owner=bob)
    post(3)
    assert (found(alice, ""), found(alice, "show=hidden")) == (["3"], ["1"])


def test_many_videos_take_as_many_queries_as_few(client, alice):
    project = Project.objects.create(owner=alice)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("library") + "?file=here&used=yes&sound=with").status_code == 200
        return len(seen)

    def add(number: int) -> None:
        project.add(here(number, facts={"has_audio": True}))
        SavedView.objects.create(owner=alice, name=f"view {number}", query="file=here")
        Project.objects.create(owner=alice, title=f"Ranking {number}")

    add(1)
    queries()
    few = queries()
    for number in range(2, 9):
        add(number)
    assert queries() == few <= 8


def test_an_htmx_answer_is_the_same_page_in_part_and_says_its_plain_address(client, alice):
    here(1)
    answer = client.get(reverse("library") + "?q=&source=&file=here&sort=new", headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == reverse("library") + "?file=here"
    assert "<html" not in answer.content.decode() and "Clip-1." in answer.content.decode()


def test_a_view_is_kept_under_its_name_and_found_again(client, alice):
    here(1)
    said = {"name": "  Ready   cats ", "query": "file=here&q=clip&evil=1&project=3&sort=nonsense"}
    page = client.post(reverse("view-save"), said, follow=True).content.decode()
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Ready cats", "q=clip&file=here")
    assert "Clip-1." in page and 'aria-current="true">' in page
    client.post(reverse("view-save"), said | {"query": "file=missing"})
    assert SavedView.objects.get().query == "file=missing"  # the same name again
    client.post(reverse("view-delete", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_the_ranking_that_is_being_filled_stays_when_a_view_is_kept_or_deleted(client, alice):
    filled = f"file=here&project={alice.projects.create(title='The one').pk}"
    for name in ("view-save", "view-delete"):
        url = reverse(name, args=SavedView.objects.values_list("pk", flat=True))
        answer = client.post(url, {"name": "here", "query": filled}, follow=True)
        assert answer.redirect_chain[-1][0] == f"{reverse('library')}?{filled}"
        assert "The one" in answer.content.decode()


@pytest.mark.parametrize("said", [{"name": "", "query": "file=here"}, {"name": "x", "query": ""}, {"name": "\0"}])
def test_a_view_without_a_name_or_a_filter_is_refused_in_a_sentence(client, said):
    page = client.post(reverse("view-save"), said, follow=True).content.decode()
    assert "give the view a name" in page and not SavedView.objects.exists()


def test_a_view_is_its_owners_alone(client, bobs_client, alice):
    view = SavedView.objects.create(owner=alice, name="of alice", query="file=here")
    assert bobs_client.post(reverse("view-delete", args=[view.pk])).status_code == 404
    assert "of alice" not in bobs_client.get(reverse("library")).content.decode()


def test_picked_videos_are_fetched_once_and_only_those_that_lack_their_file(client, alice, valkey):
    page = told(client, "library-fetch", post(1), post(2), here(3), post(4, url=""))
    assert "2 videos are being fetched." in page and Download.objects.count() == 2
    assert "None of these is to be fetched" in told(client, "library-fetch", Video.objects.get(external_id="3"))


def test_uploads_are_hidden_by_their_owner_and_posts_by_the_staff(client, alice):
    mine, shared = here(1, owner=alice), post(2)
    page = told(client, "library-hide", mine, shared, hidden="1")
    assert "1 video is hidden." in page and "staff" in page
    assert list(Video.objects.filter(hidden=True)) == [mine]
    told(client, "library-hide", mine, hidden="0")
    assert not Video.objects.filter(hidden=True).exists()
    alice.is_staff = True
    alice.save()
    told(client, "library-hide", shared, hidden="1", picked=f"{mine.pk},{shared.pk}")
    assert Video.objects.filter(hidden=True).count() == 2  # those picked on another page too


def test_picked_videos_are_put_into_a_ranking_that_is_there(client, alice, valkey):
    project = Project.objects.create(owner=alice)
    told(client, "pick", here(1), here(2), project=project.pk)
    assert project.entries.count() == 2 and Project.objects.count() == 1


def test_the_page_of_a_video_says_where_it_is_used_and_tells_nothing_of_others(client, alice, bob):
    video = here(1)
    for owner, title in ((alice, "Funny cats"), (bob, "Bob's secret")):
        project = Project.objects.create(owner=owner, title=title)
        project.add(video)
        Render.objects.create(owner=owner, project=project, status="done", film="films/x.mp4")
        Render.objects.create(owner=owner, project=project, status="done", film="films/y.mp4", draft=True)
    page = client.get(reverse("video", args=[video.pk])).content.decode()
    assert "Funny cats" in page and "1 film<" in page and "secret" not in page


def test_the_library_says_for_which_ranking_one_picks_and_keeps_it(client, alice, bob):
    post(1)
    mine = Project.objects.create(owner=alice, title="Funny | cats")
    page = client.get(reverse("library") + f"?project={mine.pk}&length=more").content.decode()
    assert "Pick the videos for “Funny cats”." in page and f'href="{mine.get_absolute_url()}"' in page
    assert f'href="{reverse("library")}?project={mine.pk}"' in page, "what shows all keeps the ranking"
    of_bob = Project.objects.create(owner=bob, title="Bob's secret")
    page = client.get(reverse("library") + f"?project={of_bob.pk}").content.decode()
    assert "Pick the videos for" not in page and "secret" not in page


def test_what_cannot_be_ranked_is_picked_in_the_library_to_be_hidden_and_refused_for_a_ranking(client, alice):
    refused, photos = post(1, refused="private"), post(2, is_photo=True)
    page = client.get(reverse("library")).content.decode()
    assert f'name="video" value="{refused.pk}"' in page
    page = told(client, "pick", refused, photos)
    assert "2 picked videos were left out: their files cannot be had." in page
    assert "Pick at least one video first." not in page and not Project.objects.exists()


def test_only_an_upload_says_that_it_can_be_deleted_and_has_no_numbers_that_nobody_counted(client, alice):
    post(1, author="a")
    page = client.get(reverse("library")).content.decode()
    assert "data-own" not in page and "#heart" in page
    Video.objects.all().delete()
    here(2, owner=alice, source="file", url="")
    page = client.get(reverse("library")).content.decode()
    assert "data-own" in page and "#heart" not in page and "unknown creator" not in page


def test_an_empty_library_leads_on(client, alice):
    page = client.get(reverse("library")).content.decode()
    assert "Search for videos" in page and "Upload files" in page
    assert "data-pick-all" not in page and "filter-fold" not in page
    page = client.get(reverse("library") + "?q=cats").content.decode()
    assert "Search for it" in page and '<input type="hidden" name="q" value="cats">' in page
    assert "Clear the keyword" in page and "data-pick-all" not in page
    assert "Show all" in client.get(reverse("library") + "?length=more").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"), [({"refused": "private"}, "Its file cannot be had"), ({"is_photo": True}, "Photos cannot be")]
)
def test_the_page_of_a_video_that_cannot_be_ranked_says_why_and_what_to_do(client, alice, fields, words):
    page = client.get(reverse("video", args=[post(1, **fields).pk])).content.decode()
    assert words in page and "Choose another video" in page and "Start a ranking with it" not in page
    assert ("Upload files" in page) is ("refused" in fields)
    assert "Start a ranking with it" in client.get(reverse("video", args=[post(2).pk])).content.decode()


def test_the_page_of_a_video_names_the_work_that_waits_and_the_numbers_that_are_known(client, alice):
    video = post(1, play_count=1200)
    Download.objects.create(owner=alice, video=video)
    page = client.get(reverse("video", args=[video.pk])).content.decode()
    assert "Fetching the video · Next in line" in page
    assert "<dt>plays</dt><dd>1.2K</dd>" in page and "<dt>likes</dt>" not in page
