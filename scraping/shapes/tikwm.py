"""tikwm.com: search, hashtag, user and trending lists, and one video. Its addresses may be without their host."""

from typing import Any

from scraping.providers.base import Post, ProviderError, gettext_noop
from scraping.shapes.answer import AD, Answer, Row, Shape, Unusable, music, part, post_id, tiktok_post, web_address
from scraping.shapes.finding import answer_of
from scraping.shapes.numbers import counts, moment, seconds

SITE = "https://www.tikwm.com"
REFUSED = gettext_noop("tikwm answered with an error and no videos.")
COUNTS = {
    "play_count": "play_count",
    "like_count": "digg_count",
    "comment_count": "comment_count",
    "share_count": "share_count",
    "save_count": "collect_count",
}


def answer(body: Any) -> Answer:
    """The posts of a tikwm answer; ProviderError where it is none, or says itself that it is an error."""
    if isinstance(body, dict) and body.get("code") not in (0, None) and not body.get("data"):
        raise ProviderError("bad_response", REFUSED)
    return answer_of(body, (SHAPE,))


def is_row(row: Row) -> bool:
    """True for a video: hashtags have an id and a cover too, but no address to play."""
    told = [name for name in ("video_id", "wmplay", "origin_cover", "play_count", "digg_count") if name in row]
    return len(told) >= 2 and any(name in row for name in ("title", "play", "wmplay", "author"))


def post(row: Row) -> Post:
    """The post of one tikwm video; raises Unusable. (`aweme_id` is at times a file's name, so it is not looked at.)"""
    number = post_id(row.get("video_id") or row.get("id"))
    if row.get("is_ad") is True:
        raise Unusable(AD)
    author, sound = part(row, "author"), part(row, "music_info")
    return tiktok_post(
        number,
        author.get("unique_id"),
        author_name=author.get("nickname"),
        caption=row.get("title"),
        cover_url=web_address(*(row.get(name) for name in ("cover", "origin_cover", "ai_dynamic_cover")), base=SITE),
        duration=seconds(row.get("duration")),
        published_at=moment(row.get("create_time")),
        is_photo=bool(row.get("images")),
        extra=music(sound.get("title"), sound.get("author"), sound.get("original")),
        **counts(**{ours: row.get(theirs) for ours, theirs in COUNTS.items()}),
    )


SHAPE = Shape("tikwm", is_row, post, ("videos",))
