"""TikTok's Research API v2, video/query: no cover, no display name, and ids as bare numbers above 2^53."""

from typing import Any

from scraping.providers.base import Post, ProviderError, gettext_noop
from scraping.shapes.answer import Answer, Row, Shape, part, post_id, tiktok_post
from scraping.shapes.finding import answer_of
from scraping.shapes.numbers import best, counts, moment, seconds

REFUSED = gettext_noop("The Research API answered with an error and no videos.")
_FIELDS = ("video_description", "username", "view_count", "like_count", "create_time", "region_code", "hashtag_names")


def answer(body: Any) -> Answer:
    """The posts of a Research API answer; ProviderError where it is none, or says itself that it is an error."""
    if part(body, "error").get("code") not in (None, "ok") and not part(body, "data").get("videos"):
        raise ProviderError("bad_response", REFUSED)
    return answer_of(body, (SHAPE,))


def is_row(row: Row) -> bool:
    """True for a video; any field may be missing."""
    if any(name in row for name in ("webpage_url", "extractor", "url", "link")):  # yt-dlp's or a table's own
        return False
    return sum(name in row for name in _FIELDS) >= 2 and any(name in row for name in _FIELDS[:3])


def post(row: Row) -> Post:
    """The post of one video; raises Unusable."""
    return tiktok_post(
        post_id(row.get("id")),
        row.get("username"),
        caption=row.get("video_description"),
        duration=seconds(row.get("video_duration")),
        published_at=moment(row.get("create_time")),
        **counts(
            play_count=row.get("view_count"),
            like_count=row.get("like_count"),
            comment_count=row.get("comment_count"),
            share_count=row.get("share_count"),
            save_count=best(row.get("favorites_count"), row.get("favourites_count")),
        ),
    )


SHAPE = Shape("research", is_row, post, ("videos",))
