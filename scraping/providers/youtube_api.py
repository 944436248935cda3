"""The YouTube Data API v3 with the studio's own key: search.list for the ids, videos.list for their numbers.

Facts: developers.google.com/youtube/v3/docs (search/list, videos/list, errors). A search costs 100 units of the 10,000
that a key has a day.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scraping.addresses import youtube_url
from scraping.fetch import FetchOptions
from scraping.providers.asking import Answer, Site
from scraping.providers.base import Page, Post, ProviderError, clean_text, count_or_none, gettext_noop

HOST = "www.googleapis.com"
MOST = 50  # that one request gives
# developers.google.com/youtube/v3/determine_quota_cost; what is refused costs, too. A day ends at midnight in ZONE.
UNITS = {"/youtube/v3/search": 100, "/youtube/v3/videos": 1}
A_DAY = 10_000
ZONE = "America/Los_Angeles"
SHORT = 180.0  # seconds: YouTube calls nothing longer a Short; whether a shorter one is, the API does not tell

UNREACHED = gettext_noop("The YouTube Data API could not be reached. Check the connection and try again.")
QUOTA = gettext_noop("The quota of the YouTube Data API is used up for today.")
KEY = gettext_noop("The YouTube Data API refused the key. Check YOUTUBE_API_KEY.")
PAUSE = gettext_noop("The YouTube Data API asks for a pause. Try again in a moment.")
FAULT = gettext_noop("The YouTube Data API has a fault at the moment. Try again later.")
CHANGED = gettext_noop("The answer of the YouTube Data API was not understood.")
NO_IDS = gettext_noop("The answer of the YouTube Data API was not understood: none of its items has a videoId.")
NO_ITEMS = gettext_noop("The answer of the YouTube Data API was not understood: the list items is missing in it.")
NONE_TOLD = gettext_noop("The YouTube Data API found videos and then told nothing of any of them. Try again later.")

BY_REASON = {
    **dict.fromkeys(("quotaExceeded", "dailyLimitExceeded"), ("quota", QUOTA)),
    **dict.fromkeys(("rateLimitExceeded", "userRateLimitExceeded"), ("rate_limited", PAUSE)),
    **dict.fromkeys(
        ("keyInvalid", "keyExpired", "API_KEY_INVALID", "accessNotConfigured", "ipRefererBlocked", "forbidden"),
        ("credentials", KEY),
    ),
}
COUNTS = {"play_count": "viewCount", "like_count": "likeCount", "comment_count": "commentCount"}


class Api:
    """One key; it travels in a header, for addresses are written into logs."""

    def __init__(self, key: str, options: FetchOptions) -> None:
        self.site = Site(HOST, options, UNREACHED, headers={"X-Goog-Api-Key": key, "Accept": "application/json"})
        self.units = 0  # of the day's quota, as far as its documentation tells

    def _ask(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        self.units += UNITS[path]
        return self.site.get(path, params, judge)

    def search(self, words: str, token: str = "", limit: int = MOST) -> Page:
        """Videos of under four minutes with their numbers; raises ProviderError, kinds quota and credentials too."""
        count = str(min(max(limit, 1), MOST))
        asked = {"part": "id", "type": "video", "videoDuration": "short", "maxResults": count, "q": words}
        found = self._ask("/youtube/v3/search", asked | ({"pageToken": token} if token else {}))
        ids = [item["id"]["videoId"] for item in found["items"] if _is_video(item)]
        following = found.get("nextPageToken")
        if not ids and found["items"]:
            raise ProviderError("bad_response", NO_IDS)
        if not ids:
            return Page()
        parts = {"part": "snippet,contentDetails,statistics", "id": ",".join(ids), "maxResults": str(MOST)}
        told = self._ask("/youtube/v3/videos", parts)
        by_id = {item["id"]: item for item in told["items"] if isinstance(item, dict) and item.get("id") in ids}
        posts = tuple(_post(by_id[video_id]) for video_id in dict.fromkeys(ids) if video_id in by_id)
        if not posts:
            raise ProviderError("bad_response", NONE_TOLD)
        return Page(posts, f"api:{following}" if isinstance(following, str) and following else None)


def judge(answer: Answer) -> dict[str, Any]:
    """The JSON of an answer with a list of items; ProviderError by the reason that the API gives, else by status."""
    body = answer.json()
    if answer.status == 200 and isinstance(body, dict) and isinstance(body.get("items"), list):
        return body
    for reason in _reasons(body):
        if reason in BY_REASON:
            raise ProviderError(*BY_REASON[reason], retry_after=answer.retry_after)
    if answer.status == 429:
        raise ProviderError("rate_limited", PAUSE, answer.retry_after)
    if answer.status >= 500:
        raise ProviderError("network", FAULT)
    if answer.status in (401, 403):
        raise ProviderError("credentials", KEY)
    raise ProviderError("bad_response", NO_ITEMS if isinstance(body, dict) and answer.status == 200 else CHANGED)


def _reasons(body: Any) -> list[str]:
    """The reasons of an error, the older list's and the newer details'."""
    error = body.get("error") if isinstance(body, dict) else None
    lists = [error.get(name) for name in ("details", "errors")] if isinstance(error, dict) else []
    rows = [row for rows in lists if isinstance(rows, list) for row in rows if isinstance(row, dict)]
    return [row["reason"] for row in rows if isinstance(row.get("reason"), str)]


def _is_video(item: Any) -> bool:
    found = item.get("id") if isinstance(item, dict) else None
    return isinstance(found, dict) and bool(re.fullmatch(r"[\w-]{11}", str(found.get("videoId"))))


def _post(item: Mapping[str, Any]) -> Post:
    snippet, counts = _part(item, "snippet"), _part(item, "statistics")
    seconds = _seconds(_part(item, "contentDetails").get("duration"))
    return Post(
        source="youtube",
        external_id=item["id"],
        url=youtube_url(item["id"], is_short=seconds is not None and seconds <= SHORT),
        author_name=clean_text(snippet.get("channelTitle")),
        caption=clean_text(snippet.get("title")),
        cover_url=f"https://i.ytimg.com/vi/{item['id']}/hqdefault.jpg",
        duration=seconds,
        published_at=_moment(snippet.get("publishedAt")),
        **{ours: count_or_none(counts.get(theirs)) for ours, theirs in COUNTS.items()},
    )


def _part(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = item.get(name)
    return found if isinstance(found, Mapping) else {}


def _seconds(text: object) -> float | None:
    """An ISO 8601 duration as YouTube writes it (PT1M5S) in seconds, or None."""
    found = re.fullmatch(r"PT(?:(\d{1,3})H)?(?:(\d{1,3})M)?(?:(\d{1,3})S)?", text) if isinstance(text, str) else None
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(number or 0) for number in found.groups())
    return float(3600 * hours + 60 * minutes + seconds) or None


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment and moment.tzinfo else None
