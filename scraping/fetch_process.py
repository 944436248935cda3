"""The child process that yt-dlp works in: started with a request, listened to, and dead when its work is left."""

import json
import logging
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from ranking import child
from scraping import fetch_errors as told
from scraping.providers.base import ProviderError

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
TICK = 0.25  # seconds between two looks at whether the work is cancelled; the child dies within one
# PYTHONPATH too: the child finds the same modules as we do. (yt-dlp is told not to take plugins from it.)
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


Turn = Callable[[str], Callable[[], None]]  # waits for a host's turn; what it returns is called once it has answered


def nothing() -> None:
    """Nothing is to be given back."""


def at_once(host: str) -> Callable[[], None]:
    """No turn to wait for at a host."""
    return nothing


class Cancelled(Exception):
    """The work was given up because its caller said so; nothing of it is left."""


def run(
    request: dict[str, Any],
    work: Path,
    deadline: float,
    cancelled: Callable[[], bool],
    report: Callable[[dict[str, Any]], None],
    turn: Turn,
) -> dict[str, Any]:
    """The child's last word; raises the ProviderError that it told, or Cancelled."""
    with (work / "log").open("w+b") as log, _Turns(turn) as turns, _child(request, work, log) as process:
        for line in _lines(process, deadline, cancelled):
            event = json.loads(line)
            kind = event.pop("event")
            if kind == "progress":
                report(event)
            elif kind == "turn":
                turns.take(event["host"])
                _go_on(process)
            elif kind == "asked":
                turns.give_back()
            elif kind == "error":
                logger.info("not fetched: %s: %s", request["url"], _tail(log))
                raise ProviderError(event["kind"], event["message"], event["retry_after"])
            else:
                return event
        with suppress(subprocess.TimeoutExpired):
            process.wait(child.TERM_SECONDS)
        words = "the fetching child ended without a word (exit status %s): %s: %s"
        logger.error(words, process.returncode, request["url"], _tail(log))
        raise ProviderError("bad_response", told.CRASHED)


class _Turns:
    """The turn that the child has at a host, given back when it is answered or at the latest when the child is gone."""

    def __init__(self, turn: Turn) -> None:
        self.turn, self.end = turn, nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back()

    def take(self, host: str) -> None:
        self.give_back()
        self.end = self.turn(host)

    def give_back(self) -> None:
        end, self.end = self.end, nothing
        end()


def _go_on(process: subprocess.Popen[bytes]) -> None:
    """Tell the child that its turn has come; one that has died meanwhile is noticed where its lines end."""
    with suppress(BrokenPipeError):
        process.stdin.write(b"go\n")
        process.stdin.flush()


@contextmanager
def _child(request: dict[str, Any], home: Path, log: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A child at work on a request, in its own process group, which is dead when the block is left."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    environment = {**kept, "HOME": str(home), "YTDLP_NO_PLUGINS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment["DENO_NO_UPDATE_CHECK"] = "1"
    if request.get("packages"):  # another yt-dlp than the installed one
        first = (request["packages"], kept.get("PYTHONPATH"))
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, first))
    process = child.start(
        [sys.executable, "-s", "-m", "scraping.fetch_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=ROOT,
        env=environment,
        preexec_fn=None,  # not safe among the net worker's threads: the child asks for its death signal itself
    )
    try:
        # Through the pipe and not as arguments: those are open to everyone on the machine, and cookies are secret.
        # The pipe stays open: its end tells the child that the studio is gone.
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        yield process
    finally:
        child.stop(process)
        with suppress(BrokenPipeError):  # a word that it did not live to read
            process.stdin.close()
        process.stdout.close()


def _lines(process: subprocess.Popen[bytes], deadline: float, cancelled: Callable[[], bool]) -> Iterator[bytes]:
    """The child's lines as they come; raises Cancelled or, after `deadline` seconds, ProviderError."""
    end = time.monotonic() + deadline
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if cancelled():
                raise Cancelled
            if time.monotonic() > end:
                raise ProviderError("network", told.TIMED_OUT)
            if not selector.select(TICK):
                continue
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines


def _tail(log: Any) -> str:
    """The last words of the child's stderr, for the studio's log."""
    log.flush()
    log.seek(0, os.SEEK_END)
    log.seek(max(0, log.tell() - 2000))
    return log.read().decode(errors="replace").strip()
