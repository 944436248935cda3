"""YouTube: Shorts first, then videos; by the Data API where the studio has a key, else as a visitor. No Django here."""

from collections.abc import Callable
from typing import Any

from scraping import fetch
from scraping.addresses import PAGE_HOSTS, youtube_url
from scraping.fetch_errors import TOO_LONG
from scraping.fetch_process import Turn, at_once
from scraping.providers.base import (
    Page,
    Post,
    ProviderError,
    Query,
    Skipped,
    clean_text,
    count_or_none,
    gettext_noop,
    moment_or_none,
)
from scraping.providers.youtube_api import Api

HOST = PAGE_HOSTS["youtube"]
MOST = 50  # of one list; yt-dlp asks for as many pages as that takes

LIVE = gettext_noop("This is a live broadcast.")
NO_CHANNEL = gettext_noop("There is no such YouTube channel, or it has no Shorts.")
NO_ID = gettext_noop("This entry has no video number.")
CHANGED = gettext_noop("YouTube's answer was not understood. A newer yt-dlp may help.")
NO_IDS = gettext_noop("YouTube's answer was not understood: none of its videos has an id. A newer yt-dlp may help.")
WITHOUT_KEY = gettext_noop("The key of the YouTube Data API was refused, or its quota is used up: asked as a visitor.")


def _never() -> bool:
    return False


class Youtube:
    """Keywords, and @creators by their Shorts; the cursor is list:offset, or api:token."""

    name = "youtube"
    label = gettext_noop("YouTube Shorts")
    needs = ("network",)
    key = ""  # of the Data API
    units = 0  # of its quota, used by this search
    turn: Turn = staticmethod(at_once)
    cancelled: Callable[[], bool] = staticmethod(_never)

    def __init__(self, options: fetch.FetchOptions | None = None) -> None:
        self.options = options or fetch.FetchOptions()

    def search(self, query: Query, cursor: str | None = None, limit: int = 30) -> Page:
        """The page at the cursor, of at most 50 posts; ProviderError, also for an answer that says nothing clear."""
        kind, _, start = (cursor or "").partition(":")
        if query.creator:
            return self._creator(query.creator, int(start or 0), limit)
        if kind == "api" or (self.key and not cursor):
            api = self._api()
            try:
                return api.search(query.keyword, start, limit)
            except ProviderError as error:
                if error.kind not in ("quota", "credentials") or cursor:
                    raise
            finally:
                self.units += api.units
            page = self._first(query.keyword, limit)
            return Page(page.posts, page.next_cursor, page.skipped, WITHOUT_KEY)
        if cursor:
            return self._listed(kind, query.keyword, int(start), limit)
        return self._first(query.keyword, limit)

    def _creator(self, name: str, start: int, limit: int) -> Page:
        try:
            return self._listed("creator", name, start, limit)
        except ProviderError as error:
            if error.kind != "unavailable":
                raise
            raise ProviderError("not_found", NO_CHANNEL) from error

    def _api(self) -> Api:
        api = Api(self.key, self.options)
        api.site.turn = self.turn
        return api

    def _first(self, words: str, limit: int) -> Page:
        """Shorts, else videos; no result only where YouTube itself says so."""
        try:
            shorts = self._listed("shorts", words, 0, limit)
        except ProviderError as error:
            if error.kind != "bad_response":
                raise
        else:
            if shorts.posts:
                return shorts
        return self._listed("videos", words, 0, limit)

    def _listed(self, kind: str, words: str, start: int, limit: int) -> Page:
        count = min(max(limit, 1), MOST)
        search = {"list": kind, "words": words, "start": start, "count": count}
        end = self.turn(HOST)
        try:
            answer = fetch.listing(search, self.options, self.cancelled)
        finally:
            end()
        entries = answer["entries"]
        if not entries and not start and not answer["none"]:
            raise ProviderError("bad_response", CHANGED)
        return self._page(entries, f"{kind}:{start + count}" if len(entries) == count else None)

    def _page(self, entries: list[dict[str, Any]], following: str | None) -> Page:
        posts: dict[str, Post] = {}
        skipped = []
        for entry in entries:
            if reason := self._unusable(entry):
                skipped.append(Skipped(clean_text(entry.get("title") or entry.get("id")), reason))
            else:
                post = _post(entry)
                posts.setdefault(post.external_id, post)
        if not posts and any(item.reason == NO_ID for item in skipped):
            raise ProviderError("bad_response", NO_IDS)
        return Page(tuple(posts.values()), following, tuple(skipped))

    def _unusable(self, entry: dict[str, Any]) -> str:
        """Why an entry is no video to choose, "" for one that is."""
        if not isinstance(entry.get("id"), str) or len(entry["id"]) != 11:
            return NO_ID
        if entry.get("live_status") in ("is_live", "is_upcoming"):
            return LIVE
        return TOO_LONG if (entry.get("duration") or 0) > self.options.max_seconds else ""


def _post(entry: dict[str, Any]) -> Post:
    """An entry of a list as a post; a Short's tile tells neither author nor date nor likes, and rounds its views."""
    is_short = "/shorts/" in (entry.get("url") or "")
    duration = entry.get("duration")
    return Post(
        source="youtube",
        external_id=entry["id"],
        url=youtube_url(entry["id"], is_short=is_short),
        author=clean_text(entry.get("uploader_id")).removeprefix("@"),
        author_name=clean_text(entry.get("channel")),
        caption=clean_text(entry.get("title")),
        cover_url=f"https://i.ytimg.com/vi/{entry['id']}/hqdefault.jpg",
        duration=float(duration) if duration else None,
        published_at=moment_or_none(entry.get("timestamp")),
        play_count=count_or_none(entry.get("view_count")),
        rounded=is_short and duration is None and entry.get("view_count") is not None,
    )
