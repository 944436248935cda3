"""“Make it for me”: from a keyword to a film in steps, each of which looks at what is there."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from ranking.jobs import Job, JobError
from ranking.models import Project, User, Video
from ranking.sweep import sweep
from rendering import tasks
from rendering.models import Render
from rendering.templatetags.wishes import left_to_do, wish_steps
from rendering.wishes import TOO_FEW_LINKS, start_wish
from scraping import cookies, ingest
from scraping.downloading import run_download, run_ingest
from scraping.models import Download, Ingest, Search
from scraping.searching import run_search, start_search
from scraping.standin import catalogue
from tests.examined import video_of
from tests.standin import StandIn
from tests.test_film import lavfi
from tests.test_keyword_film import LOGIN
from tests.test_pages import make_video

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.film]
LONG_AGO = timedelta(minutes=5)


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> list[Path]:
    """Five clips that look different."""
    folder = tmp_path_factory.mktemp("clips")
    looks = ("testsrc2", "mandelbrot", "smptebars", "rgbtestsrc", "life=mold=10:ratio=.2")
    sized = [f"{look}{':' if '=' in look else '='}s=180x320:r=30" for look in looks]
    return [lavfi(folder / f"{n}.mp4", look, seconds=1.5) for n, look in enumerate(sized)]


@pytest.fixture
def videos(alice, clips, valkey) -> list[Video]:
    """Five posts about dogs that are here, the most played last."""
    posts = [video_of(clip, alice) for clip in clips]
    for n, post in enumerate(posts):
        post.play_count, post.published_at = 10 ** (n + 2), timezone.now()
        post.caption = post.search_text = f"dog number {n}"
        post.save()
    return posts


def look(render: Render) -> Render:
    """A worker comes by: one look at the wish, as if its second was over."""
    Render.objects.filter(pk=render.pk).update(not_before=None)
    tasks.gather_videos_task(str(render.pk))
    render.refresh_from_db()
    return render


def work(kind: type[Job]) -> None:
    """The workers do all that is queued of a kind."""
    run = {Search: run_search, Download: run_download, Ingest: run_ingest}[kind]
    for pk in list(kind.objects.active().values_list("pk", flat=True)):
        run(pk)


def refuse(video: Video, why: str = "This video is private.") -> None:
    """Its download ends as one does that its source refused."""
    with Download.objects.active().get(video=video).running():
        raise JobError(why)


def shown(project: Project) -> list[Video]:
    return [entry.video for entry in project.ranked()]


def test_the_best_of_what_is_found_are_ranked_labelled_and_planned(alice, videos):
    render = start_wish(alice, "#dog", "library", 3)
    assert (render.stage, render.project.title) == ("look", "dog | TOP 3")

    look(render)

    assert shown(render.project) == [videos[4], videos[3], videos[2]]
    assert [entry.label for entry in render.project.ranked()] == ["dog number 4", "dog number 3", "dog number 2"]
    assert render.stage == "plan" and render.is_waiting() and not render.not_before
    assert sorted(clip["rank"] for clip in render.plan["clips"]) == [1, 2, 3] and len(render.sources) == 3
    tasks.generate_ranking_video_task(str(render.pk))
    assert render.segments.count() == 3


def test_what_is_refused_gives_its_place_to_the_next_best_and_is_told(alice, videos):
    first = make_video(91, caption="dog best", search_text="dog best", play_count=10**9, published_at=timezone.now())
    render = look(start_wish(alice, "dog", "library", 3))
    assert render.stage == "fetch" and render.message == "2 of 3 are here"
    assert shown(render.project) == [first, videos[4], videos[3]]

    refuse(first)
    look(render)

    assert shown(render.project) == [videos[4], videos[3], videos[2]] and render.stage == "plan"
    assert render.left_out == [{"clip": first.url, "reason": "This video is private.", "video": first.pk}]


def test_the_bar_of_a_wish_never_goes_back(alice, videos):
    gone = [
        make_video(n, caption="dog", search_text="dog", play_count=10**9, published_at=timezone.now()) for n in (91, 92)
    ]
    render, seen = start_wish(alice, "dog", "library", 3), []

    def see() -> None:
        render.refresh_from_db()
        seen.append(render.as_dict()["percent"])
        card = render_to_string(render.template, {"job": render})
        assert (card.count("<progress"), card.count('class="spinner"')) == (1, 2), (
            "the present step and the phone's bar"
        )

    see()
    search = start_search("dog", "library", alice)
    Render.objects.filter(pk=render.pk).update(search=search)
    for percent in (60, 90):
        Search.objects.filter(pk=search.pk).update(status="running", percent=percent)
        look(render)
        see()
    Search.objects.filter(pk=search.pk).update(status="done")
    look(render)
    see()
    Download.objects.active().filter(video=gone[0]).update(percent=90)
    look(render)
    see()
    for video in gone:
        refuse(video)
    look(render)
    see()
    for stage, percent in (("plan", 0), ("segments", 4), ("segments", 80), ("join", 92)):
        Render.objects.filter(pk=render.pk).update(stage=stage, percent=percent, status="running")
        see()
    assert seen == sorted(seen) and seen[0] == 0 and 0 < seen[1] < 10 and seen[-1] > 92


def test_a_reupload_is_ranked_once_whoever_has_the_better_place(alice, videos, clips):
    copy = ingest.ingest_file(clips[4], owner=User.objects.create_user("carol"))
    ingest.complete(copy)
    kept = {"owner": None, "search_text": "dog copy", "play_count": 10**9, "published_at": timezone.now()}
    Video.objects.filter(pk=copy.pk).update(**kept)
    render = look(start_wish(alice, "dog", "library", 5))
    assert len({video.sha256 for video in shown(render.project)}) == 5 == render.project.entries.count()


def test_what_a_person_does_meanwhile_stays(alice, videos):
    make_video(91, caption="dog best", search_text="dog best", play_count=10**9, published_at=timezone.now())
    render = look(start_wish(alice, "dog", "library", 4))
    best, first, second, *_rest = render.project.ranked()
    second.remove()
    first.label = "mine"
    first.save()
    Project.objects.filter(pk=render.project_id).update(title="My own")

    refuse(best.video)
    look(render)

    assert render.stage == "plan" and second.video not in shown(render.project)  # not made up for: 3, no longer 4
    assert shown(render.project) == [videos[4], videos[2], videos[1]]
    assert render.project.ranked()[0].label == "mine" and Project.objects.get().title == "My own"


@pytest.mark.parametrize("stage", ["look", "choose", "fetch"])
def test_a_worker_that_dies_at_a_step_costs_nothing_but_time(alice, videos, stage):
    post = make_video(91, caption="dog best", search_text="dog best", play_count=10**9, published_at=timezone.now())
    render = start_wish(alice, "dog", "library", 3)
    if stage == "fetch":
        look(render)
    elif stage == "choose":
        look(render).project.entries.all().delete()
        Render.objects.update(taken=[])
    long_ago = timezone.now() - LONG_AGO
    stuck = {"status": "running", "heartbeat_at": long_ago, "nudged_at": long_ago, "not_before": None}
    Render.objects.update(stage=stage, **stuck)  # as it was when its worker was heard of last

    assert sweep() >= 1
    look(render)
    refuse(post)
    look(render)

    assert render.stage == "plan" and len(render.plan["clips"]) == 3
    assert Search.objects.count() == 1 and Download.objects.count() == 1


def test_a_lost_message_is_sent_again_to_those_who_gather(alice, videos, monkeypatch):
    make_video(91, caption="dog best", search_text="dog best", play_count=10**9, published_at=timezone.now())
    render = look(start_wish(alice, "dog", "library", 3))
    assert render.is_waiting()
    long_ago = timezone.now() - LONG_AGO
    Render.objects.update(nudged_at=long_ago, not_before=long_ago)
    assert sweep() >= 1
    render.refresh_from_db()
    assert render.nudged_at > long_ago


def test_cancelled_it_leaves_the_ranking_as_far_as_it_came(alice, videos):
    early = look(start_wish(alice, "dog", "tiktok", 3))
    assert early.cancel() and Search.objects.get().status == "cancelled" and not early.project.entries.exists()

    make_video(91, caption="dog best", search_text="dog best", play_count=10**9, published_at=timezone.now())
    late = look(start_wish(alice, "dog", "library", 3))
    assert late.cancel() and late.project.entries.count() == 3 and not Download.objects.active().exists()
    assert look(late).status == "cancelled" and late.stage == "fetch"

    again = look(late.again())
    assert again.pk != late.pk and again.project == late.project and Download.objects.active().count() == 1
    assert again.again() == again  # it is at it already


def test_too_few_videos_are_said_and_what_was_found_stays(alice, videos):
    render = look(start_wish(alice, "dog number 4", "library", 3))
    assert render.status == "failed" and render.project.entries.count() == 1
    assert render.error.startswith("Only 1 video could be had, and a ranking needs at least three.")
    none = look(start_wish(alice, "zebra", "library", 3))
    assert none.error == "No video that can be ranked was found for “zebra”."


def test_fewer_than_asked_for_make_a_shorter_ranking_with_a_true_title(alice, videos):
    render = look(start_wish(alice, "dog", "library", 9))
    assert render.stage == "plan" and render.project.entries.count() == 5
    assert Project.objects.get().title == "dog | TOP 5"


def test_it_counts_as_a_film_of_the_day(client, alice, videos):
    alice.films_a_day = 0
    alice.save()
    start_wish(alice, "dog", "library", 3)
    alice.refresh_from_db()
    assert alice.films_today == 1
    alice.films_a_day = 1
    alice.save()
    page = client.post("/wish/", {"q": "dog"}, follow=True).content.decode()
    assert "You have made the 1 film that you may make a day." in page and Project.objects.count() == 1


@pytest.mark.long
def test_from_a_keyword_on_the_stand_in_to_a_plan_step_by_step(tmp_path, settings, valkey):
    owner = User.objects.local_owner()
    cookies.keep(owner, LOGIN)
    with StandIn(folder=tmp_path / "standin") as site:
        settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS, settings.HOST_SPACING = site.url, True, 0
        render = look(start_wish(owner, "#춤", "tiktok", 3))
        assert render.stage == "look" and render.is_waiting() and Search.objects.get() == render.search
        assert look(render).stage == "look" and Search.objects.count() == 1  # looked at again, not asked again
        work(Search)
        assert look(render).stage == "fetch" and render.message == "0 of 3 are here"
        chosen = [video.external_id for video in shown(render.project)]
        work(Download)
        assert look(render).stage == "fetch" and render.percent > 69  # they are here, and not looked at yet
        assert render.message == "looking for the best moments"
        work(Ingest)
        assert look(render).stage == "plan" and len(render.plan["clips"]) == 3
    assert {facts.id for facts in catalogue.about("춤") if facts.photo or facts.mode}.isdisjoint(chosen)


# --- The pages --------------------------------------------------------------------------------------------------------
def test_the_button_beside_the_search_lands_in_the_editor_and_says_what_is_going_on(client, alice, valkey):
    assert b'formaction="/wish/"' in client.get("/").content
    answer = client.post("/wish/", {"q": "춤", "source": "tiktok", "top": "4"}, follow=True)
    render = Render.objects.get(owner=alice)
    assert render.wish == {"keyword": "춤", "source": "tiktok", "top": 4}
    assert answer.redirect_chain[0][0] == render.project.get_absolute_url()
    page = answer.content.decode()
    assert 'aria-current="step"' in page and "looking for videos" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"q": " "}, "Type a keyword or paste links first."),
        ({"q": "춤", "top": "40"}, "A ranking holds 3 to 10 videos."),
        ({"q": "춤", "source": "nowhere"}, "There is no such source."),
        ({"q": "https://"}, TOO_FEW_LINKS),
        ({"q": "https://youtu.be/aaaaaaaaaaa https://www.tiktok.com/@a/video/12345678"}, TOO_FEW_LINKS),
        (  # one of them twice, one of a site that is not fetched, one of photos
            {
                "q": "https://youtu.be/aaaaaaaaaaa https://youtu.be/aaaaaaaaaaa?t=3 https://vimeo.com/12345678"
                " https://www.tiktok.com/@a/video/12345678 https://www.tiktok.com/@a/photo/12345679"
            },
            TOO_FEW_LINKS,
        ),
    ],
)
def test_a_wish_that_makes_no_sense_gets_one_sentence(client, sent, said):
    page = client.post("/wish/", sent, follow=True).content.decode()
    assert said in page and not Project.objects.exists() and not Render.objects.exists()


def test_three_links_are_enough_to_begin(client, alice, valkey):
    links = [f"https://www.tiktok.com/@a/video/1234567{n}" for n in range(3)]
    client.post("/wish/", {"q": "\n".join(links)})
    assert Render.objects.get().wish["source"] == "links" and Project.objects.get().title == ""


def test_captions_that_begin_alike_leave_a_label_to_do_where_nothing_differs(alice, videos):
    for video, caption in zip(
        videos, ["dog on ice", "dog on ice", "dog on ice, then it falls into the cold water"] * 2, strict=False
    ):
        Video.objects.filter(pk=video.pk).update(caption=caption, search_text=caption)
    render = look(start_wish(alice, "dog", "library", 3))
    assert [entry.label for entry in render.project.ranked()] == ["dog on ice", "", "then it falls into the cold"]
    assert left_to_do(render)[0].words == "Write a label for rank 2: its caption says nothing new."


def test_what_is_left_to_do_is_one_list_that_gets_shorter(client, bobs_client, alice, valkey):
    render = start_wish(alice, "춤", "tiktok", 3)
    for n in range(3):
        render.project.add(make_video(n, file=f"videos/{n}.mp4", sha256=f"{n:064}"), label="" if n else "one")
    Render.objects.filter(pk=render.pk).update(stage="segments")
    url = f"/films/{render.pk}/left/"
    page = client.get(url).content.decode()
    assert "Write labels for ranks 2, 3" in page and "Say why at ranks 1, 2, 3" in page
    render.project.entries.update(label="named", reason="because")
    page = client.get(url).content.decode()
    assert "Write labels" not in page and "Say why" not in page and "Read the labels once" in page
    assert bobs_client.get(url).status_code == 404


def test_a_film_that_was_asked_for_by_hand_has_no_such_list(client, alice):
    project = Project.objects.create(owner=alice)
    Render.objects.create(project=project, owner=alice, status="done")
    assert b"left-to-do" not in client.get(project.get_absolute_url()).content


@pytest.mark.parametrize(
    ("status", "stage", "states"),
    [
        ("running", "fetch", ["done", "done", "now", "next"]),
        ("failed", "look", ["failed", "next", "next", "next"]),
        ("failed", "fetch", ["done", "done", "failed", "next"]),
        ("cancelled", "choose", ["done", "next", "next", "next"]),
    ],
)
def test_the_steps_tell_which_one_failed_and_only_the_present_one_is_going_on(alice, status, stage, states):
    steps = wish_steps(Render(owner=alice, status=status, stage=stage))
    assert [step.state for step in steps] == states
    assert [step.words.split()[0].endswith("ing") for step in steps] == [state == "now" for state in states]


def test_a_wish_that_failed_offers_ways_on_as_a_failed_search_does(client, alice, valkey):
    render = start_wish(alice, "춤", "tiktok", 3)
    search = Search.objects.create(owner=alice, query="춤", source="tiktok", status="failed")
    Render.objects.filter(pk=render.pk).update(status="failed", error="No source answered.", search=search)
    page, project = client.get(render.get_absolute_url()).content.decode(), render.project.get_absolute_url()
    for way in (search.get_absolute_url(), "/cookies/", "/sources/", "/#q", f"{project}#add-heading"):
        assert f'<li><a href="{way}">' in page
    Render.objects.filter(pk=render.pk).update(stage="segments", error="The disk is full.")
    assert "ways-on" not in client.get(render.get_absolute_url()).content.decode(), "no source helps with that"


def test_trying_a_failed_wish_again_gathers_anew(client, alice, valkey):
    render = start_wish(alice, "춤", "tiktok", 3)
    Render.objects.filter(pk=render.pk).update(status="failed", error="No source answered.")
    assert client.post(f"/films/{render.pk}/retry/").status_code == 302
    assert Render.objects.active().get().wish == render.wish
