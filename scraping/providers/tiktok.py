"""TikTok's own web search with somebody's own cookies; hashtags and creators also as a visitor. No Django in here."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from scraping.fetch import FetchOptions
from scraping.fetch_process import Turn, at_once
from scraping.providers import tiktok_web as web
from scraping.providers.asking import Answer, Site
from scraping.providers.base import Page, ProviderError, Query, gettext_noop
from scraping.shapes import web as shape

PATHS = {"item": "/api/search/item/full/", "general": "/api/search/general/full/"}
# What TikTok says of a hashtag or an account that is not there (TikTok-Api issues 403 and 952).
NOT_THERE = frozenset({10202, 10221, 10222, 10223})
WEEK = 7 * 86_400_000  # milliseconds
LOOKBACKS = 4  # weeks without a post that are asked about in one go


class Tiktok:
    """Keywords by the item endpoint, else the general one; the cursor is endpoint:offset:search_id."""

    name = "tiktok"
    label = gettext_noop("TikTok")
    needs = ("network", "cookies")
    turn: Turn = staticmethod(at_once)

    def __init__(self, options: FetchOptions | None = None) -> None:
        self.options = options or FetchOptions()
        self.jar = web.jar_of(self.options.cookies_text)
        self.site = Site(web.HOST, self.options, web.UNREACHED, headers=web.HEADERS, cookies=self.jar)
        self.site.turn = self._turn

    def _turn(self, host: str) -> Callable[[], None]:
        return self.turn(host)

    @property
    def left(self) -> int | None:
        """How many requests the source said that it still allows, if it did."""
        return self.site.left

    def search(self, query: Query, cursor: str | None = None, limit: int = 30) -> Page:
        """The page at the cursor, of as many posts as TikTok gives; ProviderError, in one of the kinds of refusal."""
        if query.hashtag:
            return self._hashtag(query.hashtag, cursor)
        if query.creator:
            return self._creator(query.creator, cursor)
        if not list(self.jar):  # known to be answered with nothing: a request for it only costs trust
            raise ProviderError("login_required", web.NEEDS_COOKIES)
        if cursor:
            return self._keyword(query.keyword, *cursor.split(":", 2))
        return self._first(query.keyword)

    def _first(self, keyword: str) -> Page:
        """The first page: where the item endpoint gives nothing usable, the general one may."""
        none: Page | None = None
        try:
            none = self._keyword(keyword, "item", "0", "")
        except ProviderError as error:
            if error.kind != "bad_response":
                raise
        if none and none.posts:
            return none
        try:
            return self._keyword(keyword, "general", "0", "")
        except ProviderError as error:
            if none is None or error.kind != "bad_response":
                raise
        return none

    def _keyword(self, keyword: str, endpoint: str, offset: str, search_id: str) -> Page:
        params = {
            **{"keyword": keyword, "offset": offset, "count": "20", "from_page": "search"},
            "web_search_code": web.SEARCH_CODE,
        }
        if search_id:
            params["search_id"] = search_id
        found = self._read(self._ask(PATHS[endpoint], params), is_first=offset == "0")
        following = f"{endpoint}:{found.cursor}:{search_id or found.search_id}"
        return Page(found.posts, following if found.more and found.cursor else None, found.skipped)

    def _hashtag(self, name: str, cursor: str | None) -> Page:
        tag, _, start = (cursor or ":0").partition(":")
        tag = tag or self._tag_id(name)
        if not tag:
            return Page()
        params = {"challengeID": tag, "count": "30", "cursor": start, "from_page": "hashtag"}
        found = self._read(self._ask("/api/challenge/item_list/", params), is_first=start == "0")
        return Page(found.posts, f"{tag}:{found.cursor}" if found.more and found.cursor else None, found.skipped)

    def _tag_id(self, name: str) -> str:
        """The number of a hashtag, "" where TikTok says that there is none."""
        params = {"challengeName": name, "from_page": "hashtag"}
        detail = self._ask("/api/challenge/detail/", params, wanted=("challengeInfo",), absent=NOT_THERE)
        info = detail.get("challengeInfo") if detail else None
        challenge = info.get("challenge") if isinstance(info, dict) else None
        found = str(challenge.get("id") or "") if isinstance(challenge, dict) else ""
        if detail and not found:
            raise ProviderError("bad_response", web.NO_TAG)
        return found

    def _creator(self, name: str, cursor: str | None) -> Page:
        """A creator's videos, newest first: TikTok gives them by time, a stretch without posts as an empty page."""
        user, _, before = (cursor or "").partition(":")
        user = user or self._user_id(name)
        moment = int(before or time.time() * 1000)
        for _ in range(LOOKBACKS):
            params = {"secUid": user, "cursor": str(moment), "count": "15", "type": "1", "from_page": "user"}
            body = self._ask("/api/creator/item_list/", params)
            found = self._read(body, is_first=False)
            more = body.get("hasMorePrevious") or found.more
            moment = _oldest(body) or moment - WEEK
            if found.posts or not more:
                break
        if more and not found.posts and not before:
            raise ProviderError("not_found", web.NONE_LATELY)
        return Page(found.posts, f"{user}:{moment}" if more else None, found.skipped)

    def _read(self, body: dict[str, Any], *, is_first: bool) -> shape.Answer:
        """What an answer holds. ProviderError where none of its rows could be read, or it holds none but more to come.

        On a later page the latter is no news: TikTok says “more” for ever.
        """
        found = shape.answer(body)
        if found.unread:
            raise ProviderError("bad_response", web.NO_IDS)
        if is_first and found.more and not found.posts:
            raise ProviderError("bad_response", web.NONE_BUT_MORE)
        return found

    def _user_id(self, name: str) -> str:
        """The account's secUid, read from its page."""
        return self.site.get(f"/@{name}", {}, self._judge_profile)

    def _judge_profile(self, answer: Answer) -> str:
        status, found = web.profile(answer.text)
        if answer.status == 404 or status in NOT_THERE:
            raise ProviderError("not_found", web.NO_ACCOUNT)
        if answer.status == 200 and found:
            return found
        raise web.refusal(answer, login=web.is_login(self.jar)) or ProviderError("bad_response", web.CHANGED)

    def _ask(
        self,
        path: str,
        params: Mapping[str, str],
        wanted: tuple[str, ...] = web.LISTS,
        absent: frozenset[int] = frozenset(),
    ) -> dict[str, Any]:
        """The JSON of one of TikTok's endpoints; {} where its status is one of `absent`."""
        session = {"device_id": web.device_id(self.options.cookies_text), "msToken": web.token(self.jar)}
        return self.site.get(path, {**web.COMMON, **session, **params}, self._judge(wanted, absent))

    def _judge(self, wanted: tuple[str, ...], absent: frozenset[int]) -> Callable[[Answer], dict[str, Any]]:
        def judge(answer: Answer) -> dict[str, Any]:
            body = answer.json()
            if isinstance(body, dict) and absent & {body.get("statusCode"), body.get("status_code")}:
                return {}
            if refused := web.refusal(answer, login=web.is_login(self.jar), wanted=wanted):
                raise refused
            return body

        return judge


def _oldest(body: Mapping[str, Any]) -> int:
    """When the last post of a list was published, in milliseconds; 0 for none."""
    items = body.get("itemList") or []
    stamp = items[-1].get("createTime") if items and isinstance(items[-1], dict) else 0
    return int(stamp) * 1000 if str(stamp).isascii() and str(stamp).isdigit() else 0
