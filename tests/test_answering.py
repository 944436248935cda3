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

from ranking.answering import Handler
from ranking.models import User

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
    made.threads.submit(connections.close_all).result()
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
        said = [await ask(handler, "/counted/", language) for language in ("ko", "en", "ko")]
        assert all(words.endswith(here) for words in said), "what a view does in the event loop was done in another"
        return [words.split()[0] for words in said]

    connection_created.connect(hear)
    try:
        assert asyncio.run(several()) == ["ko", "en", "ko"]
    finally:
        connection_created.disconnect(hear)
    assert len(opened) == 1 and opened[0].startswith("answer")


@pytest.mark.django_db(transaction=True)
def test_a_slow_page_holds_up_no_other(handler):
    async def both() -> str:
        waiting = asyncio.create_task(ask(handler, "/slow/"))
        await asyncio.sleep(0.1)
        await asyncio.wait_for(ask(handler, "/counted/"), 5)
        assert not waiting.done()
        released.set()
        return await waiting

    released.clear()
    assert asyncio.run(both()) == "released"
