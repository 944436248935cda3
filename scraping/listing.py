"""YouTube's search, asked by yt-dlp inside the child process: lists of videos, none of them looked at. No JavaScript.

yt-dlp of 2026.10.26 passes over the shelf in which the results carry their Shorts, and cannot say whether YouTube found
nothing or was not understood. So each answer is looked at on its way: its Shorts are put where yt-dlp sees them.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from scraping import extraction
from scraping.fetch_words import of_site
from scraping.providers.base import ProviderError

logger = logging.getLogger(__name__)

SHORTS_FILTER = "EgIQCQ%3D%3D"  # what the page itself sends for its filter “Shorts”
SECTIONS = ("contents", "twoColumnSearchResultsRenderer", "primaryContents", "sectionListRenderer", "contents")
FIELDS = (
    *("id", "url", "title", "description", "duration", "view_count", "channel", "uploader_id", "timestamp"),
    *("live_status", "availability"),
)


def listed(request: dict[str, Any]) -> dict[str, Any]:
    """{"entries": [...], "none": whether YouTube itself said that it found nothing}; raises ProviderError."""
    from yt_dlp import YoutubeDL

    wanted = request["search"]
    options = {
        "quiet": True,
        "noprogress": True,
        "logger": logger,
        "allowed_extractors": ["^youtube:search_url$", "^youtube:search$", "^youtube:tab$"],
        "extract_flat": True,  # no video's own page
        "playlist_items": f"{wanted['start'] + 1}:{wanted['start'] + wanted['count']}",
        "proxy": request["proxy"],
        "nocheckcertificate": request["insecure_tls"],
        "socket_timeout": request["timeout"],
        "extractor_retries": 1,
        "cachedir": False,
        "js_runtimes": {},
    }
    with YoutubeDL(options) as ydl:
        said: list[bool] = []
        for name in ("YoutubeSearchURL", "YoutubeSearch"):
            _look_at_answers(ydl.get_info_extractor(name), said)
        found = _guarded(lambda: ydl.extract_info(_address(wanted), download=False))
        return {"entries": [_plain(entry) for entry in found.get("entries") or [] if entry], "none": any(said)}


def _guarded(work: Callable[[], Any]) -> Any:
    """The work's result, and every failure of it in YouTube's words."""
    try:
        return extraction._guarded(work)
    except ProviderError as error:
        raise of_site(error, "youtube") from error


def _address(wanted: dict[str, Any]) -> str:
    """What yt-dlp is asked for; built from a fixed beginning, so the words stay words."""
    if wanted["list"] == "creator":
        return f"https://www.youtube.com/@{quote(wanted['words'], safe='')}/shorts"
    if wanted["list"] == "shorts":
        words = quote(wanted["words"], safe="")
        return f"https://www.youtube.com/results?search_query={words}&sp={SHORTS_FILTER}"
    return f"ytsearch{wanted['start'] + wanted['count']}:{wanted['words']}"


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    """What is told of a video, as plain values; the largest of its pictures."""
    pictures = [picture.get("url") for picture in entry.get("thumbnails") or [] if picture.get("url")]
    return {name: entry.get(name) for name in FIELDS} | {"cover": pictures[-1] if pictures else ""}


def _look_at_answers(extractor: Any, said: list[bool]) -> None:
    """Have each answer's Shorts put among its results, and note in `said` whether it is without any result."""
    ask = extractor._extract_response

    def looked_at(*args: Any, **more: Any) -> Any:
        answer = ask(*args, **more)
        if isinstance(answer, dict):
            said.append(_says_none(answer))
            _unfold(answer)
        return answer

    extractor._extract_response = looked_at


def _says_none(answer: dict[str, Any]) -> bool:
    """Whether YouTube's own page would say “no results found”."""
    return str(answer.get("estimatedResults")) == "0" or any(_under(answer, "backgroundPromoRenderer"))


def _unfold(answer: dict[str, Any]) -> None:
    sections = answer
    for name in SECTIONS:
        sections = sections.get(name) if isinstance(sections, dict) else None
    if isinstance(sections, list):
        tiles = [
            tile for shelf in _under(sections, "gridShelfViewModel") for tile in _under(shelf, "shortsLockupViewModel")
        ]
        sections[:0] = [{"richItemRenderer": {"content": {"shortsLockupViewModel": tile}}} for tile in tiles]


def _under(tree: Any, name: str, depth: int = 0) -> Iterator[Any]:
    """All that stands under this name in a tree of JSON, to a depth that no real answer has."""
    if depth > 30:
        return
    if isinstance(tree, dict) and name in tree:
        yield tree[name]
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for child in children:
        yield from _under(child, name, depth + 1)
