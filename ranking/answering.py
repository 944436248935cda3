"""How requests are answered: all of Django in one of a few lasting threads, which keep their database connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import request_started
from django.db import close_old_connections, reset_queries
from django.http import HttpRequest
from django.http.response import HttpResponseBase

THREADS = 16  # of a worker; one is only made when all others are busy
TURNS = 2  # so many of them compute at a time: more take the interpreter from one another, at up to half the speed
PATIENCE = 0.25  # seconds to wait for a turn: those that have one may themselves wait, for a lock or a network


class Handler(ASGIHandler):
    """Django's own makes for each request a thread, which opens the database anew, and goes to and fro between thread
    and event loop for the middlewares. Nothing here needs that: no view and no middleware is asynchronous.
    """

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, "answer")
        self.turns = Semaphore(TURNS)
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"Pages are asked for by HTTP, not by {scope['type']}.")
        await self.handle(scope, receive, send)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        answer = sync_to_async(self._answer, thread_sensitive=False, executor=self.threads)
        return await answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        close_old_connections()  # Django's signal does so in a thread that has none
        has_turn = self.turns.acquire(timeout=PATIENCE)
        try:
            return self.get_response(request)
        finally:
            if has_turn:
                self.turns.release()
            close_old_connections()


def application() -> Handler:
    """Return the ASGI application of the pages, with Django set up."""
    django.setup(set_prefix=False)
    for receiver in (reset_queries, close_old_connections):  # a request would wait for a thread that has no connection
        request_started.disconnect(receiver)
    return Handler()
