"""The program that runs yt-dlp apart from the studio: one JSON request on stdin, JSON lines on stdout, then it ends.

Started by scraping.fetch as `python -m scraping.fetch_child`, with an empty home and few variables. It limits itself,
connects only to the open internet (or to the proxy it was given), and dies with the process that started it.
"""

import ctypes
import io
import json
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scraping import fetch_errors as told
from scraping.addresses import Link, is_public, parse_link, post_url
from scraping.providers.base import Post, ProviderError, clean_text, count_or_none, moment_or_none

# H.264 without TikTok's watermark, else with it, else any picture with sound except the codec nothing can decode.
FORMATS = (
    "b[vcodec^=h264][format_id!^=download]/b[vcodec^=h264]/b[vcodec!=none][format_note!*=?UNPLAYABLE][format_id!^=audio]"
)
MEMORY = 1024**3  # bytes of address space; a download was seen to need a tenth of it
CPU_SECONDS = 120
OPEN_FILES = 128
PR_SET_PDEATHSIG = 1  # linux/prctl.h
SHORT_LINK_AGENT = "facebookexternalhit/1.1"  # the agent yt-dlp follows short links with: others get a page of script
HOPS = 5

Say = Callable[..., None]


class TooLarge(Exception):
    """More bytes arrived than may be kept."""


def main() -> int:
    """Answer the one request; exit status 0 also for an error that was told, as the last line says which it is."""
    say = _lines()
    request = json.loads(sys.stdin.readline())
    _limit(request["max_bytes"])
    _end_with_parent()
    _only_open_internet(request["proxy"])
    try:
        say("done", **_answer(request, say))
    except ProviderError as error:
        say("error", kind=error.kind, message=error.message, retry_after=error.retry_after)
    return 0


def _lines() -> Say:
    """The writer of JSON lines; what anything else prints goes to stderr instead."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(event: str, **values: Any) -> None:
        print(json.dumps({"event": event, **values}), file=out, flush=True)

    return say


def _limit(max_bytes: int) -> None:
    """Bound what a hostile page or file can cost: memory, processor time, one file's size, open files, core dumps."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the size is then an OSError that can be told
    slack = 4 * 1024**2
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, max_bytes + slack),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        if what == resource.RLIMIT_AS and sys.platform == "darwin":
            continue  # macOS refuses to set it
        resource.setrlimit(what, (most, hard))


def _end_with_parent() -> None:
    """Die when the parent does: by the kernel's word on Linux, and everywhere by the end of stdin, which it holds."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _only_open_internet(proxy: str) -> None:
    """From here on every connect() to an address that is neither public nor the proxy's own fails in this process."""
    allowed = set()
    if proxy:
        parts = urlsplit(proxy)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 1080)
        try:
            allowed = {info[4][:2] for info in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)}
        except OSError as error:
            print(f"proxy not found: {error}", file=sys.stderr)

    def check(event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(args[1], tuple):
            host, port = args[1][:2]
            if (host, port) not in allowed and not is_public(str(host)):
                raise OSError(f"{host} is not of the open internet")

    sys.addaudithook(check)


def _answer(request: dict[str, Any], say: Say) -> dict[str, Any]:
    link = parse_link(request["url"])
    say("progress", percent=0.0, message="asking")
    if link.kind == "short":
        link = _follow(link, request)
    if link.kind == "photo" and request["folder"]:
        raise ProviderError("unsupported", told.PHOTO_POST)
    if request["folder"]:
        return _download(link, request, say)
    return {"post": post_from_info(_guarded(lambda: _info(link, request)), link).as_json()}


def _follow(link: Link, request: dict[str, Any]) -> Link:
    """The post a short link leads to, hop by hop: no hop outside the known links is asked for."""
    import httpx

    agent = {"User-Agent": SHORT_LINK_AGENT}
    options = {"proxy": request["proxy"] or None, "verify": not request["insecure_tls"], "trust_env": False}
    try:
        with httpx.Client(headers=agent, timeout=request["timeout"], **options) as client:
            for _ in range(HOPS):
                answer = client.head(link.canonical_url)
                link = _hop(answer.status_code, answer.headers, str(answer.url))
                if link.kind != "short":
                    return link
    except (httpx.HTTPError, OSError) as error:
        print(f"short link: {error!r}", file=sys.stderr)
        raise ProviderError("network", told.NETWORK) from error
    raise ProviderError("not_found", told.DEAD_LINK)


def _hop(status: int, headers: Any, base: str) -> Link:
    from urllib.parse import urljoin

    if status in (403, 429) or status >= 500:
        raise told.classify("", status, headers.get("retry-after"))
    target = urljoin(base, headers.get("location", ""))
    if urlsplit(target).path == "/login":
        raise ProviderError("login_required", told.LOGIN)
    if not 300 <= status < 400:
        raise ProviderError("not_found", told.DEAD_LINK)
    try:
        return parse_link(target)
    except ProviderError as error:
        raise ProviderError("not_found", told.DEAD_LINK) from error


class _Log:
    """yt-dlp's words go to stderr, where the studio's log takes them from when something fails."""

    def debug(self, words: str) -> None:
        pass

    def warning(self, words: str) -> None:
        print(words, file=sys.stderr)

    error = warning


def _youtube_dl(request: dict[str, Any], **more: Any) -> Any:
    from yt_dlp import YoutubeDL

    cookies = request["cookies_text"]
    return YoutubeDL(
        {
            "quiet": True,
            "noprogress": True,
            "logger": _Log(),
            "allowed_extractors": ["^TikTok$"],
            "proxy": request["proxy"],  # "" is no proxy at all, not the environment's
            "nocheckcertificate": request["insecure_tls"],
            "socket_timeout": request["timeout"],
            "retries": 3,
            "extractor_retries": 1,
            "noplaylist": True,
            "cachedir": False,
            "fixup": "never",
            "updatetime": False,
            "enable_file_urls": False,
            # A new stream each time: yt-dlp writes the jar back when it closes.
            "cookiefile": io.StringIO(tiktok_cookies(cookies)) if cookies else None,
            **more,
        }
    )


def tiktok_cookies(text: str) -> str:
    """The rows of a cookies.txt that belong to tiktok.com; ProviderError, kind credentials, where there is none."""
    rows = [line for line in text.splitlines() if len(line.split("\t")) == 7]
    ours = [r for r in rows if f".{r.removeprefix('#HttpOnly_').split(chr(9))[0]}".lower().endswith(".tiktok.com")]
    if not ours:
        raise ProviderError("credentials", told.BAD_COOKIES)
    return "\n".join(["# Netscape HTTP Cookie File", *ours, ""])


def _info(link: Link, request: dict[str, Any]) -> dict[str, Any]:
    with _youtube_dl(request) as ydl:
        return ydl.extract_info(post_url(link.id, _user(link)), download=False, process=False)


def _user(link: Link) -> str:
    return link.canonical_url.split("/@", 1)[1].split("/", 1)[0]


def _guarded(work: Callable[[], Any]) -> Any:
    """The work's result, and every failure of it as a ProviderError."""
    from yt_dlp.networking.exceptions import HTTPError, RequestError
    from yt_dlp.utils import YoutubeDLError

    try:
        return work()
    except TooLarge as error:
        raise ProviderError("too_large", told.TOO_LARGE) from error
    except (YoutubeDLError, RequestError, OSError, MemoryError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        inner = _cause(error, HTTPError)
        after = inner.response.headers.get("Retry-After") if inner else None
        raise told.classify(str(error), inner.status if inner else None, after) from error


def _cause(error: BaseException, wanted: type) -> Any:
    """The first error of a type in the chain that yt-dlp wraps round it, or None."""
    for _ in range(8):
        if isinstance(error, wanted):
            return error
        following = getattr(error, "exc_info", (None, None))[1] or getattr(error, "cause", None) or error.__cause__
        if following is None or following is error:
            return None
        error = following
    return None
