"""TikTok's mobile app: "aweme" lists of search, hashtags and users, and one's detail. Lengths are milliseconds."""

from typing import Any

from scraping.providers.base import Post
from scraping.shapes.answer import (
    AD,
    GONE,
    LIVE,
    OTHER_SITE,
    PRIVATE,
    Answer,
    Row,
    Shape,
    Unusable,
    first,
    music,
    part,
    post_id,
    tiktok_post,
    web_address,
)
from scraping.shapes.finding import answer_of
from scraping.shapes.numbers import counts, moment, seconds

LIVE_TYPES = (101,)
PHOTO_TYPES = (68, 150)
COUNTS = {
    "play_count": "play_count",
    "like_count": "digg_count",
    "comment_count": "comment_count",
    "share_count": "share_count",
    "save_count": "collect_count",
}


def answer(body: Any) -> Answer:
    """The posts of an app answer, also wrapped in `data`; ProviderError where it is none."""
    return answer_of(body, (SHAPE,))


def is_row(row: Row) -> bool:
    """True for an aweme; its own statistics and status carry the aweme_id as well, but nothing of the post."""
    told = [name for name in ("desc", "video", "create_time", "author", "statistics") if name in row]
    return (bool(told) and "aweme_id" in row) or (len(told) >= 2 and "statistics" in row)


def post(row: Row) -> Post:
    """The post of one aweme; raises Unusable."""
    number = post_id(row.get("aweme_id"))
    _refuse(row)
    author, video, sound = part(row, "author"), part(row, "video"), part(row, "music")
    length = seconds(_thousandth(first(video, "duration") or row.get("duration")))
    return tiktok_post(
        number,
        author.get("unique_id"),
        author_name=author.get("nickname"),
        caption=row.get("desc"),
        cover_url=web_address(
            *(part(video, name).get("url_list") for name in ("cover", "origin_cover", "dynamic_cover"))
        ),
        duration=length,
        published_at=moment(row.get("create_time")),
        is_photo=bool(row.get("image_post_info") or row.get("images")) or row.get("aweme_type") in PHOTO_TYPES,
        extra=music(sound.get("title"), sound.get("author"), _original(sound)),
        **counts(**{ours: part(row, "statistics").get(theirs) for ours, theirs in COUNTS.items()}),
    )


def _refuse(row: Row) -> None:
    status = part(row, "status")
    if row.get("is_ads") is True:
        raise Unusable(AD)
    if row.get("aweme_type") in LIVE_TYPES or row.get("live_info") or row.get("room"):
        raise Unusable(LIVE)
    if "douyin.com" in str(row.get("share_url")):  # China's own site: its numbers are not TikTok's
        raise Unusable(OTHER_SITE)
    if status.get("is_delete") is True:
        raise Unusable(GONE)
    if status.get("is_private") is True or status.get("private_status") in (1, 2):
        raise Unusable(PRIVATE)


def _thousandth(value: object) -> float | None:
    known = None if isinstance(value, bool) or not isinstance(value, int | float | str) else str(value)
    return float(known) / 1000 if known and known.replace(".", "", 1).isdigit() and known.isascii() else None


def _original(sound: Row) -> bool | None:
    """What the app says of its sound; `is_original` alone means something else (the sound's first post)."""
    said = sound.get("is_original_sound")
    return said if isinstance(said, bool) else None


SHAPE = Shape("aweme", is_row, post, ("aweme_list", "search_item_list", "aweme_details"))
