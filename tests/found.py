"""Searches with what they found, made as the studio's own search makes them, without a network."""

from typing import Any

from ranking.models import User, Video
from scraping.models import Result, Search


def make_post(number: int, **fields: Any) -> Video:
    """A TikTok post known to the studio."""
    external_id = f"72{number:017}"
    fields = {
        "caption": f"clip {number}",
        "author": f"dancer{number}",
        "url": f"https://www.tiktok.com/@dancer{number}/video/{external_id}",
        "play_count": 1_000 * number,
        "like_count": 10 * number,
        "duration": 10.0,
    } | fields
    return Video.objects.create(source="tiktok", external_id=external_id, **fields)


def line(source: str, kind: str, **fields: Any) -> dict[str, Any]:
    """A line of Search.asked."""
    return {"source": source, "kind": kind, "message": "", "found": 0, "until": ""} | fields


def make_search(owner: User, videos: list[Video], status: str = "done", **fields: Any) -> Search:
    """A search in auto that TikTok answered with these videos."""
    fields = {
        "query": "춤",
        "source": "auto",
        "answered": "tiktok",
        "asked": [line("tiktok", "found", found=len(videos))],
    } | fields
    search = Search.objects.create(owner=owner, status=status, **fields)
    Result.objects.bulk_create(
        Result(search=search, video=video, position=place, play_count=video.play_count)
        for place, video in enumerate(videos, 1)
    )
    return search
