"""A page asks the database as often for many rows as for few."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ranking.access import ApiToken, invite, make_token
from ranking.channels import Channel
from ranking.models import Entry, Project, User, Video
from rendering.models import OwnStyle, Render
from rendering.plan import Clip, Plan
from rendering.style import FOLDER
from scraping.models import Download
from tests.found import make_search
from tests.test_pages import make_video

FEW, MANY = 3, 10


def ready(n: int) -> Video:
    return make_video(n, play_count=n, file=f"videos/{n}.mp4", sha256=f"{n:064}", cover=f"covers/{n}.jpg")


def rankings(owner: User, count: int) -> None:
    """Rankings, each with as many entries, and a film of each."""
    videos = [ready(1000 * count + n) for n in range(count)]
    for _turn in range(count):
        project = Project.objects.create(owner=owner, title="Pets | TOP")
        for video in videos:
            project.add(video)
        Render.objects.create(owner=owner, project=project, status="done", percent=100, film="films/1.mp4", seconds=9)


def one_ranking(owner: User, count: int, make=ready) -> Project:
    project = Project.objects.create(owner=owner, title="Pets | TOP")
    for n in range(count):
        project.add(make(2000 * count + n))
    return project


def waiting_ranking(owner: User, count: int) -> Project:
    """A ranking whose videos are being fetched, for the second time."""
    project = one_ranking(owner, count, make_video)
    for entry in project.ranked():
        for status in ("failed", "running"):
            Download.objects.create(owner=owner, video=entry.video, status=status)
    return project


def works(owner: User, count: int) -> None:
    for n in range(count):
        Download.objects.create(owner=owner, video=make_video(3000 * count + n), status="done")
    make_search(owner, [make_video(4000 * count + n) for n in range(count)])


def films(owner: User, count: int) -> Render:
    project = one_ranking(owner, count)
    same = {"owner": owner, "project": project, "percent": 100, "film": "films/1.mp4", "seconds": 9}
    clip = Clip(1, "0" * 64, 0, 30)
    same["plan"] = Plan(("Pets",), "classic", "shorts", (1,), (clip,)).to_json()
    made = [Render.objects.create(status="done", **same) for _turn in range(count)]
    return made[-1]


def one_video(owner: User, count: int) -> Video:
    """A video that stands in as many rankings."""
    rankings(owner, count)
    return Video.objects.latest("pk")


def people(owner: User, count: int) -> None:
    owner.is_staff = True
    owner.save()
    for n in range(count):
        User.objects.create_user(f"guest {count} {n}")
        invite(owner, f"note {n}")


def account(owner: User, count: int) -> None:
    ApiToken.objects.all().delete()
    for n in range(count):
        make_token(owner, f"token {n}")


def channels(owner: User, count: int) -> None:
    for n in range(count):
        Channel.objects.create(owner=owner, name=f"channel {count} {n}")


def styles(owner: User, count: int) -> Project:
    data = json.loads((FOLDER / "classic.json").read_text())
    for n in range(count):
        OwnStyle.objects.create(owner=owner, name=f"own-{count}-{n}", data=data | {"name": f"own-{count}-{n}"})
    return one_ranking(owner, count)


def searches(owner: User, count: int) -> None:
    for n in range(count):
        make_search(owner, [make_video(6000 * count + n)])


PAGES = {
    "start": (rankings, lambda made: "/"),
    "all rankings": (rankings, lambda made: "/rankings/"),
    "library": (lambda owner, count: rankings(owner, count) or works(owner, count), lambda made: "/library/"),
    "work": (works, lambda made: "/jobs/"),
    "editor": (one_ranking, lambda made: made.get_absolute_url()),
    "editor that waits": (waiting_ranking, lambda made: made.get_absolute_url()),
    "board": (one_ranking, lambda made: reverse("board", args=[made.pk])),
    "search": (
        lambda owner, count: make_search(owner, [make_video(5000 * count + n) for n in range(count)]),
        lambda made: made.get_absolute_url(),
    ),
    "films": (films, lambda made: reverse("films", args=[made.project_id])),
    "one film": (films, lambda made: made.get_absolute_url()),
    "one video": (one_video, lambda made: reverse("video", args=[made.pk])),
    "people": (people, lambda made: "/people/"),
    "account": (account, lambda made: "/account/"),
    "channels": (channels, lambda made: "/channels/"),
    "styles": (styles, lambda made: reverse("styles", args=[made.pk])),
    "timeline": (one_ranking, lambda made: reverse("timeline", args=[made.pk])),
    "capture": (searches, lambda made: "/capture/"),
    "publish": (films, lambda made: reverse("render-publish", args=[made.pk])),
    "storage": (rankings, lambda made: "/storage/"),
    "API's rankings": (rankings, lambda made: "/api/v1/projects"),
}


def queries(client, address: str) -> list[str]:
    """Return what a page asks the database, when it is asked for the second time."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in asked]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_as_often_for_many_rows_as_for_few(client, alice, name):
    make, address = PAGES[name]
    few = queries(client, address(make(alice, FEW)))
    many = queries(client, address(make(alice, MANY)))
    assert few, "the page is said to ask for nothing, so nothing was counted"
    assert len(few) == len(many), "\n".join(line for line in many if many.count(line) > 1 or line not in few)[:3000]


def test_one_question_for_each_row_would_be_seen(client, alice):
    project = one_ranking(alice, MANY)
    with CaptureQueriesContext(connection) as asked:
        assert len([entry.video.caption for entry in Entry.objects.filter(project=project)]) == MANY
    assert len(asked) == MANY + 1
