"""Turns that threads ask for, taken in the thread that holds the database. No Django in here."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

from scraping.fetch_process import Cancelled, Turn, nothing
from scraping.providers.base import ProviderError

Answer = Future[Callable[[], None]]  # of a turn that was asked for: what gives it back

TICK = 0.1  # seconds between two looks at whether all are done, or whether the work is given up


class Relay:
    """`turn` is for the threads: it waits until the thread that called `run` has taken the turn.

    A host's next turn is only asked for once the one before was given back: whoever waited for it in `run`'s thread
    would keep the very answer from being noted that it waits for.
    """

    def __init__(self, turn: Turn) -> None:
        self._turn, self._asked, self._over = turn, SimpleQueue[Callable[[], None]](), Event()
        self._waiting: dict[str, deque[Answer]] = {}  # by each host whose turn somebody has

    def run(self, work: Callable[[Any], Any], items: Iterable[Any], at_once: int) -> list[Any]:
        """Return what `work` makes of each item, so many at a time, in their order; serve their turns meanwhile.

        Raises what a work or a turn raises; the others are given up then.
        """
        with ThreadPoolExecutor(at_once) as pool:
            try:
                futures = [pool.submit(work, item) for item in items]
                for future in futures:
                    future.add_done_callback(lambda _: self._asked.put(nothing))  # the wait is over at once
                while not all(future.done() for future in futures):
                    self._serve()
                while not self._asked.empty():  # turns that were given back at the last moment
                    self._serve()
                return [future.result() for future in futures]
            finally:
                self._over.set()
                pool.shutdown(cancel_futures=True)

    def turn(self, host: str) -> Callable[[], None]:
        """Return once it is this thread's turn at a host, with what is to be called after the answer.

        Raises Cancelled when the work is given up meanwhile.
        """
        answer: Answer = Future()
        self._asked.put(partial(self._ask, host, answer))
        while not self.is_over():
            try:
                end = answer.result(TICK)
            except TimeoutError:
                continue
            return lambda: self._asked.put(partial(self._give_back, host, end))
        raise Cancelled

    def is_over(self) -> bool:
        return self._over.is_set()

    def _ask(self, host: str, answer: Answer) -> None:
        if host in self._waiting:
            self._waiting[host].append(answer)
        else:
            self._waiting[host] = deque()
            self._take(host, answer)

    def _take(self, host: str, answer: Answer) -> None:
        """Take a host's turn for whoever waits for this answer; that there is none is told to them alone."""
        try:
            answer.set_result(self._turn(host))
        except ProviderError as refused:
            answer.set_exception(refused)
            self._next(host)

    def _give_back(self, host: str, end: Callable[[], None]) -> None:
        end()
        self._next(host)

    def _next(self, host: str) -> None:
        if waiting := self._waiting[host]:
            self._take(host, waiting.popleft())
        else:
            del self._waiting[host]

    def _serve(self) -> None:
        try:
            asked = self._asked.get(timeout=TICK)
        except Empty:
            return
        asked()
