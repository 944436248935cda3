"""Searching: what the library answers, how posts are kept, and whose answers they are."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse

from ranking.models import Video
from scraping import library, posts
from scraping.library import SORTS, Leaves, Library, find
from scraping.models import Search
from scraping.providers import provider
from scraping.providers.base import Post, Query
from scraping.searching import run_search, source_for, start_search

pytestmark = pytest.mark.django_db

POST = Post(
    source="tiktok",
    external_id="7234567890123456789",
    url="https://www.tiktok.com/@mina/video/7234567890123456789",
    author="mina",
    author_name="미나",
    caption="강아지 산책 #댕댕이 🐶",
    duration=12.0,
    published_at=datetime(2026, 11, 1, tzinfo=UTC),
    play_count=1_230_000,
    like_count=0,
)


def kept(**changes: object) -> Video:
    return posts.store([replace(POST, **changes)])[0]


def without_tokens(answer: HttpResponse) -> str:
    """What a page says, without the tokens of its forms, which are others each time."""
    return re.sub(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>', "", answer.content.decode())


def test_every_word_must_be_there_in_any_order_case_and_normal_form(alice):
    video = kept(caption="Café 고양이 JUMP")

    for keyword in ("jump 고양이", "CAFE\u0301", "#고양이", "  jump\n", "mina", "미나"):
        assert list(find(keyword, alice)) == [video], keyword
    for keyword in ("고양이 dog", "jumping"):
        assert not find(keyword, alice).exists(), keyword


def test_letters_with_a_meaning_for_the_database_are_only_letters(alice):
    percent = kept(caption="100% real_deal")

    for keyword in ("0%", "l_d"):
        assert list(find(keyword, alice)) == [percent]
    for keyword in ("%eal", "10_%", "'; drop table", "\\"):
        assert not find(keyword, alice).exists(), keyword


def test_uploads_are_found_by_their_owner_only_and_hidden_ones_by_nobody(alice, bob):
    upload = Video.objects.create(source="file", external_id="1", owner=alice, caption="춤", search_text="춤")
    kept(external_id="2", caption="춤")
    Video.objects.filter(external_id="2").update(hidden=True)

    assert list(find("춤", alice)) == [upload]
    assert not find("춤", bob).exists()


def test_an_unknown_count_sorts_last_and_zero_before_it(alice):
    unknown, none, many = (kept(external_id=str(n), play_count=count) for n, count in enumerate((None, 0, 9), 1))

    assert list(find("", alice, "plays")) == [many, none, unknown]


def test_a_post_told_again_is_brought_up_to_date_but_never_loses_a_count():
    first = kept()
    again = kept(play_count=2_000_000, like_count=None, caption="", author="mina.new")

    assert again.pk == first.pk and Video.objects.count() == 1
    assert (again.play_count, again.like_count, again.comment_count) == (2_000_000, 0, None)
    assert (again.caption, again.author) == (POST.caption, "mina.new")
    assert "mina.new" in again.search_text
    assert again.fetched_at >= first.fetched_at


def test_a_post_without_any_count_is_not_marked_as_counted():
    assert kept(play_count=None, like_count=None).fetched_at is None


def test_the_length_of_a_file_that_is_here_is_not_overwritten_by_a_post():
    video = kept()
    Video.objects.filter(pk=video.pk).update(sha256="a" * 64, duration=11.97)

    assert kept(duration=12.0).duration == 11.97


def test_links_go_to_links_and_words_to_the_library():
    assert source_for("https://vm.tiktok.com/ZMabc/ 이거 봐", "library") == "links"
    assert source_for("강아지") == "auto"
    with pytest.raises(ValueError, match="There is no source “atlantis”"):
        source_for("강아지", "atlantis")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("asdf://xyz", "Only https links can be fetched."),
        ("https://", "There is no link in this text."),
        ("강아지 https:// 영상", "There is no link in this text."),
    ],
)
def test_what_only_looks_like_a_link_is_told_so_and_no_source_is_asked_for_it(alice, valkey, text, said):
    search = start_search(text, "auto", alice)
    run_search(search.pk)
    search.refresh_from_db()
    assert (search.source, search.status, search.error) == ("links", "failed", said)
    assert {line["source"] for line in search.asked} == {"links"}


def test_the_registry_gives_the_library_as_a_provider_with_pages():
    for number in range(3):
        kept(external_id=str(number))
    library = provider("library")
    first = library.search(Query("강아지"), limit=2)
    second = library.search(Query("강아지"), cursor=first.next_cursor, limit=2)

    assert isinstance(library, Library)
    assert [post.external_id for post in first.posts + second.posts] == ["2", "1", "0"]
    assert second.next_cursor is None
    assert first.posts[0].like_count == 0 and first.posts[0].comment_count is None


def test_a_library_search_is_answered_in_one_request(client, alice):
    video = kept()
    answer = client.post(reverse("search-start"), {"q": " 댕댕이 ", "source": "library"}, follow=True)

    search = Search.objects.get()
    assert answer.redirect_chain == [(reverse("search", args=[search.pk]), 302)]
    assert (search.status, search.query, search.owner) == (Search.Status.DONE, "댕댕이", alice)
    page = answer.content.decode()
    assert POST.caption in page and reverse("video", args=[video.pk]) in page


def test_a_search_belongs_to_its_owner(client, bobs_client, alice):
    address = start_search("x", "library", alice).get_absolute_url()

    assert client.get(address).status_code == 200
    assert bobs_client.get(address).status_code == 404


def test_the_same_address_answers_page_and_fragment(client, alice):
    address = start_search("x", "library", alice).get_absolute_url()
    page = without_tokens(client.get(address))
    fragment = without_tokens(client.get(address, headers={"HX-Request": "true"}))

    assert "<html" in page and "<html" not in fragment
    assert f'id="job-{Search.objects.get().pk}"' in fragment and fragment.strip() in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"q": "   "}, "Type a keyword or paste links first."),
        ({"q": "a" * 5001}, "at most 5,000 letters"),
        ({"q": "a", "source": "atlantis"}, "There is no such source."),
    ],
)
def test_a_search_that_cannot_be_is_told_on_the_first_page(client, sent, sentence):
    answer = client.post(reverse("search-start"), sent, follow=True)

    assert sentence in answer.content.decode()
    assert not Search.objects.exists()


def test_a_source_that_refuses_ends_the_search_with_its_sentence_and_the_reason_of_each_link(alice):
    text = "https://www.tiktok.com/@a/photo/7234567890123456789 https://evil.example/video.mp4"
    search = Search.objects.create(query=text, source="links", owner=alice)
    run_search(search.pk)
    search.refresh_from_db()

    assert search.status == Search.Status.FAILED
    assert search.error == "None of these links could be read."
    assert [item["reason"] for item in search.skipped] == [
        "This is a photo slideshow: there is no video in it.",
        "Only links to TikTok, YouTube Shorts and Instagram Reels can be fetched.",
    ]


def test_the_api_starts_a_search_and_tells_what_it_found(client, bobs_client):
    video = kept()
    asked = client.post("/api/v1/search", {"keyword": "댕댕이", "source": "library"}, content_type="application/json")
    answer = client.get(f"/api/v1/search/{asked.json()['id']}")

    assert (asked.status_code, asked.json()["status"]) == (202, "done")
    assert [found["id"] for found in answer.json()["videos"]] == [video.pk]
    assert answer.json()["videos"][0]["comment_count"] is None
    assert bobs_client.get(f"/api/v1/search/{asked.json()['id']}").status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"keyword": "  "}, "The keyword is empty."),
        ({"keyword": "a", "source": "atlantis"}, "There is no source “atlantis”."),
        ({"keyword": "a", "limit": 0}, "limit"),
        ({"keyword": 7}, "keyword"),
        ({}, "keyword"),
    ],
)
def test_the_api_refuses_a_search_that_cannot_be(client, sent, words):
    answer = client.post("/api/v1/search", sent, content_type="application/json")

    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]
    assert not Search.objects.exists()


def test_a_second_delivery_of_a_search_changes_nothing(alice):
    kept()
    search = start_search("강아지", "library", alice)
    kept(external_id="another")
    run_search(search.pk)
    search.refresh_from_db()

    assert search.attempt == 1
    assert search.found.count() == 1


def test_the_library_page_filters_sorts_and_turns_pages(client):
    for number in range(70):
        kept(external_id=str(number), caption=f"clip {number:02}", play_count=number)
    address = reverse("library")

    first = client.get(address, {"q": "clip", "sort": "plays"})
    assert [video.caption for video in first.context["page"]][:2] == ["clip 69", "clip 68"]
    second = client.get(address, {"q": "clip", "sort": "plays", "page": "2"})
    assert [video.caption for video in second.context["page"]] == [f"clip {n:02}" for n in range(19, -1, -1)]
    for nonsense in ({"page": "x"}, {"page": "-3"}, {"sort": "; drop"}, {"q": "\0"}, {"page": "9" * 30}):
        assert client.get(address, nonsense).status_code == 200, nonsense


@pytest.mark.parametrize("most", [3, 100])
@pytest.mark.parametrize("sort", list(SORTS))
def test_leafing_costs_the_same_two_queries_and_keeps_the_order(
    alice, monkeypatch, django_assert_num_queries, most, sort
):
    monkeypatch.setattr(library, "MOST", most)
    for number in range(60):
        kept(external_id=str(number), play_count=number * 7 % 11 or None, like_count=number % 3)
    with django_assert_num_queries(2):
        leaves = Leaves(find("강아지", alice, sort))
        page = list(leaves.page(1))

    assert page == list(find("강아지", alice, sort))[: min(most, library.PAGE)]
    assert (leaves.count, leaves.more, leaves.num_pages) == ((3, True, 1) if most == 3 else (60, False, 2))


def test_the_orders_of_the_library_are_read_from_their_indexes(alice):
    kept()
    for sort, index in {"plays": "most_played", "likes": "most_liked", "published": "newest_posts"}.items():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")  # one row is sooner read than an index
                cursor.execute("SET LOCAL enable_sort = off")
            plan = find("", alice, sort)[: library.PAGE].explain()
        assert f"videos_{index}" in plan and "TEMP B-TREE" not in plan
