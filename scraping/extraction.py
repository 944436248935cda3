"""What yt-dlp is asked for, inside the child process: a post's numbers, or its file. Knows nothing of processes."""

import fcntl
import io
import logging
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from scraping import cookie_file
from scraping import fetch_errors as told
from scraping.addresses import Link, parse_link
from scraping.extracted import SITES, asked, post_from_info
from scraping.fetch_words import of_site
from scraping.guard import INPUT_GUARD
from scraping.providers.base import Post, ProviderError

SHORT_LINK_AGENT = "facebookexternalhit/1.1"  # yt-dlp's choice for short links; browsers are sent a page of script
HOPS = 5
REPORT_EVERY = 0.5  # seconds
TRIES = 2  # a page is asked for once more where its file is refused, cut off or no video

logger = logging.getLogger(__name__)

Say = Callable[..., None]
Turn = Callable[[str], None]


class TooLarge(Exception):
    """More bytes arrived than may be kept."""


def answer(request: dict[str, Any], say: Say, turn: Turn) -> dict[str, Any]:
    """The post of the request's url and, where a folder is given, its file; raises ProviderError.

    `turn` returns when the host that it is given may be asked for a page.
    """
    import yt_dlp  # noqa: F401  # half a second, which is not to lie between a turn and its request

    link = parse_link(request["url"])
    try:
        say("progress", stage="asking")
        if link.kind == "short":
            link = _follow(link, request, say, turn)
        if link.kind == "photo":
            raise ProviderError("unsupported", told.PHOTO_POST)
        if request["folder"]:
            return _download(link, request, say, turn)
        with _youtube_dl(link, request) as ydl:
            return {"post": _post(ydl, link, say, turn)[0].as_json()}
    except ProviderError as error:
        raise of_site(error, link.site) from error


def _follow(link: Link, request: dict[str, Any], say: Say, turn: Turn) -> Link:
    """The post a short link leads to, hop by hop: no hop outside the known links is asked for."""
    import httpx

    agent = {"User-Agent": SHORT_LINK_AGENT}
    options = {"proxy": request["proxy"] or None, "verify": not request["insecure_tls"], "trust_env": False}
    try:
        with httpx.Client(headers=agent, timeout=request["timeout"], **options) as client:
            for _ in range(HOPS):
                turn(urlsplit(link.canonical_url).hostname or "")
                answer = client.head(link.canonical_url)
                say("asked")
                link = _hop(answer.status_code, answer.headers, str(answer.url))
                if link.kind != "short":
                    return link
    except (httpx.HTTPError, OSError) as error:
        logger.warning("short link: %r", error)
        raise ProviderError("network", told.NETWORK) from error
    raise ProviderError("not_found", told.DEAD_LINK)


def _hop(status: int, headers: Any, base: str) -> Link:
    if status in (403, 429) or status >= 500:
        raise told.classify("", status, headers.get("retry-after"))
    target = urljoin(base, headers.get("location", ""))
    if urlsplit(target).path == "/login":
        raise ProviderError("login_required", told.LOGIN)
    if not 300 <= status < 400:
        raise ProviderError("not_found", told.DEAD_LINK)
    try:
        link = parse_link(target)
    except ProviderError as error:
        raise ProviderError("not_found", told.DEAD_LINK) from error
    if link.site != "tiktok":
        raise ProviderError("not_found", told.DEAD_LINK)
    return link


def _youtube_dl(link: Link, request: dict[str, Any], **more: Any) -> Any:
    from yt_dlp import YoutubeDL

    cookies = request["cookies_text"] if link.site == "tiktok" else ""
    ydl = YoutubeDL(
        {
            "quiet": True,
            "noprogress": True,
            "logger": logger,
            "allowed_extractors": [SITES[link.site].allowed],
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
            "js_runtimes": {"deno": {"path": request["deno"]}} if SITES[link.site].has_script else {},
            "remote_components": [],  # the puzzle's solver is a package of ours (yt-dlp-ejs), never fetched
            # A new stream each time: yt-dlp writes the jar back when it closes.
            "cookiefile": io.StringIO(cookie_file.read(cookies).text) if cookies else None,
            **more,
        }
    )
    ydl.get_info_extractor(SITES[link.site].extractor)  # loads it now, and not between a turn and its request
    return ydl


def _post(ydl: Any, link: Link, say: Say, turn: Turn) -> tuple[Post, dict[str, Any]]:
    """The post and yt-dlp's own account of it, from which the same session can fetch the file."""
    _tell_of_answer(ydl, say)
    turn(link.page_host)
    info = _guarded(lambda: ydl.extract_info(asked(link), download=False, process=False))
    return post_from_info(info, link), info


def _tell_of_answer(ydl: Any, say: Say) -> None:
    """Have the first answer said: until then nobody else asks that host."""
    ask = ydl.urlopen

    def urlopen(request: Any) -> Any:
        ydl.urlopen = ask
        try:
            return ask(request)
        finally:
            say("asked")

    ydl.urlopen = urlopen


def _download(link: Link, request: dict[str, Any], say: Say, turn: Turn) -> dict[str, Any]:
    """The file, from addresses asked for just now: they are bound to a session and expire, so a refusal asks anew."""
    folder = Path(request["folder"])
    with _alone(folder):
        for tries_left in reversed(range(TRIES)):
            try:
                return _download_once(link, request, say, turn, is_last=not tries_left)
            except ProviderError as error:
                if not tries_left or error.message not in (told.MEDIA_REFUSED, told.NOT_MEDIA, told.CUT_OFF):
                    raise
                if error.message != told.MEDIA_REFUSED:  # what came before an address expired is still good
                    _clear(folder)
    raise AssertionError("the last try returns or raises")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder for this child only: one of an earlier attempt may have a moment left to live."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _clear(folder: Path) -> None:
    for leftover in folder.glob("media.*"):
        leftover.unlink()


def _download_once(link: Link, request: dict[str, Any], say: Say, turn: Turn, is_last: bool) -> dict[str, Any]:
    folder = Path(request["folder"])
    with _youtube_dl(link, request, **_media_options(link, request, say)) as ydl:
        _need_room(folder, request["keep_free"])
        post, info = _post(ydl, link, say, turn)
        if post.is_photo:
            raise ProviderError("unsupported", told.NO_VIDEO)
        if post.duration and post.duration > request["max_seconds"]:
            raise ProviderError("too_large", told.TOO_LONG)
        done = _guarded(lambda: ydl.process_ie_result(info, download=True))
    path = _arrived(done, is_last)
    format_id = str(done.get("format_id") or "")
    watermarked = link.site == "tiktok" and format_id.startswith("download")
    return {"post": post.as_json(), "path": str(path), "format_id": format_id, "watermarked": watermarked}


def _media_options(link: Link, request: dict[str, Any], say: Say) -> dict[str, Any]:
    folder, formats = Path(request["folder"]), SITES[link.site].formats
    if request["not_format"]:  # names no stranger's text: a format id that an earlier answer of ours held
        formats = "/".join(f"{choice}[format_id!={request['not_format']}]" for choice in formats.split("/"))
    return {
        "format": formats,
        # With the format in its name: bytes of another version are never taken for the beginning of this one.
        "outtmpl": {"default": str(folder / "media.%(format_id)s.%(ext)s")},
        "restrictfilenames": True,
        "max_filesize": request["max_bytes"],
        "progress_hooks": [_Progress(request, say)],
        "merge_output_format": "mp4",
        "ffmpeg_location": request["ffmpeg"],
        "postprocessor_args": {"merger+ffmpeg_i": list(INPUT_GUARD)},
    }


def _arrived(done: dict[str, Any], is_last: bool) -> Path:
    """The file's path, once it is sure that a whole file is there and begins as an MP4 does; raises ProviderError."""
    path = Path(((done.get("requested_downloads") or [{}])[0]).get("filepath") or "/nowhere")
    if not path.exists():  # a file larger than max_filesize is no error to yt-dlp: it just does not fetch it
        raise ProviderError("too_large", told.TOO_LARGE)
    with path.open("rb") as file:
        if file.read(12)[4:8] != b"ftyp":
            raise ProviderError("bad_response", told.NOT_MEDIA)
    # A length that the page tells may be wrong, so that a second file of the same length is taken for whole.
    if not is_last and path.stat().st_size < (done.get("filesize") or 0):
        raise ProviderError("network", told.CUT_OFF)
    return path


def _need_room(folder: Path, most: int) -> None:
    """ProviderError unless the disk has room for so many bytes."""
    if shutil.disk_usage(folder).free < most:
        raise ProviderError("too_large", told.DISK_FULL)


class _Progress:
    """The hook that counts the bytes as they arrive, as a length that is told may be wrong, and tells of them."""

    def __init__(self, request: dict[str, Any], say: Say) -> None:
        self.request, self.say = request, say
        self.parts: dict[str, int] = {}  # bytes of each file of this download: picture and sound may come apart
        self.last = 0.0

    def __call__(self, state: dict[str, Any]) -> None:
        self.parts[str(state.get("filename"))] = state.get("downloaded_bytes") or 0
        so_far = sum(self.parts.values())
        if so_far > self.request["max_bytes"]:
            raise TooLarge
        if time.monotonic() - self.last >= REPORT_EVERY and state.get("status") == "downloading":
            if not self.last:
                _need_room(Path(self.request["folder"]), self.request["keep_free"] + (self._total(state) or 0) - so_far)
            self.last = time.monotonic()
            self.say("progress", stage="downloading", done=so_far, total=self._total(state), speed=state.get("speed"))

    def _total(self, state: dict[str, Any]) -> int | None:
        """The bytes that are here and those still to come, where that is known."""
        coming = state.get("total_bytes") or state.get("total_bytes_estimate")
        others = sum(self.parts.values()) - self.parts[str(state.get("filename"))]
        return others + int(coming) if coming else None


def _guarded(work: Callable[[], Any]) -> Any:
    """The work's result, and every failure of it as a ProviderError."""
    from yt_dlp.networking.exceptions import HTTPError, RequestError, TransportError
    from yt_dlp.utils import YoutubeDLError

    try:
        return work()
    except TooLarge as error:
        raise ProviderError("too_large", told.TOO_LARGE) from error
    except (YoutubeDLError, RequestError, OSError, MemoryError) as error:
        logger.warning("%s: %s", type(error).__name__, error)
        inner = _cause(error, HTTPError)
        after = inner.response.headers.get("Retry-After") if inner else None
        # The words of the system differ from one to the next, and so does what yt-dlp makes of them.
        unreached = _cause(error, (TransportError, ConnectionError, TimeoutError, socket.gaierror)) is not None
        raise told.classify(str(error), inner.status if inner else None, after, unreached=unreached) from error


def _cause(error: BaseException, wanted: type | tuple[type, ...]) -> Any:
    """The first error of these types in the chain that yt-dlp wraps round it, or None."""
    for _ in range(8):
        if isinstance(error, wanted):
            return error
        following = getattr(error, "exc_info", (None, None))[1] or getattr(error, "cause", None) or error.__cause__
        if following is None or following is error:
            return None
        error = following
    return None
