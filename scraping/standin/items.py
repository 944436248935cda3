"""Posts as TikTok's web pages and its web search carry them (`itemStruct`), made of plain facts."""

from dataclasses import dataclass
from typing import Any

CDN = "v16-webapp-prime.us.tiktok.com"
PICTURES = "p16-sign-va.tiktokcdn.com"
HANDLE_LETTERS = 64


@dataclass(frozen=True)
class Facts:
    """What there is to know of one post of the stand-in; `clip` is the number of its video."""

    id: str
    caption: str
    handle: str
    nickname: str
    created: int  # Unix time
    plays: int
    likes: int | None
    comments: int
    shares: int | None
    saves: int
    clip: int
    seconds: int
    music: str = ""
    photo: bool = False
    mode: str = ""


def rate(key: str, urls: list[str], size: int | None = None) -> dict[str, Any]:
    """One entry of bitrateInfo; yt-dlp reads codec and height from the key."""
    return {"PlayAddr": {"UrlKey": key, "UrlList": urls, "DataSize": size}}


def rates(post_id: str) -> list[dict[str, Any]]:
    """An HEVC 1080p, a silent hvc1, an H.264 540p, as a post has them."""
    cdn = f"https://{CDN}/video/{post_id}"
    hevc = [f"{cdn}/hevc/?a=1988", f"https://www.tiktok.com/aweme/v1/play/?item_id={post_id}"]
    return [
        rate("v14044g50000x_bytevc1_1080p_873954", hevc),
        rate("v14044g50000x_bytevc1_720p_417322", [f"{cdn}/media-video-hvc1/"]),
        rate("v14044g50000x_h264_540p_404677", [f"{cdn}/h264/?a=1988"]),
    ]


def video(post_id: str, seconds: int) -> dict[str, Any]:
    """The `video` part of an item."""
    cdn = f"https://{CDN}/video/{post_id}"
    cover = f"https://{PICTURES}/obj/standin/{post_id}.jpeg?x-expires=1999999999"
    return {
        **{"id": post_id, "duration": seconds, "width": 540, "height": 960, "ratio": "540p", "format": "mp4"},
        **{"cover": cover, "originCover": cover, "dynamicCover": cover, "codecType": "h264", "definition": "540p"},
        **{"playAddr": f"{cdn}/play/?a=1988", "downloadAddr": f"{cdn}/download/?a=1988"},
        **{"bitrate": 404677, "bitrateInfo": rates(post_id), "subtitleInfos": []},
    }


def item(facts: Facts) -> dict[str, Any]:
    """The post as an `itemStruct`; a count that is None is not there at all."""
    counts = {
        **{"playCount": facts.plays, "diggCount": facts.likes, "commentCount": facts.comments},
        **{"shareCount": facts.shares, "collectCount": facts.saves},
    }
    told = {name: count for name, count in counts.items() if count is not None}
    words = [word[1:] for word in facts.caption.split() if word.startswith("#")]
    found = {
        **{"id": facts.id, "desc": facts.caption, "createTime": facts.created, "author": author(facts)},
        **{"music": music(facts), "challenges": [{"id": str(i), "title": w} for i, w in enumerate(words, 1)]},
        **{"stats": told, "statsV2": {name: str(count) for name, count in told.items()}},
        **{"video": video(facts.id, facts.seconds), "textExtra": [{"hashtagName": word} for word in words]},
        **{"isAd": False, "privateItem": False, "secret": False, "forFriend": False, "takeDown": 0},
        **{"originalItem": False, "officalItem": False, "itemCommentStatus": 0, "duetDisplay": 0},
    }
    return photo(found) if facts.photo else found


def author(facts: Facts) -> dict[str, Any]:
    """The `author` part of an item."""
    return {
        **{"id": facts.id[:12], "uniqueId": facts.handle, "nickname": facts.nickname, "signature": ""},
        **{"secUid": sec_uid(facts.handle), "verified": False, "privateAccount": False, "secret": False},
    }


def music(facts: Facts) -> dict[str, Any]:
    """The `music` part of an item: the creator's own sound, or a song that many use."""
    own = not facts.music
    return {
        **{"id": facts.id[::-1], "title": facts.music or f"오리지널 사운드 - {facts.nickname}", "original": own},
        **{"authorName": facts.nickname if own else "대역 밴드", "duration": facts.seconds},
        "playUrl": f"https://{CDN}/video/{facts.id}/audio/",
    }


def photo(found: dict[str, Any]) -> dict[str, Any]:
    """The item as a slideshow of pictures under music."""
    cover = found["video"]["cover"]
    bare = {"id": found["id"], "duration": 0, "cover": cover, "originCover": cover, "bitrateInfo": [], "playAddr": ""}
    return {**found, "video": bare, "imagePost": {"images": [{"imageURL": {"urlList": [cover]}}]}}


def sec_uid(handle: str) -> str:
    """The creator's `secUid`: this stand-in's holds the handle, so that it can be read again."""
    return "MS4wLjABAAAA" + handle.encode().hex().ljust(HANDLE_LETTERS, "_")[:HANDLE_LETTERS]


def handle_of(found: str) -> str:
    """The handle that a `secUid` of this stand-in holds, or ""."""
    try:
        return bytes.fromhex(found.removeprefix("MS4wLjABAAAA").rstrip("_")).decode()
    except ValueError:
        return ""
