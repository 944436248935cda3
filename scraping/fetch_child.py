"""The program that runs yt-dlp apart from the studio: one JSON request on stdin, JSON lines on stdout, then it ends.

Where it says that it waits for its turn, whatever comes on stdin is the word to go on. Started by scraping.fetch as
`python -m scraping.fetch_child`, with an empty home and few variables. It limits itself, connects only to the open
internet (or to the proxy it was given), and dies with the process that started it.
"""

import ctypes
import json
import logging
import os
import resource
import signal
import sys
import threading
from queue import SimpleQueue
from typing import Any

from scraping.extraction import Say, answer
from scraping.listing import listed
from scraping.providers.base import ProviderError
from scraping.reach import only_open_internet

MEMORY = 1024**3  # bytes of address space; a download was seen to need a tenth of it
# V8, which solves YouTube's puzzles, reserves 32 to 48 GB of addresses at its start (measured with deno 2.9) and uses
# few of them. There the memory that is really written to is bounded instead; with half of that V8 does not start.
SCRIPT_ADDRESSES = 64 * 1024**3
SCRIPT_MEMORY = 2 * 1024**3
CPU_SECONDS = 120
OPEN_FILES = 128
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> int:
    """Answer the one request; exit status 0 also for an error that was told, as the last line says which it is."""
    say = _lines()
    logging.basicConfig(format="%(message)s")  # to stderr, which the studio quotes in its log when something fails
    request = json.loads(sys.stdin.readline())
    _limit(request["max_bytes"], bool(request["deno"]))
    turns: SimpleQueue[bytes] = SimpleQueue()
    _end_with_parent(turns)
    only_open_internet(request["proxy"])

    def turn(host: str) -> None:
        say("turn", host=host)
        turns.get()

    try:
        done = listed(request) if "search" in request else answer(request, say, turn)
        say("done", **done, release=sys.modules["yt_dlp"].version.__version__)
    except ProviderError as error:
        say("error", kind=error.kind, message=error.message, retry_after=error.retry_after)
    return 0


def _lines() -> Say:
    """The writer of JSON lines; what anything else prints goes to stderr instead."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(event: str, **values: Any) -> None:
        out.write(json.dumps({"event": event, **values}) + "\n")
        out.flush()

    return say


def _limit(max_bytes: int, has_script: bool) -> None:
    """Bound what a hostile page or file can cost: memory, processor time, one file's size, open files, core dumps."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the size is then an OSError that can be told
    slack = 4 * 1024**2
    for what, most in (
        (resource.RLIMIT_AS, SCRIPT_ADDRESSES if has_script else MEMORY),
        (resource.RLIMIT_DATA, SCRIPT_MEMORY if has_script else MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, max_bytes + slack),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        if what in (resource.RLIMIT_AS, resource.RLIMIT_DATA) and sys.platform == "darwin":
            continue  # macOS refuses to set them
        resource.setrlimit(what, (most, hard))


def _end_with_parent(turns: "SimpleQueue[bytes]") -> None:
    """Die when the parent does: by the kernel's word on Linux, and everywhere by the end of stdin, which it holds.

    What comes on stdin till then is put into `turns`.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        while word := os.read(0, 4096):  # not sys.stdin: its lock, held at exit, would end it in a fatal error
            turns.put(word)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
