"""What yt-dlp is asked for, inside the child process: a post's numbers, or its file. Knows nothing of processes."""

import io
import logging
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from scraping import cookie_file
from scraping import fetch_errors as told
from scraping.addresses import Link, parse_link, post_url
from scraping.providers.base import Post, ProviderError, clean_text, count_or_none, moment_or_none

# H.264 without TikTok's watermark, else with it, else any picture with sound except the codec nothing can decode.
FORMATS = "b[vcodec^=h264][format_id!^=download]/b[vcodec^=h264]/b[vcodec!=none][format_note!*=?UNPLAYABLE]"
SHORT_LINK_AGENT = "facebookexternalhit/1.1"  # yt-dlp's choice for short links; browsers are sent a page of script
HOPS = 5
REPORT_EVERY = 0.5  # seconds
COUNTS = {
    "play_count": "view_count",
    "like_count": "like_count",
    "comment_count": "comment_count",
    "share_count": "repost_count",
    "save_count": "save_count",
}

logger = logging.getLogger(__name__)

Say = Callable[..., None]


class TooLarge(Exception):
    """More bytes arrived than may be kept."""


def answer(request: dict[str, Any], say: Say) -> dict[str, Any]:
    """The post of the request's url and, where a folder is given, its file; raises ProviderError."""
    link = parse_link(request["url"])
    say("progress", percent=0.0, message="asking")
    if link.kind == "short":
        link = _follow(link, request)
    if link.kind == "photo":
        raise ProviderError("unsupported", told.PHOTO_POST)
    if request["folder"]:
        return _download(link, request, say)
    with _youtube_dl(request) as ydl:
        return {"post": _guarded(lambda: _post(ydl, link)[0]).as_json()}


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
        return parse_link(target)
    except ProviderError as error:
        raise ProviderError("not_found", told.DEAD_LINK) from error


def _youtube_dl(request: dict[str, Any], **more: Any) -> Any:
    from yt_dlp import YoutubeDL

    cookies = request["cookies_text"]
    return YoutubeDL(
        {
            "quiet": True,
            "noprogress": True,
            "logger": logger,
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
            "cookiefile": io.StringIO(cookie_file.read(cookies).text) if cookies else None,
            **more,
        }
    )


def _post(ydl: Any, link: Link) -> tuple[Post, dict[str, Any]]:
    """The post and yt-dlp's own account of it, from which the same session can fetch the file."""
    user = link.canonical_url.split("/@", 1)[1].split("/", 1)[0]
    info = ydl.extract_info(post_url(link.id, user), download=False, process=False)
    return post_from_info(info), info


def post_from_info(info: dict[str, Any]) -> Post:
    """yt-dlp's account of a TikTok post as a Post; raises ProviderError where TikTok gave neither picture nor sound."""
    formats = info.get("formats") or []
    if not formats:
        raise ProviderError("unavailable", told.GONE)
    is_photo = all(f.get("vcodec") == "none" for f in formats)
    author = clean_text(info.get("uploader"))
    duration = info.get("duration")
    return Post(
        source="tiktok",
        external_id=str(info["id"]),
        url=post_url(str(info["id"]), author),
        author=author,
        author_name=clean_text(info.get("channel")),
        caption=clean_text(info.get("description")),
        cover_url=_cover(info.get("thumbnails") or []),
        duration=float(duration) if duration and not is_photo else None,  # a slideshow's is its music's
        published_at=moment_or_none(info.get("timestamp")),
        **{ours: count_or_none(info.get(theirs)) for ours, theirs in COUNTS.items()},
        is_photo=is_photo,
        extra=_music(info),
    )


def _cover(thumbnails: list[dict[str, Any]]) -> str:
    """The still cover's address; the animated one is only taken where there is no other."""
    by_id = {t.get("id"): t.get("url") or "" for t in thumbnails}
    return next((by_id[name] for name in ("cover", "originCover", "dynamicCover") if by_id.get(name)), "")


def _music(info: dict[str, Any]) -> dict[str, str]:
    known = {
        "music_title": clean_text(info.get("track")),
        "music_author": clean_text(", ".join(a for a in info.get("artists") or [] if isinstance(a, str))),
    }
    return {name: text for name, text in known.items() if text}


def _download(link: Link, request: dict[str, Any], say: Say) -> dict[str, Any]:
    """The file, from addresses asked for just now: they are bound to a session and expire, so a refusal asks anew."""
    try:
        return _download_once(link, request, say)
    except ProviderError as error:
        if error.message not in (told.MEDIA_REFUSED, told.NOT_MEDIA):
            raise
    for leftover in Path(request["folder"]).glob("media.*"):
        leftover.unlink()
    return _download_once(link, request, say)


def _download_once(link: Link, request: dict[str, Any], say: Say) -> dict[str, Any]:
    more = {
        "format": FORMATS,
        "outtmpl": {"default": str(Path(request["folder"]) / "media.%(ext)s")},
        "max_filesize": request["max_bytes"],
        "progress_hooks": [_progress(request["max_bytes"], say)],
    }
    with _youtube_dl(request, **more) as ydl:
        post, info = _guarded(lambda: _post(ydl, link))
        if post.is_photo:
            raise ProviderError("unsupported", told.NO_VIDEO)
        if post.duration and post.duration > request["max_seconds"]:
            raise ProviderError("too_large", told.TOO_LONG)
        done = _guarded(lambda: ydl.process_ie_result(info, download=True))
    path = _arrived(Path(request["folder"]) / f"media.{done.get('ext')}")
    format_id = str(done.get("format_id") or "")
    watermarked = format_id.startswith("download")
    return {"post": post.as_json(), "path": str(path), "format_id": format_id, "watermarked": watermarked}


def _arrived(path: Path) -> Path:
    """The path, once it is sure that a file is there and begins as an MP4 does; raises ProviderError."""
    if not path.exists():  # a file larger than max_filesize is no error to yt-dlp: it just does not fetch it
        raise ProviderError("too_large", told.TOO_LARGE)
    with path.open("rb") as file:
        if file.read(12)[4:8] != b"ftyp":
            raise ProviderError("bad_response", told.NOT_MEDIA)
    return path


def _progress(max_bytes: int, say: Say) -> Callable[[dict[str, Any]], None]:
    """The hook that counts the bytes as they arrive, as a length that is told may be wrong, and tells of them."""
    last = 0.0

    def hook(state: dict[str, Any]) -> None:
        nonlocal last
        so_far = state.get("downloaded_bytes") or 0
        if so_far > max_bytes:
            raise TooLarge
        total = state.get("total_bytes") or state.get("total_bytes_estimate")
        if time.monotonic() - last >= REPORT_EVERY and total:
            last = time.monotonic()
            say("progress", percent=min(100.0, 100.0 * so_far / total), message="downloading")

    return hook


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
