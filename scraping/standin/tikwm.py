"""www.tikwm.com: the same posts in that service's own words, one request a second."""

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from scraping.standin import modes
from scraping.standin.clips import cover
from scraping.standin.items import CDN, PICTURES, Facts
from scraping.standin.wire import Reply, Request, as_json

if TYPE_CHECKING:
    from scraping.standin.site import Site

EVERY = 1.0  # seconds


def answer(site: "Site", request: Request) -> Reply:
    """The reply of the service; parameters come in the address or as a form."""
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    asked = {**request.query, **form}
    now = time.monotonic()
    early, site.tikwm_asked = now - site.tikwm_asked < EVERY, now
    mode = modes.of_search(site, asked.get("keywords", ""))
    if mode in modes.TIKWM:
        return modes.TIKWM[mode]()
    if early:
        return modes.TIKWM["tikwm-limit"]()
    if found := re.fullmatch(r"/video/media/(?:cover|origin)/(\d+)\.webp", request.path):
        facts = site.known.get(found[1])
        return Reply(200, {"Content-Type": "image/jpeg"}, cover(facts.clip)) if facts else Reply(404)
    if request.path.rstrip("/") == "/api/feed/search":
        return _list(site.find(asked.get("keywords", "")), asked, mode)
    if request.path.rstrip("/") == "/api/user/posts":
        return _list(site.by(asked.get("unique_id", "").lstrip("@")), asked, mode)
    if request.path.rstrip("/") == "/api":
        return _single(site, asked.get("url", ""))
    return Reply(404)


def _list(posts: list[Facts], asked: dict[str, str], mode: str) -> Reply:
    start, count = int(asked.get("cursor") or 0), min(int(asked.get("count") or 10), 30)
    relative = asked.get("web") == "1"
    rows = [row(facts, relative=relative) for facts in posts[start : start + count]]
    more = start + count < len(posts)
    if mode == "renamed-keys":
        rows = [modes.renamed(row, "video_id", "id") for row in rows]
    data = {"videos": rows, "cursor": start + count, "hasMore": int(more)}
    return as_json({"code": 0, "msg": "success", "processed_time": 0.1, "data": data})


def _single(site: "Site", link: str) -> Reply:
    facts = next((facts for facts in site.known.values() if facts.id in link), None)
    if facts is None:
        return modes.TIKWM["tikwm-parse"]()
    return as_json({"code": 0, "msg": "success", "data": {"id": facts.id, **row(facts)}})


def row(facts: Facts, *, relative: bool = False) -> dict[str, Any]:
    """One video in tikwm's words; with web=1 its addresses are relative, else those of TikTok's own servers."""
    media, picture = "/video/media", f"https://{PICTURES}/obj/standin/{facts.id}.jpeg"
    covers = {"cover": f"{media}/cover/{facts.id}.webp", "origin_cover": f"{media}/origin/{facts.id}.webp"}
    covers = covers if relative else {"cover": picture, "origin_cover": picture}
    base = f"{media}/play/{facts.id}" if relative else f"https://{CDN}/video/{facts.id}/h264/"
    return {
        **{
            "video_id": facts.id,
            "region": "KR",
            "title": facts.caption,
            "duration": 0 if facts.photo else facts.seconds,
        },
        **covers,
        **{"play": base, "wmplay": base, "size": 0},
        **{"play_count": facts.plays, "digg_count": facts.likes, "comment_count": facts.comments},
        **{"share_count": facts.shares, "download_count": 0, "collect_count": facts.saves},
        **{"create_time": facts.created, "music_info": {"title": facts.music, "author": facts.nickname}},
        "author": {"id": facts.id[:12], "unique_id": facts.handle, "nickname": facts.nickname, "avatar": ""},
        **({"images": [covers["cover"]]} if facts.photo else {}),
    }
