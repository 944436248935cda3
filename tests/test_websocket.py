"""The WebSocket of a job: the present state on connect and after each change, for its owner only."""

import asyncio
import functools
import json
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import pytest
import websockets
from asgiref.sync import async_to_sync, sync_to_async
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connections
from django.test import Client

from ranking import child
from ranking.asgi import application
from scraping.models import Search
from tests.studio import ROOT, free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(alice, valkey) -> Search:
    return Search.objects.create(query="심장이 뛰는 순간", source="library", owner=alice)


def in_loop(test):
    """Let an asynchronous test be a plain one."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        async_to_sync(test)(*args, **kwargs)

    return run


def cookie_of(user):
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@asynccontextmanager
async def socket(job, cookie="", query="", origin="http://localhost", language="ko"):
    headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()), (b"host", b"localhost")]
    headers += [(b"origin", origin.encode()), (b"accept-language", language.encode())]
    path = f"/ws/jobs/{getattr(job, 'pk', job)}/{query}"
    communicator = WebsocketCommunicator(application, path, headers)
    try:
        yield communicator
    finally:
        await communicator.disconnect()


async def change(job, **fields):
    await database_sync_to_async(Search.objects.filter(pk=job.pk).update)(**fields)
    # publish() is what workers call from plain threads.
    await sync_to_async(job.publish, thread_sensitive=False)()


async def state(communicator, seconds=3):
    return json.loads(await communicator.receive_from(timeout=seconds))


@in_loop
async def test_the_present_state_comes_on_connect_and_after_each_change(job, alice):
    cookie = await sync_to_async(cookie_of)(alice)
    async with socket(job, cookie, "?format=json") as page:
        assert (await page.connect())[0]
        first = await state(page)
        assert first == {"id": str(job.pk), "kind": "search", "status": "queued", "percent": 0} | {
            "stage": "",
            "message": "",
            "error": "",
            "attempt": 0,
        }
        await change(job, status="running", percent=42, message="찾는 중")
        assert (await state(page))["percent"] == 42
        await change(job, status="done", percent=100)
        assert (await state(page))["status"] == "done"


@in_loop
async def test_html_comes_in_the_language_of_the_browser_with_the_jobs_id(job, alice):
    cookie = await sync_to_async(cookie_of)(alice)
    texts = {}
    for language in ("ko-KR,ko;q=0.9", "en-US,en;q=0.8", "fr"):
        async with socket(job, cookie, language=language) as page:
            assert (await page.connect())[0]
            texts[language[:2]] = await page.receive_from(timeout=3)
    assert all(f'id="job-{job.pk}"' in text for text in texts.values())
    assert texts["en"] == texts["fr"] != texts["ko"]


@in_loop
async def test_a_page_that_woke_up_asks_and_gets_the_present_state(job, alice):
    cookie = await sync_to_async(cookie_of)(alice)
    async with socket(job, cookie, "?format=json") as page:
        await page.connect()
        await state(page)
        await database_sync_to_async(Search.objects.filter(pk=job.pk).update)(percent=77)  # and no message of it
        await page.send_to("?")
        assert (await state(page))["percent"] == 77


@in_loop
async def test_bob_and_strangers_and_unknown_jobs_are_refused(job, alice, bob):
    alices, bobs = await sync_to_async(cookie_of)(alice), await sync_to_async(cookie_of)(bob)
    unknown = "00000000-0000-4000-8000-000000000000"
    for who, what in ((bobs, job), ("", job), ("forged", job), (alices, unknown)):
        async with socket(what, who) as page:
            assert await page.connect() == (False, 4404)


@in_loop
async def test_a_page_of_another_site_is_refused(job, alice):
    cookie = await sync_to_async(cookie_of)(alice)
    async with socket(job, cookie, origin="https://evil.example") as page:
        assert not (await page.connect())[0]


@in_loop
async def test_a_socket_that_was_idle_for_eight_seconds_still_hears(job, alice):
    """redis-py 8 gave up every read after 5 s, and with it each idle WebSocket (channels_redis issue 422)."""
    cookie = await sync_to_async(cookie_of)(alice)
    async with socket(job, cookie, "?format=json") as page:
        await page.connect()
        await state(page)
        assert await page.receive_nothing(timeout=8)
        await change(job, percent=5)
        assert (await state(page))["percent"] == 5


# --- Many sockets, on a real server ---------------------------------------------------------------------------------


@pytest.fixture
def server(valkey):
    """A uvicorn on the database of these tests; yields (port, process)."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        url = f"sqlite:///{connections['default'].settings_dict['NAME']}"
    else:
        host = database.get("OPTIONS", {}).get("host") or database["HOST"]
        name = connections["default"].settings_dict["NAME"]
        url = f"postgres://{database['USER']}:{database['PASSWORD']}@/{name}?host={host}"
    port = free_port()
    argv = [sys.executable, "-m", "uvicorn", "ranking.asgi:application", "--lifespan", "off", "--port", str(port)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    process = child.start([*argv, "--log-level", "warning"], cwd=ROOT, env=os.environ | {"DATABASE_URL": url})
    yield port, process
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        child.stop(process)
        raise


async def connected(port, job, cookie):
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
    url, options = f"ws://127.0.0.1:{port}/ws/jobs/{job.pk}/?format=json", {"open_timeout": 60, "compression": None}
    origin = f"http://127.0.0.1:{port}"
    return await websockets.connect(url, additional_headers=headers, origin=origin, proxy=None, **options)


async def wait_for_port(port):
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("the server did not come up")


async def crowd(port, jobs, cookie, count):
    """Open so many sockets over these jobs; return them once each has the present state."""
    gate = asyncio.Semaphore(50)

    async def one(number):
        async with gate:
            page = await connected(port, jobs[number % len(jobs)], cookie)
            assert json.loads(await asyncio.wait_for(page.recv(), 60))["status"] == "queued"
            return page

    return await asyncio.gather(*(one(number) for number in range(count)))


async def last_state(page, wanted, seconds):
    """Return how long it took until the page was told that its job has this status."""
    started = time.monotonic()
    async with asyncio.timeout(seconds):
        while json.loads(await page.recv())["status"] != wanted:
            pass
    return time.monotonic() - started


def test_a_thousand_sockets_hear_of_the_end_of_their_jobs(server, alice, capsys):
    port, _ = server
    jobs = [Search.objects.create(query=str(n), source="library", owner=alice) for n in range(20)]
    cookie = cookie_of(alice)

    async def play():
        await wait_for_port(port)
        started = time.monotonic()
        pages = await crowd(port, jobs, cookie, 1000)
        opened = time.monotonic() - started
        waiting = [asyncio.create_task(last_state(page, "done", 60)) for page in pages]
        for job in jobs:
            await change(job, status="done", percent=100)
        times = sorted(await asyncio.gather(*waiting))
        await asyncio.gather(*(page.close() for page in pages))
        return opened, times

    opened, times = asyncio.run(play())
    with capsys.disabled():
        sys.stdout.write(f"\n1,000 sockets: open in {opened:.1f} s, told in {times[500]:.2f} to {times[-1]:.2f} s\n")
    assert len(times) == 1000
    assert opened < 30
