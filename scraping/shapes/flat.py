"""Rows of one level under names of anybody's choice: tables (4CAT and others), yt-dlp's lines, scrapers' exports.

A name is compared without case, spaces and marks; `authorMeta: {name}` counts as authormetaname.
"""

from collections.abc import Mapping
from typing import Any

from scraping.addresses import Link, parse_link
from scraping.providers.base import Post, ProviderError, clean_text
from scraping.shapes.answer import (
    AD,
    NO_ID,
    OTHER_SITE,
    Answer,
    Row,
    Shape,
    Unusable,
    music,
    post_id,
    tiktok_post,
    web_address,
)
from scraping.shapes.finding import answer_of
from scraping.shapes.numbers import counts, moment, seconds

NAMES = {
    "link": "url link webpageurl webvideourl tiktokurl shareurl permalink posturl videolink videourl 링크 주소",
    "id": "id videoid itemid awemeid postid externalid",
    "author": "author username uniqueid authoruniqueid authorusername authormetaname authormetausername handle creator"
    " account uploader 작성자 계정",
    "author_name": "nickname authornickname authormetanickname authorfull authorname displayname channel 이름",
    "caption": "desc description caption videodescription text body content title 제목 설명",
    "play_count": "plays views playcount viewcount statsplaycount videoviewcount 조회수 재생수",
    "like_count": "likes likecount diggcount diggs hearts heartcount statsdiggcount 좋아요 좋아요수",
    "comment_count": "comments commentcount statscommentcount 댓글 댓글수",
    "share_count": "shares sharecount repostcount statssharecount 공유 공유수",
    "save_count": "saves savecount collectcount collects bookmarks bookmarkcount favoritescount favouritescount"
    " statscollectcount 저장 저장수",
    "published_at": "createtime unixtimestamp timestamp created createdat createtimeiso publishedat published"
    " publishdate uploaddate date posted postedat 게시일 날짜",
    "duration": "duration videoduration videometaduration length seconds 길이",
    "cover_url": "cover coverurl thumbnail thumbnailurl videometacoverurl image 표지",
    "music_title": "musictitle musicname musicmetamusicname track",
    "music_author": "musicauthor musicmetamusicauthor artist artists",
    "music_original": "musicoriginal musicmetamusicoriginal",
    "ad": "isad issponsored",
    "photo": "isslideshow isphoto",
}
_MEANING = {name: meaning for meaning, names in NAMES.items() for name in names.split()}
_COUNTS = ("play_count", "like_count", "comment_count", "share_count", "save_count")


def answer(body: Any) -> Answer:
    """The posts of a list of such rows; ProviderError where there is none."""
    return answer_of(body, (SHAPE,))


def meanings(names: Any) -> dict[str, str]:
    """What each of a table's column names means, for those that are known."""
    return {name: _MEANING[plain] for name in names if (plain := _plain(name)) in _MEANING}


def is_row(row: Row) -> bool:
    """True for a row that leads to a post, or counts something and has a link, or what only a post has.

    Hashtags, sounds and people have numbers, names and counts too; their rows must not be taken for posts.
    """
    values = _read(row)
    counted = any(name in values for name in _COUNTS)
    if "link" in values:
        return counted or _leads_to_post(values["link"])
    return counted and "id" in values and any(name in values for name in ("author", "published_at", "duration"))


def _leads_to_post(link: object) -> bool:
    try:
        return isinstance(link, str) and bool(_link(link))
    except Unusable:
        return False


def post(row: Row) -> Post:
    """The post of one row, from TikTok, YouTube or Instagram; raises Unusable."""
    values = _read(row)
    if str(values.get("ad")).lower() in ("yes", "true", "1"):
        raise Unusable(AD)
    link = values.get("link") if isinstance(values.get("link"), str) else ""
    told: dict[str, Any] = {
        "author_name": clean_text(values.get("author_name")),
        "caption": clean_text(values.get("caption")),
        "cover_url": web_address(values.get("cover_url")),
        "duration": seconds(values.get("duration")),
        "published_at": moment(values.get("published_at")),
        "extra": music(values.get("music_title"), values.get("music_author"), _flag(values.get("music_original"))),
        **counts(**{name: values.get(name) for name in _COUNTS}),
    }
    found = _link(link)
    if found and found.site != "tiktok":
        handle = clean_text(values.get("author")).removeprefix("@")
        return Post(found.site, found.id, found.canonical_url, handle, **told)
    is_photo = bool(_flag(values.get("photo"))) or (found is not None and found.kind == "photo")
    if found is None or found.kind == "short":
        return tiktok_post(_long(values.get("id")), values.get("author"), is_photo=is_photo, **told)
    handle = found.canonical_url.split("/@", 1)[1].split("/", 1)[0].removeprefix("_")
    return tiktok_post(found.id, values.get("author") or handle, is_photo=is_photo, **told)


def _link(text: str) -> Link | None:
    """The post that a row's link leads to. It goes before the row's number, which a spreadsheet may have rounded.

    None for no link and for another one of TikTok's (a file's); raises Unusable for those of other sites.
    """
    try:
        return parse_link(text) if text else None
    except ProviderError:
        host = text.partition("://")[2].partition("/")[0] or text
        if "tiktok" not in host.lower():
            raise Unusable(OTHER_SITE) from None
        return None


def _long(number: object) -> str:
    """A number that only a TikTok post has: it holds its second in its first 32 bits, so it is long."""
    found = post_id(number)
    if len(found) < 17:
        raise Unusable(NO_ID)
    return found


def _flag(value: object) -> bool | None:
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(str(value).lower())


def _plain(name: object) -> str:
    return "".join(letter for letter in str(name).casefold() if letter.isalnum())


def _read(row: Row) -> dict[str, Any]:
    """The row's values by their meaning: of several names for one thing, the first of NAMES that says something."""
    told: dict[str, Any] = {}
    for name, value in row.items():
        inside = value.items() if isinstance(value, Mapping) else ()
        told |= {_plain(f"{name}{inner}"): deep for inner, deep in inside if not isinstance(deep, Mapping | list)}
        if not isinstance(value, Mapping):
            told[_plain(name)] = ", ".join(map(str, value)) if isinstance(value, list) else value
    said = {plain: value for plain, value in told.items() if value not in (None, "")}
    picked = {meaning: next((n for n in names.split() if n in said), "") for meaning, names in NAMES.items()}
    return {meaning: said[name] for meaning, name in picked.items() if name}


SHAPE = Shape("flat", is_row, post, ("rows",))
