"""What a person does on the pages: make a ranking, order it, label it, cut it; and what a stranger may not."""

import json
import os
import time

import pytest
from django.test import Client
from django.urls import reverse

from ranking import demo
from ranking.models import Entry, Project, User, Video
from rendering.models import Render
from scraping.models import Download, Ingest, Search

HTMX = {"HX-Request": "true"}


def make_video(n: int, **fields) -> Video:
    fields = {
        "caption": f"clip {n}",
        "duration": 10.0,
        "source": "tiktok",
        "url": f"https://tiktok.com/@a/{n}",
    } | fields
    return Video.objects.create(external_id=str(n), **fields)


@pytest.fixture
def videos(db) -> list[Video]:
    return [make_video(n, play_count=10**n, file=f"videos/{n}.mp4", sha256=f"{n:064}") for n in range(1, 6)]


@pytest.fixture
def project(alice, videos) -> Project:
    project = Project.objects.create(owner=alice, title="Pets | TOP 5")
    for video in videos:
        project.add(video)
    return project


def order(project: Project) -> list[int]:
    return [int(entry.video.external_id) for entry in project.ranked()]


def url(name: str, *args) -> str:
    return reverse(name, args=args)


# --- Pages ------------------------------------------------------------------------------------------------------------
def test_the_first_page_teaches_while_it_is_empty(client):
    assert b'class="steps"' in client.get("/").content


def test_the_first_page_says_that_the_demo_is_coming_and_asks_for_it(client, alice, settings, tmp_path):
    settings.TEMP_DIR = tmp_path
    guest, client = client, Client()
    client.force_login(User.objects.local_owner())
    assert b"being drawn" not in client.get("/").content
    demo.tell(40)
    page = client.get("/").content.decode()
    assert "being drawn for you (40%): a TOP 5 of calm animations" in page and "every 3s" in page
    assert b"being drawn" not in guest.get("/").content, "it is the owner's"
    Project.objects.create(owner=User.objects.local_owner(), title="mine already")
    page = client.get("/", headers=HTMX).content.decode()
    assert "mine already" in page and "being drawn" in page and "every 3s" in page
    old = time.time() - demo.SILENT_SECONDS - 1
    os.utime(tmp_path / "demo-percent", (old, old))
    assert b"being drawn" not in client.get("/").content, "whoever drew it is gone"
    demo.ended()
    demo.ended()


def test_the_shelf_alone_answers_htmx(client, project):
    shelf = client.get("/", headers=HTMX).content.decode()
    assert shelf.strip().startswith('<section id="shelf"') and "Pets TOP 5" in shelf and "every 3s" not in shelf


def test_the_first_page_shows_recent_rankings_of_mine_only(client, project, bob):
    Project.objects.create(owner=bob, title="Bob's own")
    page = client.get("/").content.decode()
    assert (
        "Pets TOP 5" in page
        and "Pets | TOP 5" not in page
        and "Bob&#x27;s own" not in page
        and 'class="steps"' not in page
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "queued"}, "waiting"),
        ({"status": "running", "percent": 40}, "being made 40%"),
        ({"status": "running"}, "being made"),
        ({"status": "failed"}, "failed"),
        ({"status": "cancelled"}, "cancelled"),
    ],
)
def test_the_card_of_a_ranking_says_how_its_film_does(client, alice, project, fields, words):
    Render.objects.create(owner=alice, project=project, **fields)
    card = client.get(reverse("home"), headers={"HX-Request": "true"}).content.decode().split("project-card")[1]
    assert f">{words}</span>" in card and "0%" not in card.replace("40%", "")


@pytest.mark.parametrize("status", ["queued", "running", "done", "failed", "cancelled"])
def test_every_kind_of_work_shows_in_every_state(client, alice, project, videos, status):
    fields = {"owner": alice, "status": status, "percent": 40, "error": "It broke." if status == "failed" else ""}
    search = Search.objects.create(query="cats", source="library", **fields)
    render = Render.objects.create(project=project, plan={"clips": []}, stage="segments", **fields)
    work = [search, render, *(kind.objects.create(video=videos[0], **fields) for kind in (Download, Ingest))]
    for job in work:
        answer = client.get(url("job", job.pk))
        text = answer.content.decode()
        assert answer.status_code == 200 and text.count(f'id="job-{job.pk}"') == 1
        assert f'data-status="{status}"' in text and ("<progress" in text) == (status in ("queued", "running"))
        assert ("It broke." in text) == (status == "failed")
    for page in (url("project", project.pk), url("render", render.pk), url("search", search.pk), "/"):
        assert client.get(page).status_code == 200


def test_all_pages_open_for_their_owner_and_are_not_there_for_bob(client, bobs_client, alice, project, videos):
    own = make_video(9, source="file", owner=alice, url="")
    render = Render.objects.create(project=project, owner=alice, plan={"clips": []})
    search = Search.objects.create(query="cats", source="library", owner=alice)
    private = [url("project", project.pk), url("video", own.pk), url("render", render.pk)]
    private += [url("search", search.pk), url("job", search.pk), url("board", project.pk)]
    for address in private:
        assert client.get(address).status_code == 200, address
        assert bobs_client.get(address).status_code == 404, address
    for address in ("/", url("library"), url("video", videos[0].pk)):
        assert client.get(address).status_code == bobs_client.get(address).status_code == 200


def test_bob_changes_nothing_of_alice(bobs_client, project):
    entry = project.entries.get(rank=2)
    actions = [(name, entry.pk) for name in ("entry-move", "entry-edit", "entry-remove")]
    names = ("project-title", "project-settings", "project-delete", "project-rank", "entry-add", "render-start")
    actions += [(name, project.pk) for name in names]
    before = order(project), project.title
    for name, pk in actions:
        data = {"rank": 1, "label": "x", "title": "x", "video": "1"}
        assert bobs_client.post(url(name, pk), data).status_code == 404, name
    project.refresh_from_db()
    assert (order(project), project.title) == before and not project.renders.exists()


def test_nobody_is_let_in_without_a_login(stranger, project):
    for address in ("/", url("project", project.pk), url("library")):
        assert stranger.get(address).url.startswith("/login/")
    assert "password" in stranger.get("/login/").content.decode()


def test_an_address_that_is_none_says_so_in_both_languages(client):
    page = client.get("/projects/999999/")
    assert page.status_code == 404 and "이 페이지는" in page.content.decode() and b"not here" in page.content


def test_changes_need_the_csrf_token_and_a_post(alice, project):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(url("project-delete", project.pk)).status_code == 403
    assert strict.get(url("project-delete", project.pk)).status_code == 405
    assert Project.objects.filter(pk=project.pk).exists()


# --- Making and ordering ----------------------------------------------------------------------------------------------
def test_picked_videos_become_a_ranking_in_the_order_of_picking(client, videos):
    ids = [str(video.pk) for video in videos]
    data = {"video": ids[:3], "picked": f"{ids[2]},{ids[0]},{ids[1]}", "title": "cats"}
    answer = client.post(url("project-create"), data)
    made = Project.objects.get()
    assert answer.url == made.get_absolute_url() and order(made) == [3, 1, 2] and made.title == "cats"


def test_an_upload_of_somebody_else_cannot_be_picked(client, bob, videos):
    secret = make_video(8, owner=bob, source="file")
    client.post(url("project-create"), {"video": [videos[0].pk, secret.pk, "nonsense", "9" * 30]})
    assert order(Project.objects.get()) == [1]


def test_eleven_are_too_many_and_nothing_is_made(client, db):
    many = [make_video(100 + n).pk for n in range(11)]
    page = client.post(url("project-create"), {"video": many}, follow=True)
    assert b"at most 10 videos" in page.content and not Project.objects.exists()


def test_adding_more_than_fit_adds_none(client, project):
    many = [make_video(100 + n).pk for n in range(6)]
    answer = client.post(url("entry-add", project.pk), {"video": many}, headers=HTMX)
    assert answer.status_code == 422 and b"at most 10 videos" in answer.content
    assert len(order(project)) == 5


def test_moving_answers_with_the_list_as_it_now_is(client, project):
    entry = project.entries.get(rank=4)
    answer = client.post(url("entry-move", entry.pk), {"rank": 1}, headers=HTMX)
    assert order(project) == [4, 1, 2, 3, 5]
    text = answer.content.decode()
    assert text.index(f'id="entry-{entry.pk}"') < text.index('data-rank="2"')
    assert "board-changed" in answer.headers["HX-Trigger"]


def test_a_move_that_the_page_shows_already_is_answered_without_the_list(client, project):
    data = {"rank": 1, "was": 4, "placed": "on"}
    answer = client.post(url("entry-move", project.entries.get(rank=4).pk), data, headers=HTMX)
    project.refresh_from_db()
    assert (answer.status_code, order(project)) == (204, [4, 1, 2, 3, 5])
    assert answer.headers["X-Version"] == str(project.version)
    assert set(json.loads(answer.headers["HX-Trigger"])) == {"board-changed", "told"}


@pytest.mark.parametrize("rank", ["0", "-3", "best", ""])
def test_a_rank_that_is_none_is_refused_with_a_sentence(client, project, rank):
    answer = client.post(url("entry-move", project.entries.get(rank=4).pk), {"rank": rank}, headers=HTMX)
    assert answer.status_code == 422 and b'role="alert"' in answer.content and order(project) == [1, 2, 3, 4, 5]


def test_moving_works_without_scripts(client, project):
    answer = client.post(url("entry-move", project.entries.get(rank=1).pk), {"rank": 2})
    assert answer.url == project.get_absolute_url() and order(project) == [2, 1, 3, 4, 5]


def test_removing_closes_the_ranks_up(client, project):
    client.post(url("entry-remove", project.entries.get(rank=2).pk), headers=HTMX)
    assert order(project) == [1, 3, 4, 5] and [e.rank for e in project.ranked()] == [1, 2, 3, 4]


def test_rank_for_me_puts_the_most_seen_first_and_remembers_the_weights(client, project):
    only_views = {"views": 100, "likes": 0, "comments": 0, "shares": 0, "saves": 0, "recency": 0}
    client.post(url("project-rank", project.pk), only_views, headers=HTMX)
    assert order(project) == [5, 4, 3, 2, 1]
    page = client.get(url("project", project.pk)).content.decode()
    assert 'name="likes" min="0" max="100" step="5" value="0"' in page and "of 100: views" in page


def test_rank_for_me_without_numbers_keeps_the_order_and_says_so(client, project):
    Video.objects.update(play_count=None)
    answer = client.post(url("project-rank", project.pk), headers=HTMX).content.decode()
    assert "the order stays yours" in answer and order(project) == [1, 2, 3, 4, 5]
    page = client.post(url("project-rank", project.pk), follow=True).content.decode()
    assert "the order stays yours" in page


@pytest.mark.parametrize(("name", "value"), [("views", "-1"), ("likes", "many"), ("recency", "101")])
def test_weights_that_are_none_change_nothing(client, project, name, value):
    answer = client.post(url("project-rank", project.pk), {name: value}, headers=HTMX)
    assert answer.status_code == 422 and order(project) == [1, 2, 3, 4, 5] and "weights" not in client.session


def test_all_weights_zero_are_refused(client, project):
    zeros = dict.fromkeys(("views", "likes", "comments", "shares", "saves", "recency"), 0)
    assert b"more than 0" in client.post(url("project-rank", project.pk), zeros, headers=HTMX).content


# --- Edits in place ---------------------------------------------------------------------------------------------------
def test_a_label_is_saved_and_comes_back(client, project):
    entry = project.entries.get(rank=1)
    label = "바나나 실화? 🍌 <b>&\"'"
    answer = client.post(url("entry-edit", entry.pk), {"label": label}, headers=HTMX)
    assert b"saved" in answer.content and "board-changed" in answer.headers["HX-Trigger"]
    entry.refresh_from_db()
    assert entry.label == label and entry.fit == "cover"
    page = client.get(url("project", project.pk)).content.decode()
    assert "바나나 실화? 🍌 &lt;b&gt;&amp;" in page and "🍌 <b>" not in page


def test_a_cut_is_saved_and_an_empty_field_takes_it_back(client, project):
    entry = project.entries.get(rank=1)
    client.post(url("entry-edit", entry.pk), {"start": "1.5", "end": "8", "fit": "contain", "volume": "0.4"})
    entry.refresh_from_db()
    assert (entry.start, entry.end, entry.fit, entry.volume) == (1.5, 8.0, "contain", 0.4)
    client.post(url("entry-edit", entry.pk), {"start": "", "end": ""})
    entry.refresh_from_db()
    assert (entry.start, entry.end, entry.volume) == (None, None, 0.4)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"start": "5", "end": "5"}, "The end must come after the start."),
        ({"start": "-1", "end": ""}, "less than 0 seconds"),
        ({"start": "", "end": "11"}, "only 10.0 seconds long"),
        ({"start": "10", "end": ""}, "before the end of the video"),
        ({"start": "soon", "end": ""}, "number"),
        ({"start": "nan", "end": ""}, "number"),
        ({"volume": "2.1"}, "from 0 to 2"),
        ({"volume": "inf"}, "number"),
        ({"fit": "stretch"}, "stretch"),
        ({"label": "x" * 201}, "200"),
        ({"label": "good", "volume": "loud"}, "number"),
    ],
)
def test_a_bad_edit_says_why_and_stores_nothing(client, project, data, sentence):
    entry = project.entries.get(rank=1)
    before = Entry.objects.filter(pk=entry.pk).values().get()
    answer = client.post(url("entry-edit", entry.pk), data, headers=HTMX | {"accept-language": "en"})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert Entry.objects.filter(pk=entry.pk).values().get() == before


def test_only_an_end_sent_is_checked_against_the_stored_start(client, project):
    entry = project.entries.get(rank=1)
    client.post(url("entry-edit", entry.pk), {"start": "6", "end": ""})
    assert client.post(url("entry-edit", entry.pk), {"end": "3"}, headers=HTMX).status_code == 422


def test_title_and_settings_are_saved(client, project):
    client.post(url("project-title", project.pk), {"title": "웃다가\n눈물나는 TOP 5"}, headers=HTMX)
    data = {"target": "tiktok", "style": "classic", "order": "shuffled", "seconds": "62"}
    assert b"saved" in client.post(url("project-settings", project.pk), data, headers=HTMX).content
    project.refresh_from_db()
    assert project.title.split() == ["웃다가", "눈물나는", "TOP", "5"]
    assert (project.target, project.order, project.seconds) == ("tiktok", "shuffled", 62.0)


@pytest.mark.parametrize(
    "wrong", [{"target": "cinema"}, {"style": "../x"}, {"order": "random"}, {"seconds": "61"}, {"seconds": "1"}]
)
def test_settings_that_are_none_are_refused(client, project, wrong):
    data = {"target": "shorts", "style": "classic", "order": "listed", "seconds": ""} | wrong
    answer = client.post(url("project-settings", project.pk), data, headers=HTMX)
    project.refresh_from_db()
    assert answer.status_code == 422 and b'role="alert"' in answer.content and project.order == "countdown"


def test_a_refused_setting_names_its_field(client, project):
    data = {"target": "shorts", "style": "classic", "order": "listed", "seconds": "1"}
    answer = client.post(url("project-settings", project.pk), data, headers=HTMX).content.decode()
    assert 'data-fields="seconds"' in answer and "at least 3 seconds" in answer


def test_deleting_keeps_the_videos(client, project):
    client.post(url("project-delete", project.pk))
    assert not Project.objects.exists() and Video.objects.count() == 5


# --- What is missing is said ------------------------------------------------------------------------------------------
def test_generate_says_what_is_missing(client, alice, project, videos):
    def page() -> str:
        return client.get(url("project", project.pk), headers={"accept-language": "en"}).content.decode()

    assert '<button class="gold big" >' in page()
    videos[2].file = ""
    videos[2].save(update_fields=["file"])
    job = Download.objects.create(video=videos[2], owner=alice)
    assert "1 video is not ready yet." in page() and f'id="job-{job.pk}"' in page() and "disabled" in page()
    job.cancel()
    assert "1 video is not ready yet." in page() and page().count(" data-fetch ") == 1
    Download.objects.filter(pk=job.pk).update(status="failed", stage=Download.FOR_GOOD)
    Video.objects.filter(pk=videos[3].pk).update(file="", refused="unavailable")
    Video.objects.filter(pk=videos[4].pk).update(file="", url="")
    assert "3 videos cannot be fetched: choose others instead." in page() and "data-fetch" not in page()
    saved = client.post(url("project-title", project.pk), {"title": "Pets"}, headers=HTMX | {"accept-language": "en"})
    assert b"3 videos cannot be fetched" in saved.content
    for entry in project.ranked()[:3]:
        entry.remove()
    assert "Add 1 more video" in page()


def test_a_video_that_its_source_refuses_is_told_in_its_row(client, project, videos):
    Video.objects.filter(pk=videos[1].pk).update(file="", refused="private")
    page = client.get(url("project", project.pk), headers={"accept-language": "en"}).content.decode()
    assert page.count("It cannot be fetched: Private. Take it out, choose another video") == 1
    Video.objects.filter(pk=videos[1].pk).update(url="", refused="")
    assert "It has no link to be fetched from." in client.get(url("project", project.pk)).content.decode()


def test_a_film_without_words_is_warned_of_before_it_is_made(client, project):
    def hint(answer) -> str:
        return answer.content.decode().split('id="generate-hint"')[1].split("</p>")[0]

    assert "Ranks 1, 2, 3, 4, 5 have no label yet" in hint(client.get(url("project", project.pk)))
    entries = list(project.ranked())
    Entry.objects.exclude(pk=entries[3].pk).update(label="good")
    saved = client.post(url("project-title", project.pk), {"title": " "}, headers=HTMX)
    assert "some labels are empty" in hint(saved) and 'hx-swap-oob="true"' in hint(saved)
    saved = client.post(url("entry-edit", entries[3].pk), {"label": "better"}, headers=HTMX)
    assert "There is no title yet" in hint(saved)
    saved = client.post(url("project-title", project.pk), {"title": "Pets"}, headers=HTMX)
    assert hint(saved).split(">")[1].strip() == ""


def test_the_page_asks_the_database_no_more_for_ten_than_for_five(client, project, django_assert_max_num_queries):
    for n in range(6, 11):
        project.add(make_video(n, file=f"videos/{n}.mp4", sha256=f"{n:064}", cover=f"covers/{n}.webp"))
    Video.objects.update(cover="covers/x.webp")
    with django_assert_max_num_queries(10):
        assert client.get(url("project", project.pk)).status_code == 200
