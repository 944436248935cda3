"""Pages are answered in a few lasting threads: the database stays open, and nobody waits for somebody's slow page."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.decorators import login_not_required
from django.db import connections
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import get_language

from ranking.answering import TURNS, Handler
from ranking.models import User

LANGUAGES = ["ko", "en"] * 4
released = threading.Event()


@login_not_required
def slow(request: HttpRequest) -> HttpResponse:
    return HttpResponse("released" if released.wait(10) else "nobody came")


@login_not_required
def counted(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{get_language()} {User.objects.count()} {async_to_sync(_loop)()}")


async def _loop() -> int:
    return id(asyncio.get_running_loop())


urlpatterns = [path("slow/", slow), path("counted/", counted)]


@pytest.fixture
def handler(settings) -> Iterator[Handler]:
    settings.ROOT_URLCONF = __name__
    made = Handler()
    yield made
    threads = len(made.threads._threads)
    meet = threading.Barrier(threads, timeout=10)  # so that each of them closes its own

    def close() -> None:
        meet.wait()
        connections.close_all()

    for closing in [made.threads.submit(close) for _ in range(threads)]:
        closing.result()
    made.threads.shutdown()


async def ask(handler: Handler, address: str, language: str = "en") -> str:
    headers = [(b"host", b"localhost"), (b"accept-language", language.encode())]
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": address, "query_string": b""}
    asked = ApplicationCommunicator(handler, scope | {"headers": headers})
    await asked.send_input({"type": "http.request"})
    assert (await asked.receive_output(10))["status"] == 200
    return (await asked.receive_output(10))["body"].decode()


@pytest.mark.django_db(transaction=True)
def test_one_request_after_another_finds_the_database_open_and_leaves_no_language(handler, settings):
    assert settings.DATABASES["default"]["CONN_MAX_AGE"]
    opened = []

    def hear(**_said: object) -> None:
        opened.append(threading.current_thread().name)

    async def several() -> list[str]:
        here = str(id(asyncio.get_running_loop()))
        said = [await ask(handler, "/counted/", language) for language in LANGUAGES]
        assert all(words.endswith(here) for words in said), "what a view does in the event loop was done in another"
        return [words.split()[0] for words in said]

    connection_created.connect(hear)
    try:
        assert asyncio.run(several()) == LANGUAGES
    finally:
        connection_created.disconnect(hear)
    # Usually one thread answers all; a second is made where the first has not yet sat down again.
    assert len(opened) == len(set(opened)) < len(LANGUAGES) and all(name.startswith("answer") for name in opened)


@pytest.mark.django_db(transaction=True)
def test_slow_pages_hold_up_no_other(handler):
    async def all_of_them() -> list[str]:
        waiting = [asyncio.create_task(ask(handler, "/slow/")) for _ in range(TURNS + 1)]
        await asyncio.sleep(0.1)
        await asyncio.wait_for(ask(handler, "/counted/"), 5)
        assert not any(task.done() for task in waiting)
        released.set()
        return await asyncio.gather(*waiting)

    released.clear()
    assert set(asyncio.run(all_of_them())) == {"released"}
