"""tikwm.com, a stranger's search of TikTok that needs no account: off until somebody switches it on. No Django here."""

import re
from collections.abc import Callable
from typing import Any

from scraping.fetch import FetchOptions
from scraping.fetch_process import Turn, at_once
from scraping.providers.asking import Answer, Site
from scraping.providers.base import Page, ProviderError, Query, gettext_noop
from scraping.shapes import tikwm as shape

HOST = "www.tikwm.com"
MOST = 30  # that it gives at once
HEADERS = {"User-Agent": "ranking-shorts", "Accept": "application/json"}

UNREACHED = gettext_noop("tikwm could not be reached. Check the connection and try again.")
RATE_LIMITED = gettext_noop("tikwm takes one request a second and asks for a pause. Try again in a moment.")
BLOCKED = gettext_noop("tikwm refused this server. Try again later, or choose another source.")
FAULT = gettext_noop("tikwm has a fault at the moment. Try again later.")
QUOTA = gettext_noop("tikwm's free requests of today are used up. Try again tomorrow, or choose another source.")
CHANGED = gettext_noop("tikwm's answer was not understood: it may have changed.")
NO_LIST = gettext_noop("tikwm's answer was not understood: it may have changed. The list videos is missing in it.")
NO_IDS = gettext_noop("tikwm's answer was not understood: it may have changed. None of its rows has a video_id.")
NONE_BUT_MORE = gettext_noop("tikwm sent no video and says that there is more: hasMore is 1. Try again later.")

# All its errors have the code -1, so only the words tell them apart; the first match decides.
BY_WORDS = (
    (r"request/second|requests? per second|too (fast|many|frequent)|rate.?limit", "rate_limited", RATE_LIMITED),
    (r"limit|quota|exceed", "quota", QUOTA),
    (r"captcha|forbidden|blocked|denied", "blocked", BLOCKED),
)
NOTHING = re.compile(r"no (data|result|video)s?\b|not found|not exist|unique_id is invalid", re.IGNORECASE)
PAUSE = 1.1  # seconds, where tikwm names none


class Tikwm:
    """Search and one creator's videos; the cursor is tikwm's own."""

    name = "tikwm"
    label = gettext_noop("tikwm (a third party)")
    needs = ("network", "optin")
    turn: Turn = staticmethod(at_once)

    def __init__(self, options: FetchOptions | None = None) -> None:
        self.site = Site(HOST, options or FetchOptions(), UNREACHED, headers=HEADERS)
        self.site.turn = self._turn

    def _turn(self, host: str) -> Callable[[], None]:
        return self.turn(host)

    @property
    def left(self) -> int | None:
        """How many requests the source said that it still allows, if it did."""
        return self.site.left

    def search(self, query: Query, cursor: str | None = None, limit: int = MOST) -> Page:
        """The page at the cursor, of at most 30 posts; ProviderError, its code -1 told apart by its words."""
        # Without web=1: with it the covers lie at tikwm itself, which gives one a second, and not at TikTok's servers.
        paging = {"count": str(min(max(limit, 1), MOST)), "cursor": cursor or "0", "hd": "1"}
        if query.creator:
            return self._page("/api/user/posts", {"unique_id": query.creator, **paging})
        return self._page("/api/feed/search", {"keywords": query.keyword, **paging})

    def _page(self, path: str, params: dict[str, str]) -> Page:
        body = self.site.get(path, params, judge)
        if body is None:
            return Page()
        found = shape.answer(body)
        if found.unread:
            raise ProviderError("bad_response", NO_IDS)
        if params["cursor"] == "0" and found.more and not found.posts:
            raise ProviderError("bad_response", NONE_BUT_MORE)
        return Page(found.posts, found.cursor if found.more and found.cursor else None, found.skipped)


def judge(answer: Answer) -> dict[str, Any] | None:
    """The JSON of an answer with a list, None where tikwm says itself that there are none; raises ProviderError."""
    body = answer.json()
    if answer.status == 429:
        raise ProviderError("rate_limited", RATE_LIMITED, answer.retry_after)
    if answer.status >= 500 and answer.status != 503:
        raise ProviderError("network", FAULT)
    if not isinstance(body, dict) or answer.status in (401, 403, 503):
        raise ProviderError("blocked", BLOCKED)
    if body.get("code") == 0:
        data = body.get("data")
        if not isinstance(data.get("videos") if isinstance(data, dict) else data, list):
            raise ProviderError("bad_response", NO_LIST)
        return body
    words = str(body.get("msg") or "")
    for pattern, kind, message in BY_WORDS:
        if re.search(pattern, words, re.IGNORECASE):
            pause = PAUSE if kind == "rate_limited" else None
            raise ProviderError(kind, message, answer.retry_after or pause)
    if NOTHING.search(words):
        return None
    raise ProviderError("bad_response", CHANGED)
