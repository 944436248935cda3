"""Every address of the site, walked: what is alice's is not there for bob, and nothing is for who is not logged in.

A new address is walked by itself. One that names a new kind of thing fails here until HERS says what to put there.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver
from PIL import Image

from ranking import jobs
from ranking.access import ApiToken, make_token
from ranking.asgi import application, sockets
from ranking.channels import Channel
from ranking.models import Project, Track, User, Video
from rendering.generate import plan_project
from rendering.models import OwnStyle, Render
from rendering.style import FOLDER
from scraping.models import Download, Ingest, SavedSearch, SavedView, Search
from tests.clips import make_clip
from tests.examined import video_of

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "patch", "delete")
NOT_YOURS = (403, 404, 405)
OURS = ("ranking", "scraping", "rendering")
STAFF_ONLY = ("people/", "sources/<")
# Open to everybody; some show nothing without a secret in the address or in a header.
OPEN = {"login", "logout", "password-forgotten", "password-choose", "join", "capture-take", "set_language"}
OPEN |= {"openapi-json", "openapi-view", "api-root", "read_health"}
OF_EVERYBODY = {"source-try", "hint-away"}  # what it names is nobody's own
OPEN_ROUTES = {"favicon.ico", "admin/login/"}


class Address(NamedTuple):
    route: str
    name: str

    @property
    def is_open(self) -> bool:
        return self.name in OPEN or self.route in OPEN_ROUTES


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 1)


@pytest.fixture
def hers(alice, clip, valkey) -> dict[str, Any]:
    """One of everything that a user can have, by the beginning of the route that names it; the longest counts."""
    video = video_of(clip, alice)
    Video.objects.update(cover="films/a.jpg")
    project = Project.objects.create(owner=alice, title="alice's own")
    entry = project.add(video, label="her label")
    plan = plan_project(project).to_json()
    made = {"status": "done", "film": "films/a.mp4", "cover": "films/a.jpg", "seconds": 3}
    render = Render.objects.create(project=project, owner=alice, plan=plan, **made)
    search = Search.objects.create(query="hers", source="library", owner=alice, status="done")
    track = Track.objects.create(owner=alice, name="hers", file="tracks/a.m4a", seconds=9, sha256="a" * 64)
    style = OwnStyle.objects.create(owner=alice, name="hers", data=json.loads((FOLDER / "classic.json").read_text()))
    make_token(alice, "hers")
    for path in ("films/a.mp4", "tracks/a.m4a"):
        file = settings.MEDIA_ROOT / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"hers")
    Image.new("RGB", (90, 160)).save(settings.MEDIA_ROOT / "films/a.jpg")
    return {
        "projects/": project.pk,
        "entries/": entry.pk,
        "jobs/": render.pk,
        "films/": render.pk,
        "search/": search.pk,
        "saved/": SavedSearch.objects.create(owner=alice, query="hers").pk,
        "library/views/": SavedView.objects.create(owner=alice, name="hers", query="sort=new").pk,
        "videos/": video.pk,
        "downloads/": Download.objects.create(video=video, owner=alice).pk,
        "music/": track.pk,
        "styles/": f"own-{style.pk}",
        "account/tokens/": ApiToken.objects.get().pk,
        "people/": alice.pk,
        "people/invitations/": 1,
        "channels/": Channel.objects.create(owner=alice, name="hers").pk,
        "hints/": "moves",
        "sources/": "tiktok",
        "api/v1/projects/": project.pk,
        "api/v1/jobs/": render.pk,
        "api/v1/renders/": render.pk,
        "api/v1/search/": search.pk,
        "api/v1/music/": track.pk,
        # The second name in an address, by itself.
        "<int:track_id>": track.pk,
        "<int:own_id>": style.pk,
        "<int:rank>": 1,
        "<slug:name>": "0" * 64,
        "<str:kind>": "cover",
        "<slug:value>": "classic",
    }


def addresses(patterns: Any = None, before: str = "") -> Iterator[Address]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Address(route, pattern.name or "")
        elif not route.startswith("admin/"):  # Django's own; test_the_admin_is_for_the_staff
            yield from addresses(pattern.url_patterns, route)


def filled(route: str, hers: dict[str, Any]) -> str:
    """Return the path of alice's own. Fails where a name in it is not known here."""
    first = True

    def put(match: re.Match) -> str:
        nonlocal first
        before = route[: match.start()]
        known = [key for key in hers if not key.startswith("<") and before.startswith(key)] if first else []
        first = False
        key = max(known, key=len) if known else match[0]
        assert key in hers, f"tell HERS (the fixture `hers`) what {match[0]} is in {route}"
        return str(hers[key])

    return "/" + re.sub(r"<[^>]+>", put, route)


def ask(client: Client, method: str, address: Address, hers: dict[str, Any]) -> int:
    """Return the status of a request with a body that would do, so that only whose it is can be what is amiss."""
    body: Any = {"file": SimpleUploadedFile("a.wav", b"RIFF")}
    options = {}
    if address.route.startswith("api/") and not address.route.endswith("recording"):
        body, options = (
            json.dumps({"title": "x", "label": "x", "text": "x", "credit": "x"}),
            {"content_type": "application/json"},
        )
    elif method != "post":
        body = ""
    given = {} if method == "get" else {"data": body, **options}
    return getattr(client, method)(filled(address.route, hers), **given).status_code


def logged_in(user: User) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


def everything_but(user: User) -> dict[str, Any]:
    """Return all rows of the studio, without this user's own account."""
    kinds = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    rows = {f"{kind.__name__} {row['pk']}": row for kind in kinds for row in _rows(kind)}
    rows.pop(f"User {user.pk}")
    return rows


def _rows(kind: Any) -> list[dict[str, Any]]:
    names = [field.attname for field in kind._meta.concrete_fields]
    return [{name: getattr(row, name) for name in ("pk", *names)} for row in kind.objects.all()]


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name, row in before.items() if after.get(name) != row]


def test_the_walk_finds_the_addresses_and_alice_her_own_things(alice, hers):
    """The control: where this failed, the tests below would prove nothing."""
    found = list(addresses())
    assert len(found) > 100 and len({address.route for address in found}) > 95
    client = logged_in(alice)
    seen = {
        a.name
        for a in found
        if "<" in a.route and not a.is_open and client.get(filled(a.route, hers)).status_code == 200
    }
    assert seen >= {
        *("project", "job", "search", "video", "video-file", "video-cover", "board", "styles", "render", "render-film"),
        *("render-cover", "music-file", "read_job", "read_search", "read_project", "read_render"),
    }


def test_what_is_alices_is_not_there_for_bob_by_any_method(bob, hers):
    before, client, wrong = everything_but(bob), logged_in(bob), []
    for address in addresses():
        if "<" not in address.route or address.is_open:
            continue
        if address.name in OF_EVERYBODY:
            continue
        codes = [ask(client, method, address, hers) for method in METHODS]
        if any(code not in NOT_YOURS for code in codes) or set(codes) == {405}:
            wrong.append((address.route, codes))
        if address.route.startswith(STAFF_ONLY) and 403 not in codes:
            wrong.append((address.route, codes))
    assert not wrong, "\n".join(map(str, wrong))
    assert changed(before, everything_but(bob)) == []


def test_bob_changes_nothing_of_alices_by_naming_it_in_what_he_sends(bob, hers):
    """Forms and JSON that name her project, video, music and style wherever a name could stand."""
    names = {"project": "projects/", "video": "videos/", "videos": "videos/", "picked": "videos/", "track": "music/"}
    names |= {"entry": "entries/", "entries": "entries/", "style": "styles/", "films": "films/"}
    names |= {"ids": "videos/", "id": "videos/", "pk": "videos/", "channel": "projects/", "view": "library/views/"}
    form = {name: hers[key] for name, key in names.items()} | {"q": "x", "title": "x", "name": "x", "hidden": "1"}
    before, client = everything_but(bob), logged_in(bob)
    for address in addresses():
        if "<" not in address.route and not address.is_open:
            client.post(f"/{address.route}", form)
    assert changed(before, everything_but(bob)) == []
    assert not Project.objects.filter(owner=bob, entries__video=hers["videos/"]).exists()


def test_bobs_own_project_takes_nothing_of_alices(bob, hers):
    client, own = logged_in(bob), Project.objects.create(owner=bob)
    send = {"content_type": "application/json"}
    ranked = {"videos": [{"id": hers["videos/"]}]}
    assert client.post("/api/v1/projects", json.dumps(ranked), **send).status_code == 422
    music = json.dumps({"music": {"track": hers["music/"]}})
    assert client.patch(f"/api/v1/projects/{own.pk}", music, **send).status_code == 422
    style = json.dumps({"style": hers["styles/"]})
    assert client.patch(f"/api/v1/projects/{own.pk}", style, **send).status_code == 422
    assert client.post("/api/v1/downloads", json.dumps({"videos": [hers["videos/"]]}), **send).status_code == 422
    client.post(f"/projects/{own.pk}/entries/", {"video": hers["videos/"]})
    client.post(f"/projects/{own.pk}/music/", {"track": hers["music/"]})
    own.refresh_from_db()
    assert (own.track, own.style, own.entries.count()) == (None, "classic", 0)


def test_who_is_not_logged_in_is_sent_to_the_login_page_or_gets_401(stranger, bob, hers):
    before, wrong = everything_but(bob), []
    for address in addresses():
        for method in () if address.is_open else ("get", "post"):
            answer = getattr(stranger, method)(filled(address.route, hers))
            is_api = address.route.startswith("api/")
            sent = answer.status_code in (401, 405) if is_api else answer.status_code == 302 and "/login/" in answer.url
            if not sent:
                wrong.append((method, address.route, answer.status_code))
    assert wrong == []
    assert changed(before, everything_but(bob)) == []


def test_the_admin_is_for_the_staff(bob, stranger):
    for client in (logged_in(bob), stranger):
        for path in ("", "ranking/user/", "ranking/project/add/", "rendering/render/", "password_change/"):
            answer = client.get(f"/admin/{path}")
            assert answer.status_code == 302 and "login/" in answer.url, path


@pytest.mark.django_db(transaction=True)
def test_no_socket_tells_bob_or_a_stranger_of_alices_work(alice, bob, hers):
    Ingest.objects.create(video_id=hers["videos/"], owner=alice)
    rows = [row for kind in jobs.kinds() for row in kind.objects.filter(owner=alice)]
    assert {type(row) for row in rows} >= {Render, Search, Download, Ingest}
    known = {f"ws/{key}": value for key, value in hers.items()}
    paths = [filled(str(route.pattern), known) for route in sockets.routes]
    paths += [f"/ws/jobs/{row.pk}/?format=json" for row in rows]
    cookies = {user: logged_in(user).cookies[settings.SESSION_COOKIE_NAME].value for user in (alice, bob)}
    assert all(connects(path, cookies[alice]) for path in paths), "the control"
    assert [path for path in paths if connects(path, cookies[bob]) or connects(path, "")] == []


def connects(path: str, cookie: str) -> bool:
    headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()), (b"host", b"localhost")]
    headers.append((b"origin", b"http://localhost"))

    async def connect() -> bool:
        communicator = WebsocketCommunicator(application, path, headers)
        accepted, _code = await communicator.connect(timeout=5)
        await communicator.disconnect()
        return accepted

    return async_to_sync(connect)()
