"""The cast and the stage: alice owns, bob may not; a real Valkey, a real studio, a real browser."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from playwright.sync_api import Page, expect

from ranking.models import User
from scraping.fetch import FetchOptions
from tests.chromium import complaint, find_chromium
from tests.house import DESK, House, full_house
from tests.reported import filmed
from tests.standin import StandIn
from tests.studio import Studio

ROOT = Path(__file__).resolve().parent.parent
# What a film looks like does not depend on the database, and takes a while.
FILM_FILES = {
    f"test_{name}.py"
    for name in (
        *("film", "make_ranking", "demo", "pieces", "options", "report", "cover", "store", "ahead", "draft", "sound"),
        *("voice", "moments", "reframe", "masks", "picture", "styles", "gallery", "style_file", "captions"),
        *("report_sound", "report_text", "report_page", "together", "reason_line", "reuploads", "bundle", "timeline"),
        *("timing", "ingest"),
    )
}
# Nor does what the network answers: these speak to the stand-in, to yt-dlp's child or to a package index.
NETWORK_FILES = {
    f"test_{name}.py"
    for name in (
        *("failure_modes", "url_safety", "ytdlp_update", "tiktok_search", "other_sources", "fetch", "fetch_sites"),
        *("fetch_resuming", "covers", "links", "unreachable", "shapes", "capture", "bad_files", "keyword_film"),
        *("downloads", "sources_page"),
    )
}
# These start a whole studio, or look at what runs on the machine: one after the other, and nothing beside them.
# So do those that wait for films, which give way to everything else.
WHOLE_FILES = tuple(
    f"test_{name}.py"
    for name in (
        *("studio", "install", "interruptions", "websocket", "renders", "journey", "shelf_journey", "draft_key"),
    )
)
IN_A_BROWSER = {"browser", "page", "context"}  # fixtures of pytest-playwright


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the database, the network, ffmpeg for long, or the machine for itself: tests/run sorts by it."""
    for item in items:
        if item.path.name in FILM_FILES:
            item.add_marker("film")
        if item.path.name in NETWORK_FILES:
            item.add_marker("network")
        fixtures = set(getattr(item, "fixturenames", ()))
        if IN_A_BROWSER & fixtures:
            item.add_marker("browser")
        if item.path.name in WHOLE_FILES or ("studio_server" in fixtures and not IN_A_BROWSER & fixtures):
            item.add_marker("whole")
        if {"db", "transactional_db"} & fixtures or item.get_closest_marker("django_db"):
            item.add_marker("database")
    # Once a browser is driven, its loop runs to the end of the tests, and beside a loop Django refuses the database.
    items.sort(key=lambda item: "browser" in item.keywords)


@pytest.fixture
def alice(db) -> User:
    return User.objects.create_user("alice", password="alice's password")


@pytest.fixture
def bob(db) -> User:
    return User.objects.create_user("bob", password="bob's password")


@pytest.fixture
def client(alice) -> Client:
    """A browser in which alice is logged in."""
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def bobs_client(bob) -> Client:
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture
def stranger() -> Client:
    """A browser in which nobody is logged in."""
    return Client()


@pytest.fixture
def valkey() -> Iterator[redis.Redis]:
    """The real broker, channel layer and cache of these tests, empty at the start."""
    with redis.Redis.from_url(settings.REDIS_URL) as connection:
        connection.flushall()
        yield connection


@pytest.fixture(autouse=True)
def _stays_on_loopback(request) -> Iterator[None]:
    """A test fails when something that it runs reaches for the network; one that is marked `offline` may try."""
    from tests.settings import LEFT_LOOPBACK

    before = LEFT_LOOPBACK.stat().st_size
    yield
    with LEFT_LOOPBACK.open() as file:
        file.seek(before)
        left = file.read()
    if left and not request.node.get_closest_marker("offline"):
        pytest.fail(f"This test, or what it started, left loopback: {left}", pytrace=False)


@pytest.fixture(autouse=True)
def _language_of_nobody() -> Iterator[None]:
    """A request leaves its language to the thread; a test that asks for none must not get it."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path) -> None:
    """Each test has its own folders for files; what is left in them is what the test left."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SEGMENTS_DIR = tmp_path / "segments"
    settings.TEMP_DIR = tmp_path / "tmp"
    settings.FILE_UPLOAD_TEMP_DIR = settings.TEMP_DIR
    for folder in (settings.MEDIA_ROOT, settings.SEGMENTS_DIR, settings.TEMP_DIR):
        folder.mkdir()


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of recorded answers and clips, which is no part of the project."""
    folder = Path(os.environ.get("RANKING_TESTDATA", ROOT.parent / "shared" / "testdata"))
    if not (folder / "SOURCES.md").exists():
        warnings.warn(f"LEFT OUT: tests on recorded data; there is none at {folder} (RANKING_TESTDATA)", stacklevel=1)
        pytest.skip(f"no test data at {folder}; set RANKING_TESTDATA")
    return folder


@pytest.fixture(scope="session")
def good_film(tmp_path_factory) -> Path:
    """A film with nothing wrong: a moving picture under a tone, without art."""
    return filmed(tmp_path_factory.mktemp("good") / "good.mp4")


@pytest.fixture
def site() -> Iterator[StandIn]:
    """The stand-in of TikTok, whose videos are empty; a test file that wants others has its own."""
    with StandIn(b"") as site:
        yield site


@pytest.fixture
def options(site) -> FetchOptions:
    """What fetches from the stand-in and from nowhere else."""
    return FetchOptions(proxy=site.url, insecure_tls=True)


@pytest.fixture(scope="session")
def studio_server(tmp_path_factory) -> Iterator[Studio]:
    """A whole studio with its own data folder: pages, sockets, both workers, beat, Valkey."""
    with Studio(tmp_path_factory.mktemp("studio")) as studio:
        yield studio


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> Iterator[House]:
    """The pages of a studio that is full of everything; one for all tests that look at pages and change little."""
    with full_house(tmp_path_factory.mktemp("faces")) as house:
        yield house


@pytest.fixture
def visit(browser, house):
    """Open a browser in which the local owner of the house is at home; what goes wrong on a page fails the test."""
    contexts, troubles = [], []

    def opened(size: dict = DESK, **options: Any) -> Page:
        options = {"base_url": house.url, "viewport": size, "locale": "ko-KR"} | options
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        # That a page itself answers with 404 is what its test looks at.
        page.on("console", lambda said: troubles.append(said.location["url"] != page.url and complaint(said)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [trouble for trouble in troubles if trouble] == []


@pytest.fixture(scope="session")
def chromium() -> str:
    path = find_chromium()
    if not path:
        warnings.warn("LEFT OUT: the tests in a browser; install chromium or name one in CHROMIUM", stacklevel=1)
        pytest.skip("no Chromium here; install one or name it in CHROMIUM")
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium) -> dict:
    """pytest-playwright starts the Chromium of this machine; nothing is downloaded."""
    expect.set_options(timeout=20_000)  # what comes is seen at once; on a busy machine it only comes later
    return browser_type_launch_args | {
        "executable_path": chromium,
        "args": [
            "--autoplay-policy=no-user-gesture-required",
            # The browser too stays on this machine, whatever a page or its own makers would like it to fetch.
            *("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1", "--no-proxy-server"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            # A microphone that beeps, and nobody asked for it.
            *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
        ],
    }
