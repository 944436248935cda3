"""One source asked for one search: page by page, from the cache where it answered that just now, else in its turn."""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from scraping import fetch_errors as told
from scraping import fetch_words, posts, sources
from scraping.addresses import PAGE_HOSTS
from scraping.models import Search, Trial
from scraping.pace import host_turn, line_up, pause, paused, spacing
from scraping.providers import provider, tikwm, youtube_api
from scraping.providers.base import Page, Post, Provider, ProviderError, Query, Skipped

logger = logging.getLogger(__name__)

SIZE = 30  # posts that are asked for at a time; the same for all, so that one's answer serves the next
KEPT = 12 * 60  # seconds that an answer is good for
NOT_KEPT = frozenset({"links"})  # who pastes a link once more wants to know how it is now
# What a source says of the very thing that it was asked for is an answer: it does its work.
OF_THE_THING = frozenset({"not_found", "unavailable", "private", "unsupported", "too_large"})
PERSONAL = frozenset({"tiktok"})  # asked with somebody's own session
# What a host is told to have said that asked somebody else for a pause; the others are TikTok's.
PAUSES = {
    tikwm.HOST: tikwm.RATE_LIMITED,
    youtube_api.HOST: youtube_api.PAUSE,
    PAGE_HOSTS["youtube"]: fetch_words.YOUTUBE[told.RATE_LIMITED],
    PAGE_HOSTS["instagram"]: fetch_words.INSTAGRAM[told.RATE_LIMITED],
}


class Pages:
    """The pages of one source. `until` is when it is asked again where it rests, `age` of what came from the cache.

    `fresh` asks it whatever the cache holds, and though it rests.
    """

    def __init__(self, search: Search | Trial, name: str, *, fresh: bool = False) -> None:
        self.search, self.name, self.fresh = search, name, fresh
        self.until: datetime | None = None
        self.age = 0.0
        self._sent: float | None = None  # when the last request went out
        self._host = ""  # and where to
        self.person = search.owner_id if name in PERSONAL else None
        self.source = self._made()
        self.is_local = "network" not in self.source.needs

    def _made(self) -> Provider:
        made: Any = provider(self.name, posts.fetch_options(self.search.owner))
        made.owner, made.turn, made.cancelled = self.search.owner, self._turn, self._is_cancelled
        if self.name == "youtube":
            made.key = settings.YOUTUBE_API_KEY
        return made

    def read(self, cursor: str | None) -> Page:
        """The page at the cursor; ProviderError where the source refuses or still rests. Raises Later and Stopped."""
        if kept := None if self.fresh else self._kept(cursor):
            return kept
        if not self.fresh and not self.is_local and (resting := sources.parked(self.name, self.person)):
            self.until = resting.parked_until
            raise ProviderError(resting.refusal, resting.refusal_message)
        page = self._asked(cursor)
        self._keep(cursor, page)
        return page

    def _asked(self, cursor: str | None) -> Page:
        self._sent = None
        try:
            page = self.source.search(Query(self.search.query), cursor, SIZE)
        except ProviderError as error:
            self._note(error)
            logger.info("%s refused: %s: %s", self.name, error.kind, error.message)
            raise
        self._note(None)
        return page

    def _note(self, error: ProviderError | None) -> None:
        """Note how the source did, unless nobody was asked: what is missing then is the asker's."""
        if self._sent is None:
            return
        if units := getattr(self.source, "units", 0):
            sources.used(self.name, units)
            self.source.units = 0
        if error is None or error.kind in OF_THE_THING:
            left = getattr(self.source, "left", None)
            sources.answered(self.name, time.monotonic() - self._sent, left, self.person)
        else:
            self.until = sources.refused(self.name, error, self.person)
            if error.kind == "rate_limited" and error.retry_after and self.name not in sources.RESTLESS:
                pause(self._host, error.retry_after)  # downloads wait, too

    def _turn(self, host: str) -> Callable[[], None]:
        """Wait for a host's turn, for which everybody waits who asks it; return what gives it back.

        Searches that come in crowds stand in a line of their own, so that none waits for all downloads before it.
        ProviderError where the host asked anybody to leave it alone for a while.
        """
        self._is_cancelled()
        if not self.fresh and (until := paused(host)):
            self.until = until
            raise ProviderError("rate_limited", PAUSES.get(host, told.RATE_LIMITED))
        if self._sent is None:
            line_up(self.name, spacing(host), self.search)
        end = host_turn(host, self.search)
        self._host, self._sent = host, time.monotonic()
        return end

    def _is_cancelled(self) -> bool:
        """Keep the job's lease; raises Stopped once it is cancelled."""
        self.search.report(self.search.percent)
        return False

    def _key(self, cursor: str | None) -> str:
        told = json.dumps([self.name, self.search.query, cursor, self.person])
        return f"answer:{hashlib.sha256(told.encode()).hexdigest()}"

    def _kept(self, cursor: str | None) -> Page | None:
        try:
            kept = None if self.is_local or self.name in NOT_KEPT else cache.get(self._key(cursor))
        except (RedisError, OSError) as error:
            logger.warning("the cache of answers is not there: %s", error)
            return None
        if kept is None:
            return None
        self.age = max(self.age, (timezone.now() - kept["at"]).total_seconds(), 1.0)
        return page_from_json(kept["page"])

    def _keep(self, cursor: str | None, page: Page) -> None:
        if self.is_local or self.name in NOT_KEPT:
            return
        try:
            cache.set(self._key(cursor), {"at": timezone.now(), "page": page_as_json(page)}, KEPT)
        except (RedisError, OSError) as error:
            logger.warning("an answer could not be kept: %s", error)


def page_as_json(page: Page) -> dict[str, Any]:
    """A page as plain values; `page_from_json` makes an equal page of them."""
    plain = {"next_cursor": page.next_cursor, "note": page.note, "skipped": [asdict(item) for item in page.skipped]}
    return plain | {"posts": [post.as_json() for post in page.posts]}


def page_from_json(plain: dict[str, Any]) -> Page:
    """The page that `page_as_json` wrote."""
    return Page(
        tuple(Post.from_json(post) for post in plain["posts"]),
        plain["next_cursor"],
        tuple(Skipped(**item) for item in plain["skipped"]),
        plain["note"],
    )
