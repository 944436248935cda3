"""The page of a search: what each source said, a card for each post, sorting, filtering, the best few, what follows."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from ranking.models import Project, Video
from rendering.models import Render
from rendering.wishes import title_of
from scraping import sources
from scraping.fetch_errors import VERIFICATION
from scraping.models import Download, Search
from scraping.results import grouped
from tests.found import line, make_post, make_search

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def shown(client, search, **said):
    """The captions of the cards, in the order of the page."""
    page = client.get(search.get_absolute_url(), said).content.decode()
    return re.findall(r'<a class="caption"[^>]*>([^<]*)</a>', page)


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def lines(client, search):
    """The lines of the sources as people read them."""
    page = client.get(search.get_absolute_url()).content.decode()
    asked = re.search(r'<ul class="asked".*?</ul>', page, re.S)
    return [text_of(item) for item in re.findall(r"<li.*?</li>", asked[0], re.S)] if asked else []


# --- What each source said --------------------------------------------------------------------------------------------
def test_each_source_has_its_line_and_what_was_not_asked_can_be(client, alice, settings):
    settings.SOURCES = ["tiktok", "tikwm", "youtube", "library"]
    asked = [line("tiktok", "verification"), line("tikwm", "off"), line("youtube", "found", found=2, age=200)]
    search = make_search(alice, [make_post(1), make_post(2)], asked=asked, answered="youtube")
    assert lines(client, search) == [
        "TikTok asks for verification – add cookies",
        "tikwm (a third party) off – switch on in Sources",
        "YouTube Shorts 2 found (from 3 minutes ago)",
        "My library not asked ask it too",
    ]
    with translation.override("en"):
        page = client.get(search.get_absolute_url()).content.decode()
    assert '<input type="hidden" name="source" value="library">' in page


def test_a_source_that_is_off_is_not_offered_but_leads_to_where_it_is_switched_on(client, alice, settings):
    settings.SOURCES = ["tiktok", "tikwm", "youtube"]
    search = make_search(alice, [make_post(1)], asked=[line("tiktok", "found", found=1)], answered="tiktok")
    found, ask = "TikTok 1 found", "not asked ask it too"
    sources.switch("youtube", False)
    off = "off – switch on in Sources"
    assert lines(client, search) == [found, f"tikwm (a third party) {off}", f"YouTube Shorts {off}"]
    sources.switch("tikwm", True)
    sources.switch("youtube", True)
    assert lines(client, search) == [found, f"tikwm (a third party) {ask}", f"YouTube Shorts {ask}"]


def test_a_source_that_rests_says_until_when_and_only_as_long_as_it_does(client, alice):
    until = timezone.now() + timedelta(minutes=5)
    asked = [line("tiktok", "rate_limited", until=until.isoformat())]
    search = make_search(alice, [], "failed", asked=asked, error="TikTok was asked too often.")
    assert lines(client, search)[0] == f"TikTok rests until {timezone.localtime(until):%H:%M}"
    search.asked[0]["until"] = (timezone.now() - timedelta(minutes=5)).isoformat()
    search.save()
    assert lines(client, search)[0] == "TikTok asked too often"


def test_while_it_runs_the_next_sources_stand_there_already(client, alice, settings):
    settings.SOURCES = ["tiktok", "youtube", "library"]
    search = make_search(alice, [], "running", asked=[line("tiktok", "network")], answered="")
    assert lines(client, search) == [
        "TikTok not reached",
        "YouTube Shorts is asked now",
        "My library asked next, if need be",
    ]


def test_a_search_that_failed_teaches_what_else_can_be_done(client, alice):
    search = make_search(alice, [], "failed", asked=[line("tiktok", "network")], error="No source answered.")
    page = client.get(search.get_absolute_url()).content.decode()
    for words in ("No source answered.", "No answer for “춤”", "Paste links", "Upload files", "Search the library"):
        assert words in page
    assert "Nothing was found." not in page and "data-pick-all" not in page


def test_reuploads_that_stand_together_are_counted_beside_the_others(client, alice):
    found = [make_post(1, sha256="a"), make_post(2), make_post(3, sha256="a")]
    search = make_search(alice, found, asked=[line("tiktok", "found", found=3)], answered="tiktok")
    page = client.get(search.get_absolute_url()).content.decode()
    assert "2 videos for “춤” 1 re-upload" in text_of(re.search("<h1>.*?</h1>", page, re.S)[0])


def test_a_link_that_is_none_of_a_video_is_not_called_a_source_without_an_answer(client, alice):
    wrong = "This TikTok link does not lead to a single video."
    asked = [line("links", "unsupported", message=wrong)]
    search = make_search(alice, [], "failed", query="https://tiktok.com/x", source="links", asked=asked, error=wrong)
    page = client.get(search.get_absolute_url()).content.decode()
    assert "No video came of “https://tiktok.com/x”" in page and wrong in page and "Upload files" in page
    for vain in ("No answer for", "Paste links", "Look at the sources"):
        assert vain not in page


def test_a_refusal_is_said_once_with_what_helps(client, alice):
    asked = [line("tiktok", "verification", message=VERIFICATION)]
    search = make_search(alice, [], "failed", source="tiktok", asked=asked, error=VERIFICATION)
    page = client.get(search.get_absolute_url()).content.decode()
    notice = re.search(r'<div class="notice error.*?</form>', page, re.S)[0]
    assert f'href="{reverse("cookies")}"' in notice and "Search again" in notice
    assert page.count(VERIFICATION) == 1 and lines(client, search) == []
    again = dict(re.findall(r'<input type="hidden" name="(q|source)" value="([^"]*)"', notice))
    client.post(reverse("search-start"), again)
    assert Search.objects.exclude(pk=search.pk).values_list("query", "source").get() == ("춤", "tiktok")


def test_cookies_are_not_offered_for_another_site_than_tiktok(client, alice):
    search = make_search(alice, [], "failed", asked=[line("youtube", "verification")], answered="")
    assert lines(client, search)[0] == "YouTube Shorts refused to answer"
    assert "Add cookies" not in client.get(search.get_absolute_url()).content.decode()


def test_a_search_that_waits_says_that_its_first_source_waits_too(client, alice):
    search = make_search(alice, [], "queued", source="tiktok", asked=[], answered="")
    assert lines(client, search) == ["TikTok waits for its turn"]
    assert client.get(search.get_absolute_url()).content.decode().count('class="spinner"') == 1


def test_only_what_a_source_answered_is_called_nothing_found(client, alice):
    search = make_search(alice, [], asked=[line("tiktok", "empty")], answered="")
    assert "Nothing was found." in client.get(search.get_absolute_url()).content.decode()
    assert lines(client, search)[0] == "TikTok found nothing"


# --- Cards ------------------------------------------------------------------------------------------------------------
def test_a_card_says_what_is_known_and_a_dash_for_what_no_source_gave(client, alice):
    known = make_post(
        1, play_count=1_234_567, like_count=0, rounded=True, music={"title": "Super Shy", "original": False}
    )
    unknown = make_post(2, play_count=None, like_count=None, author="")
    page = text_of(client.get(make_search(alice, [known, unknown]).get_absolute_url()).content.decode())
    assert "clip 1 ≈1.2M 0 @dancer1 TikTok · ♪ Super Shy" in page
    assert "clip 2 — — unknown creator" in page
    korean = client.get(Search.objects.get().get_absolute_url(), headers={"Accept-Language": "ko"}).content.decode()
    assert "≈123만" in korean


def test_photos_and_what_was_refused_are_shown_with_the_reason_and_cannot_be_picked(client, alice):
    videos = [make_post(1), make_post(2, is_photo=True), make_post(3, refused="private")]
    page = client.get(make_search(alice, videos).get_absolute_url()).content.decode()
    assert re.findall(r'name="video" value="(\d+)"', page) == [str(videos[0].pk)]
    assert "photos" in text_of(page) and "Private" in text_of(page)


def test_a_file_that_is_here_after_all_can_be_picked(client, alice):
    video = make_post(1, refused="private", file="videos/a.mp4", sha256="a" * 64)
    page = client.get(make_search(alice, [video]).get_absolute_url()).content.decode()
    assert f'value="{video.pk}"' in page and reverse("video-file", args=[video.pk]) in page


@pytest.mark.parametrize(
    ("film", "whose", "used"),
    [
        ({"status": "done"}, "alice", True),
        ({"status": "done", "draft": True}, "alice", False),
        ({"status": "failed"}, "alice", False),
        ({"status": "done"}, "bob", False),
    ],
)
def test_what_a_film_of_mine_shows_already_is_marked(client, alice, bob, film, whose, used):
    owner = {"alice": alice, "bob": bob}[whose]
    project = Project.objects.create(owner=owner)
    video = make_post(1)
    project.add(video)
    Render.objects.create(project=project, owner=owner, plan={"clips": []}, **film)
    search = make_search(alice, [video, make_post(2)])
    assert client.get(search.get_absolute_url()).content.decode().count("It is in a film that you made.") == used
    assert shown(client, search, unused="on") == (["clip 2"] if used else ["clip 1", "clip 2"])


def test_re_uploads_stand_behind_the_first_that_can_be_picked_at_the_place_of_whichever_came_first(client, alice):
    videos = [make_post(n, refused="private" if n == 2 else "") for n in range(1, 6)]
    shown = grouped(videos, lambda each: [[each[4], each[0]], [each[1], each[3]], [each[2]]])
    assert [(video.caption, [other.caption for other in video.reuploads]) for video in shown] == [
        ("clip 5", ["clip 1"]),
        ("clip 4", ["clip 2"]),
        ("clip 3", []),
    ]


def test_the_count_of_queries_is_the_same_for_two_and_for_sixty_videos(client, alice, django_assert_num_queries):
    few = make_search(alice, [make_post(n) for n in (1, 2)])
    many = make_search(alice, [make_post(n) for n in range(3, 63)])
    client.get(few.get_absolute_url())
    # Session, user, search, results, the clips used on the user's channel, which sources are off.
    for search in (few, many):
        with django_assert_num_queries(7):
            client.get(search.get_absolute_url(), {"sort": "score", "top": "5"})


def test_a_video_that_was_found_twice_stands_once(client, alice):
    video = make_post(1)
    make_search(alice, [make_post(2), video])
    assert shown(client, make_search(alice, [video])) == ["clip 1"]


# --- Sorting and filtering --------------------------------------------------------------------------------------------
@pytest.fixture
def mixed(alice):
    now = timezone.now()
    song = {"title": "Super Shy", "author": "NewJeans", "original": False}
    return make_search(
        alice,
        [
            make_post(1, play_count=50_000, like_count=9_000, duration=70, published_at=now - timedelta(days=400)),
            make_post(2, play_count=2_000_000, like_count=20_000, duration=15, published_at=now - timedelta(days=2)),
            make_post(3, play_count=None, like_count=None, duration=None, music=song),
            make_post(4, play_count=800, like_count=0, duration=30.5, music={"title": "x", "original": True}),
        ],
    )


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ({}, "1234"),
        ({"sort": "plays"}, "2143"),
        ({"sort": "likes"}, "2143"),
        ({"sort": "rate"}, "1243"),
        ({"sort": "new"}, "2134"),
        ({"sort": "short"}, "2413"),
        ({"sort": "long"}, "1423"),
        ({"sort": "sound"}, "3412"),
        ({"sort": "source"}, "1234"),
        ({"plays": "10000"}, "12"),
        ({"likes": "10000"}, "2"),
        ({"rate": "5"}, "1"),
        ({"days": "7"}, "2"),
        ({"length": "15"}, "2"),
        ({"length": "60"}, "4"),
        ({"length": "more"}, "1"),
        ({"sound": "original"}, "4"),
        ({"sound": "Super Shy – NewJeans"}, "3"),
        ({"sort": "plays", "length": "60", "sound": "original"}, "4"),
        ({"sort": "; drop", "plays": "-1", "sound": "unheard", "top": "99", "project": "x", "days": "\0"}, "1234"),
    ],
)
def test_the_address_sorts_and_filters_and_what_is_not_known_stands_last(client, mixed, said, order):
    assert shown(client, mixed, **said) == [f"clip {n}" for n in order]


def test_no_video_that_passes_is_not_no_video_found(client, mixed):
    page = client.get(mixed.get_absolute_url(), {"plays": "1000000", "length": "60"}).content.decode()
    assert "No video passes these filters." in page and "0 of 4 videos" in page and "Nothing was found" not in page


def test_page_fragment_and_socket_ask_for_the_same_view(client, mixed):
    answer = client.get(mixed.get_absolute_url(), {"sort": "plays", "plays": "", "days": "7"}, headers=HTMX)
    page = answer.content.decode()
    assert 'data-query="sort=plays&amp;days=7"' in page
    assert f'data-url="{mixed.get_absolute_url()}?sort=plays&amp;days=7"' in page
    assert "HX-Push-Url" not in answer.headers, "the page asks again by itself"
    chosen = client.get(mixed.get_absolute_url(), {"sort": "found", "days": "7"}, headers=HTMX | {"HX-Target": "job-x"})
    assert chosen.headers["HX-Push-Url"] == f"{mixed.get_absolute_url()}?days=7"


def test_the_best_few_are_ticked_and_told_why_also_without_scripts(client, alice):
    videos = [make_post(n, play_count=10**n, like_count=None) for n in range(2, 7)]
    videos += [make_post(8, play_count=10**8, is_photo=True)]
    page = client.get(make_search(alice, videos).get_absolute_url(), {"top": "3"}).content.decode()
    best = [str(video.pk) for video in (videos[4], videos[3], videos[2])]
    assert f'data-top-list="{",".join(best)}"' in page
    assert re.findall(r'value="(\d+)" form="pick" checked', page) == best[::-1]
    assert text_of(page).count("of 100: views") >= 3


# --- More -------------------------------------------------------------------------------------------------------------
def test_more_is_asked_of_the_same_source_while_what_is_there_stays(client, bobs_client, alice):
    search = make_search(alice, [make_post(1)], next_cursor="12", limit=30)
    more = reverse("search-more", args=[search.pk])
    assert f'action="{more}"' in client.get(search.get_absolute_url()).content.decode()
    assert bobs_client.post(more).status_code == 404
    fragment = client.post(f"{more}?sort=plays", headers=HTMX).content.decode()
    search.refresh_from_db()
    assert (search.status, search.limit) == ("queued", 60)
    assert 'data-status="queued"' in fragment and 'data-query="sort=plays"' in fragment and "clip 1" in fragment
    assert client.post(more).url == search.get_absolute_url(), "a second press changes nothing"
    search.refresh_from_db()
    assert search.limit == 60


def test_there_is_no_more_where_the_source_has_no_more(client, alice):
    page = client.get(make_search(alice, [make_post(1)]).get_absolute_url()).content.decode()
    assert "More videos" not in page


# --- Picking ----------------------------------------------------------------------------------------------------------
def test_what_is_picked_is_ranked_in_that_order_and_fetched(client, alice):
    ready = make_post(1, file="videos/a.mp4", sha256="a" * 64)
    linked, photo = make_post(2), make_post(3, is_photo=True)
    sent = {"video": [ready.pk, linked.pk, photo.pk], "picked": f"{linked.pk},{photo.pk},{ready.pk}", "title": "춤"}
    answer = client.post(reverse("pick"), sent)
    project = Project.objects.get()
    assert answer.url == project.get_absolute_url() and project.title == "춤"
    assert [entry.video for entry in project.ranked()] == [linked, ready]
    assert [download.video for download in Download.objects.all()] == [linked]
    assert Download.objects.get().owner == alice
    page = client.get(answer.url).content.decode()
    assert "1 picked video was left out: its file cannot be had." in page, "the photos"


def test_a_ranking_of_picked_videos_has_the_title_that_make_it_for_me_would_give(client, alice):
    first, second, third, fourth = (make_post(n).pk for n in range(1, 5))
    client.post(reverse("pick"), {"video": [first, second, third], "title": "#춤 | 고양이"})
    project = Project.objects.get()
    assert project.title == title_of({"keyword": "#춤 | 고양이", "source": "tiktok", "top": 3}) == "춤 고양이 | TOP 3"
    client.post(reverse("pick"), {"video": [fourth], "project": project.pk, "title": "다른 말"})
    project.refresh_from_db()
    assert project.title == "춤 고양이 | TOP 4", "what nobody changed says how many there are"
    Project.objects.update(title="내 제목 TOP 4")
    client.post(reverse("pick"), {"video": [make_post(5).pk], "project": project.pk})
    assert Project.objects.get().title == "내 제목 TOP 4"


def test_pasted_links_are_no_title(client, alice):
    search = make_search(alice, [make_post(1)], query="https://vm.tiktok.com/ZM1", source="links")
    assert 'name="title" value=""' in client.get(search.get_absolute_url()).content.decode()


def test_the_best_can_stand_first_and_what_a_filter_hides_stays_picked(client):
    videos = [make_post(n, play_count=count) for n, count in ((1, 100), (2, None), (3, 10**6))]
    Video.objects.filter(pk=videos[1].pk).update(like_count=None)
    sent = {"video": [videos[0].pk], "picked": ",".join(str(video.pk) for video in videos), "order": "score"}
    client.post(reverse("pick"), sent)
    assert [entry.video.caption for entry in Project.objects.get().ranked()] == ["clip 3", "clip 1", "clip 2"]


def test_picks_go_to_the_end_of_a_ranking_that_is_named(client, bobs_client, alice):
    project = Project.objects.create(owner=alice)
    project.add(make_post(1))
    sent = {"video": [make_post(2).pk], "project": project.pk}
    assert bobs_client.post(reverse("pick"), sent).status_code == 404
    assert client.post(reverse("pick"), sent | {"project": "x"}).status_code == 404
    assert client.post(reverse("pick"), sent).url == project.get_absolute_url()
    assert [entry.video.caption for entry in project.ranked()] == ["clip 1", "clip 2"]


def test_none_or_too_many_picks_are_told_and_make_no_ranking(client):
    many = [make_post(n).pk for n in range(1, 12)]
    for picked, words in (([], "Pick at least one video first."), (many, "A ranking holds at most 10 videos.")):
        page = client.post(reverse("pick"), {"video": picked}, follow=True).content.decode()
        assert words in page
    assert not Project.objects.exists() and not Download.objects.exists()
