"""Fetching a linked post: its numbers, its file, its cover. yt-dlp works in a child process that can be killed."""

import json
import logging
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ranking import child
from scraping import fetch_errors as told
from scraping.addresses import parse_link
from scraping.covers import cover
from scraping.providers.base import Post, ProviderError, gettext_noop

__all__ = ["Cancelled", "FetchOptions", "Fetched", "cover", "download", "metadata"]

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
TICK = 0.25  # seconds between two looks at whether the work is cancelled; the child dies within one
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
STAGES = {"asking": gettext_noop("Asking TikTok"), "downloading": gettext_noop("Downloading")}

Report = Callable[[float, str], None]


class Cancelled(Exception):
    """The work was given up because its caller said so; nothing of it is left."""


@dataclass(frozen=True)
class FetchOptions:
    """How to reach the network, and how much is taken from it."""

    proxy: str = ""
    insecure_tls: bool = False  # for tests and proxies that open TLS: certificates are then not checked
    cookies_text: str = field(default="", repr=False)  # a cookies.txt; secret; only the rows of tiktok.com are used
    max_bytes: int = 500 * 1024**2
    max_seconds: float = 600.0  # the longest video that is taken
    timeout: float = 15.0  # seconds without a byte
    deadline: float = 900.0  # seconds for all of one fetch


@dataclass(frozen=True)
class Fetched:
    """A file that arrived, and the post it belongs to as it was told at that moment."""

    path: Path
    post: Post
    format_id: str
    watermarked: bool


def _silent(percent: float, message: str) -> None:
    """No report."""


def _never() -> bool:
    return False


def metadata(url: str, options: FetchOptions = FetchOptions(), cancelled: Callable[[], bool] = _never) -> Post:
    """The post a link leads to, with its numbers; a photo post has `is_photo`. Raises ProviderError or Cancelled."""
    parse_link(url)
    with tempfile.TemporaryDirectory(prefix="fetch-") as work:
        return Post.from_json(_run(_request(url, options, ""), Path(work), options, _silent, cancelled)["post"])


def download(
    url: str,
    folder: Path,
    *,
    options: FetchOptions = FetchOptions(),
    report: Report = _silent,
    cancelled: Callable[[], bool] = _never,
) -> Fetched:
    """The linked video as `folder/ID.mp4` (replaced whole, never half there). Raises ProviderError or Cancelled."""
    parse_link(url)
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".fetch-", dir=folder))
    try:
        done = _run(_request(url, options, str(work)), work, options, report, cancelled)
        post = Post.from_json(done["post"])
        arrived = Path(done["path"])
        path = folder / f"{post.external_id}{arrived.suffix}"
        os.replace(arrived, path)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Fetched(path, post, done["format_id"], done["watermarked"])


def _request(url: str, options: FetchOptions, folder: str) -> dict[str, Any]:
    # yt-dlp knows further kinds of proxies, but what follows short links and fetches covers knows no others.
    if options.proxy and not options.proxy.startswith(("http://", "https://")):
        raise ProviderError("network", told.BAD_PROXY)
    return {**asdict(options), "url": url, "folder": folder}


def _run(
    request: dict[str, Any], work: Path, options: FetchOptions, report: Report, cancelled: Callable[[], bool]
) -> dict[str, Any]:
    """The child's last word; raises the ProviderError that it told, or Cancelled."""
    with (work / "log").open("w+b") as log, _child(request, work, log) as process:
        for line in _lines(process, options.deadline, cancelled):
            event = json.loads(line)
            kind = event.pop("event")
            if kind == "progress":
                report(event["percent"], STAGES[event["message"]])
            elif kind == "error":
                logger.info("not fetched: %s: %s", request["url"], _tail(log))
                raise ProviderError(event["kind"], event["message"], event["retry_after"])
            else:
                return event
        logger.error("the fetching child ended without a word: %s: %s", request["url"], _tail(log))
        raise ProviderError("bad_response", told.CRASHED)


@contextmanager
def _child(request: dict[str, Any], home: Path, log: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A child at work on a request, in its own process group, which is dead when the block is left."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    environment = {**kept, "HOME": str(home), "YTDLP_NO_PLUGINS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
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
