"""Fetching a linked post: its numbers, its file, its cover. yt-dlp works in a child process that can be killed."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import deno

from ranking import ffmpeg
from scraping import fetch_errors as told
from scraping.addresses import parse_link
from scraping.covers import cover
from scraping.extracted import SITES
from scraping.fetch_process import Cancelled, Turn, at_once, run
from scraping.providers.base import Post, ProviderError
from scraping.releases import Releases

__all__ = ["Cancelled", "FetchOptions", "Fetched", "Progress", "cover", "download", "listing", "metadata"]


@dataclass(frozen=True)
class Progress:
    """How far a fetch is: `stage` is asking or downloading, `done` and `total` bytes, `speed` bytes a second."""

    stage: str
    done: int = 0
    total: int | None = None
    speed: float | None = None

    @property
    def percent(self) -> float:
        """From 0 to 100; 0 where the total is not known."""
        return min(100.0, 100.0 * self.done / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None where the total or the speed is not known."""
        return max(self.total - self.done, 0) / self.speed if self.total and self.speed else None


Report = Callable[[Progress], None]


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
    keep_free: int = 200 * 1024**2  # bytes of the disk that stay free
    not_format: str = ""  # an id of yt-dlp's that is not taken, as it was found to be silent
    releases: str = ""  # the folder of newer versions of yt-dlp: see scraping.releases
    packages: str = ""  # one of them, to be used whatever is in use


@dataclass(frozen=True)
class Fetched:
    """A file that arrived, and the post it belongs to as it was told at that moment."""

    path: Path
    post: Post
    format_id: str
    watermarked: bool
    release: str = ""  # the version of yt-dlp that fetched it


def _silent(progress: Progress) -> None:
    """No report."""


def _never() -> bool:
    return False


def metadata(
    url: str,
    options: FetchOptions = FetchOptions(),
    cancelled: Callable[[], bool] = _never,
    turn: Turn = at_once,
) -> Post:
    """The post a link leads to, with its numbers; a photo post has `is_photo`. Raises ProviderError or Cancelled.

    `turn` is called with the host just before each page is asked for and returns when that may be, with what is to be
    called once the page has been answered.
    """
    parse_link(url)
    with tempfile.TemporaryDirectory(prefix="fetch-") as work:
        return Post.from_json(_run(_request(url, options, ""), Path(work), options, cancelled, turn=turn)["post"])


def listing(
    search: dict[str, Any], options: FetchOptions = FetchOptions(), cancelled: Callable[[], bool] = _never
) -> dict[str, Any]:
    """YouTube's list for {"list": shorts, videos or creator, "words", "start", "count"}: see listing.listed."""
    with tempfile.TemporaryDirectory(prefix="fetch-") as work:
        request = {**_request("", options, ""), "search": search, "cookies_text": ""}
        return _run(request, Path(work), options, cancelled)


def download(
    url: str,
    folder: Path,
    *,
    options: FetchOptions = FetchOptions(),
    report: Report = _silent,
    cancelled: Callable[[], bool] = _never,
    turn: Turn = at_once,
    work: Path | None = None,
) -> Fetched:
    """The linked video as `folder/ID.mp4` (replaced whole, never half there). Raises ProviderError or Cancelled.

    What had arrived in `work` is gone on from, and what arrives stays there for the next attempt; without it, nothing.
    """
    parse_link(url)
    folder.mkdir(parents=True, exist_ok=True)
    with _work(work, folder) as place:
        done = _run(_request(url, options, str(place)), place, options, cancelled, report, turn)
        post = Post.from_json(done["post"])
        arrived = Path(done["path"])
        path = folder / f"{post.external_id}{arrived.suffix}"
        os.replace(arrived, path)
    return Fetched(path, post, done["format_id"], done["watermarked"], done["release"])


@contextmanager
def _work(kept: Path | None, folder: Path) -> Iterator[Path]:
    """The folder to work in: the caller's, which stays, or one that is gone at the end."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    place = Path(tempfile.mkdtemp(prefix=".fetch-", dir=folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _request(url: str, options: FetchOptions, folder: str) -> dict[str, Any]:
    # yt-dlp knows further kinds of proxies, but what follows short links and fetches covers knows no others.
    if options.proxy and not options.proxy.startswith(("http://", "https://")):
        raise ProviderError("network", told.BAD_PROXY)
    site = parse_link(url).site if url else ""
    has_script = bool(site) and SITES[site].has_script
    programs = {"ffmpeg": ffmpeg.exe(), "deno": deno.find_deno_bin() if has_script else ""}
    secret = options.cookies_text if site == "tiktok" else ""
    return {**asdict(options), **programs, "cookies_text": secret, "url": url, "folder": folder}


def _run(
    request: dict[str, Any],
    work: Path,
    options: FetchOptions,
    cancelled: Callable[[], bool],
    report: Report = _silent,
    turn: Turn = at_once,
) -> dict[str, Any]:
    """The child's answer; raises the ProviderError that it told, or Cancelled."""

    def with_packages(packages: str) -> dict[str, Any]:
        told = {**request, "packages": packages}
        return run(told, work, options.deadline, cancelled, lambda event: report(Progress(**event)), turn)

    if options.packages or not options.releases:
        return with_packages(options.packages)
    what = parse_link(request["url"]).site if request["url"] else "list"
    return Releases(options.releases).tried(what, with_packages)
