"""The admin made for curating: covers and counts at a glance, filters, search, and actions on many videos."""

import pytest
from django.test import Client
from django.urls import reverse, reverse_lazy

from ranking.models import MAX_ENTRIES, Project, User, Video
from scraping import posts
from scraping.models import Download, Ingest, Search
from scraping.providers.base import Post
from scraping.searching import start_search

pytestmark = pytest.mark.django_db
LIST = reverse_lazy("admin:ranking_video_changelist")


@pytest.fixture
def curator(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("curator", password="curator's password"))
    return client


@pytest.fixture
def videos(db) -> list[Video]:
    told = [Post("tiktok", str(n), f"https://www.tiktok.com/@a/video/{n}", caption=f"clip {n}") for n in range(3)]
    return posts.store(told)


def chosen(curator, action, videos, **fields):
    data = {"action": action, "_selected_action": [video.pk for video in videos], **fields}
    return curator.post(LIST, data, follow=True)


def test_the_list_shows_each_video_in_a_few_queries(curator, videos, django_assert_max_num_queries):
    Video.objects.filter(pk=videos[0].pk).update(play_count=1234567, cover="covers/x.webp")
    with django_assert_max_num_queries(12):
        page = curator.get(LIST).content.decode()

    assert all(video.caption in page for video in videos)
    assert reverse("video-cover", args=[videos[0].pk]) in page


def test_the_search_finds_as_the_library_does_and_by_a_pasted_link(curator, videos):
    for term, found in (("CLIP 1", [videos[1]]), (videos[2].url, [videos[2]]), ("clip nowhere", [])):
        answer = curator.get(LIST, {"q": term})
        assert list(answer.context["cl"].queryset) == found, term


def test_the_filter_tells_what_is_fetched_from_what_is_not(curator, videos):
    Video.objects.filter(pk=videos[0].pk).update(file="videos/a.mp4", sha256="a" * 64)

    assert list(curator.get(LIST, {"ready": "1"}).context["cl"].queryset) == [videos[0]]
    assert videos[0] not in curator.get(LIST, {"ready": "0"}).context["cl"].queryset


def test_hidden_videos_leave_the_library_and_come_back(curator, videos, alice):
    chosen(curator, "hide", videos[:2])
    assert list(Video.objects.visible_to(alice)) == [videos[2]]
    chosen(curator, "show", videos[:1])
    assert set(Video.objects.visible_to(alice)) == {videos[0], videos[2]}


def test_adding_to_a_ranking_asks_which_one_first(curator, videos, alice):
    project = Project.objects.create(owner=alice, title="고양이 TOP 5")
    asked = chosen(curator, "add_to_project", videos)
    assert "고양이 TOP 5" in asked.content.decode()
    assert not project.entries.exists()
    done = chosen(curator, "add_to_project", videos, project=project.pk)

    assert {entry.video for entry in project.ranked()} == set(videos)
    assert "3 videos are in “고양이 TOP 5”." in done.content.decode()


def test_a_ranking_that_is_full_takes_no_more_and_says_so(curator, videos, alice):
    project = Project.objects.create(owner=alice, title="full")
    for number in range(MAX_ENTRIES - 1):
        project.add(Video.objects.create(source="tiktok", external_id=f"old {number}"))
    page = chosen(curator, "add_to_project", videos, project=project.pk).content.decode()

    assert project.entries.count() == MAX_ENTRIES
    assert "A ranking holds at most 10 videos." in page and "2 videos were left out." in page


def test_an_upload_never_goes_into_somebody_elses_ranking(curator, alice, bob):
    upload = Video.objects.create(source="file", external_id="1", owner=bob)
    project = Project.objects.create(owner=alice)
    page = chosen(curator, "add_to_project", [upload], project=project.pk).content.decode()

    assert not project.entries.exists()
    assert "1 video was left out." in page


def test_fetching_again_starts_a_download_of_each_that_has_a_link(curator, videos):
    upload = Video.objects.create(source="file", external_id="1")
    page = chosen(curator, "fetch_again", [*videos, upload]).content.decode()

    assert {job.video for job in Download.objects.all()} == set(videos)
    assert "3 videos are being fetched." in page and "1 video has no link." in page


def test_a_changed_caption_is_found_under_its_new_words(curator, videos, alice):
    address = reverse("admin:ranking_video_change", args=[videos[0].pk])
    form = curator.get(address).context["adminform"].form
    fields = {name: value for name, value in form.initial.items() if name in form.fields and value is not None}
    answer = curator.post(address, fields | {"caption": "새 제목", "published_at_0": "", "published_at_1": ""})

    assert answer.status_code == 302, answer.context["errors"]
    assert list(Video.objects.matching("새 제목")) == [videos[0]]


def test_videos_are_not_made_by_hand_and_history_is_only_read(curator, alice):
    search = start_search("x", "library", alice)

    assert curator.get(reverse("admin:ranking_video_add")).status_code == 403
    for model in (Search, Download, Ingest):
        name = f"admin:scraping_{model._meta.model_name}"
        assert curator.get(reverse(f"{name}_changelist")).status_code == 200
        assert curator.get(reverse(f"{name}_add")).status_code == 403
    change = reverse("admin:scraping_search_change", args=[search.pk])
    assert curator.get(change).status_code == 200
    assert curator.post(change, {"query": "y"}).status_code == 403
    assert curator.post(reverse("admin:scraping_search_delete", args=[search.pk]), {"post": "yes"}).status_code == 403


def test_people_who_are_not_staff_see_none_of_it(client):
    assert client.get(LIST).status_code == 302
