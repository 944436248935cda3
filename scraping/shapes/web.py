"""TikTok's web: search general/full and item/full, hashtag, recommended and user lists, a video's page.

Key paths: public client code and recorded answers of 2021 to 2025; `statsV2` is exact, `stats` is rounded by TikTok.
"""

from typing import Any

from scraping.providers.base import Post
from scraping.shapes.answer import (
    AD,
    GONE,
    LIVE,
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
from scraping.shapes.numbers import best, counts, moment, seconds

COUNTS = {
    "play_count": "playCount",
    "like_count": "diggCount",
    "comment_count": "commentCount",
    "share_count": "shareCount",
    "save_count": "collectCount",
}


def answer(body: Any) -> Answer:
    """The posts of a web answer, also wrapped in `data`; ProviderError where it is none or TikTok gave no video."""
    return answer_of(body, (SHAPE,))


def is_row(row: Row) -> bool:
    """True for a post: people, hashtags and sounds have an id too, but neither picture nor time."""
    if "aweme_id" in row or "statistics" in row:  # the app's
        return False
    kinds = ("stats", "statsV2", "author", "desc", "video", "createTime", "imagePost")
    told = [name for name in kinds if name in row]
    return len(told) >= 2 and any(name in row for name in ("video", "createTime", "imagePost"))


def post(row: Row) -> Post:
    """The post of one web item; raises Unusable."""
    number = post_id(row.get("id"))
    _refuse(row)
    author, video, photo = part(row, "author"), part(row, "video"), part(row, "imagePost")
    exact, rough = part(row, "statsV2"), part(row, "stats")
    sound = part(row, "music")
    return tiktok_post(
        number,
        first(author, "uniqueId", "unique_id") if author else row.get("author"),
        author_name=first(author, "nickname") or row.get("nickname"),
        caption=row.get("desc"),
        cover_url=web_address(
            *(video.get(name) for name in ("cover", "originCover", "dynamicCover")),
            part(part(photo, "cover"), "imageURL").get("urlList"),
        ),
        duration=seconds(video.get("duration")),
        published_at=moment(row.get("createTime")),
        is_photo=bool(photo),
        extra=music(sound.get("title"), sound.get("authorName"), sound.get("original")),
        **counts(**{ours: best(exact.get(theirs), rough.get(theirs)) for ours, theirs in COUNTS.items()}),
    )


def _refuse(row: Row) -> None:
    if row.get("isAd") is True:
        raise Unusable(AD)
    if any(row.get(name) for name in ("liveRoom", "liveRoomInfo", "LiveRoomInfo")):
        raise Unusable(LIVE)
    if row.get("takeDown") in (1, True, "1"):
        raise Unusable(GONE)
    if any(row.get(name) is True for name in ("privateItem", "secret", "forFriend")):
        raise Unusable(PRIVATE)


SHAPE = Shape("web", is_row, post, ("item_list", "itemList"))
