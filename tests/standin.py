"""The stand-in of scraping/standin with what only tests need: one post whose every field is known, and refusals."""

from collections.abc import Callable
from typing import Any

import pytest

from scraping.providers.base import ProviderError
from scraping.standin import server
from scraping.standin.items import CDN, PICTURES, rate, rates

__all__ = ["CDN", "PICTURES", "VIDEO_ID", "StandIn", "item", "rate", "refusal"]

VIDEO_ID = "7513039993741397256"


class StandIn(server.StandIn):
    """The server; every post has the same file, and one post is there from the start."""

    def __init__(self, video: bytes | None = None, **more: Any) -> None:
        super().__init__(video, **more)
        self.items[VIDEO_ID] = item()


def item(post_id: str = VIDEO_ID, **changes: Any) -> dict[str, Any]:
    """One post as the video page carries it: an HEVC 1080p, a silent hvc1, an H.264 540p, the watermarked download."""
    cdn = f"https://{CDN}/video/{post_id}"
    return {
        "id": post_id,
        "desc": "심장이 뛰는 순간 🔥 #서울 \u202ereversed\u202c",
        "createTime": "1749265942",
        "author": {"id": "1", "uniqueId": "seoul.night_1", "nickname": "서울의 밤", "secUid": "MS4wLjABAAAAtest"},
        "music": {"title": "original sound", "authorName": "서울의 밤", "duration": 4, "playUrl": f"{cdn}/audio/"},
        "stats": {
            "playCount": 3_000_000_000,
            "diggCount": 0,
            "commentCount": 1502,
            "collectCount": "5012",
        },
        "video": {
            "duration": 4,
            "width": 576,
            "height": 1024,
            "cover": f"https://{PICTURES}/obj/cover.jpeg?x-expires=1",
            "originCover": f"https://{PICTURES}/obj/origin.jpeg",
            "dynamicCover": f"https://{PICTURES}/obj/moving.webp",
            "playAddr": f"{cdn}/play/?a=1988",
            "downloadAddr": f"{cdn}/download/?a=1988",
            "bitrateInfo": rates(post_id),
        },
        **changes,
    }


def refusal(work: Callable[[], Any]) -> tuple[str, str]:
    """The kind and the sentence with which a fetch was refused."""
    with pytest.raises(ProviderError) as refused:
        work()
    assert "yt-dlp/issues" not in refused.value.message and refused.value.message.endswith(".")
    return refused.value.kind, refused.value.message
