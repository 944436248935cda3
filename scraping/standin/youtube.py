"""www.youtube.com as yt-dlp asks it: the innertube search, one player answer, one progressive file of each video.

The shapes are those that yt-dlp reads; none of them was recorded from the real site.
"""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scraping.standin import cdn, modes
from scraping.standin.clips import cover
from scraping.standin.items import Facts
from scraping.standin.wire import Reply, Request, as_json, as_page

if TYPE_CHECKING:
    from scraping.standin.site import Site

MEDIA = "rr1---sn-standin.googlevideo.com"
PICTURES = "i.ytimg.com"
SHORTS = "EgIQCQ=="  # the filter of the search for Shorts
PLAYER = "/s/player/00000000/player_ias.vflset/en_US/base.js"
PAGE = 20
PLAYABLE = 'video/mp4; codecs="avc1.42001E, mp4a.40.2"'


def answer(site: "Site", request: Request) -> Reply:
    """The reply of the site and of its innertube interface."""
    asked = _body(request)
    mode = modes.of_search(site, asked.get("query", ""))
    if mode in modes.YOUTUBE:
        return modes.YOUTUBE[mode]()
    if request.path == "/youtubei/v1/search":
        return as_json(_search(site, asked))
    if request.path == "/youtubei/v1/player":
        return as_json(_player(site, str(asked.get("videoId"))))
    if request.path == "/youtubei/v1/next":
        return as_json(_around(site, str(asked.get("videoId"))))
    if request.path == PLAYER:
        return Reply(200, {"Content-Type": "text/javascript"}, b"var player={signatureTimestamp:20770};")
    if request.path in ("/", "/watch", "/results") or request.path.startswith("/shorts/"):
        return _page(site, request.query.get("v") or request.path.removeprefix("/shorts/").strip("/"))
    return Reply(404)


def media(site: "Site", request: Request) -> Reply:
    """A video's file."""
    facts = _known(site).get(request.query.get("id", ""))
    if facts is None:
        return Reply(403)
    return modes.media(site, facts.id) or cdn.film(site, request, site.file(facts.id))


def picture(site: "Site", request: Request) -> Reply:
    """A video's cover."""
    found = re.fullmatch(r"/vi(?:_webp)?/([\w-]{11})/.*", request.path)
    facts = _known(site).get(found[1]) if found else None
    return Reply(200, {"Content-Type": "image/jpeg"}, cover(facts.clip)) if facts else Reply(404)


def video_id(post_id: str) -> str:
    """The eleven letters under which a post is known here."""
    return base64.urlsafe_b64encode(hashlib.sha256(post_id.encode()).digest()).decode()[:11]


def _known(site: "Site") -> dict[str, Facts]:
    return {video_id(facts.id): facts for facts in list(site.known.values())}


def _body(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _page(site: "Site", found: str) -> Reply:
    """The page of a video with its data, or of nothing in particular."""
    held = {"ytInitialPlayerResponse": _player(site, found), "ytInitialData": _around(site, found)} if found else {}
    scripts = "".join(f"<script>var {name} = {json.dumps(value)};</script>" for name, value in held.items())
    scripts += f"<script>ytcfg.set({json.dumps({'PLAYER_JS_URL': PLAYER})});</script>"
    return as_page(f"<!DOCTYPE html><html><head><title>YouTube</title></head><body>{scripts}</body></html>")


def _around(site: "Site", found: str) -> dict[str, Any]:
    """What stands round a video: whose it is."""
    facts = _known(site).get(found)
    owner = {"title": {"runs": [{"text": facts.nickname if facts else ""}]}}
    rows = [{"videoSecondaryInfoRenderer": {"owner": {"videoOwnerRenderer": owner}}}]
    return {"contents": {"twoColumnWatchNextResults": {"results": {"results": {"contents": rows}}}}}


def _search(site: "Site", asked: dict[str, Any]) -> dict[str, Any]:
    """A page of videos, and where the next one is to be had."""
    words, params, start = asked.get("query", ""), asked.get("params", ""), 0
    if token := asked.get("continuation"):
        words, params, start = json.loads(base64.urlsafe_b64decode(token))
    posts = [facts for facts in site.find(words) if not facts.photo]
    if "CQ" in params:  # the real site has its Shorts in a shelf that yt-dlp of 2026.10.26 passes over
        section = [{"gridShelfViewModel": {"contents": [_short(facts) for facts in posts]}}]
    else:
        section = [_video(facts) for facts in posts[start : start + PAGE]]
    held: list[dict[str, Any]] = [{"itemSectionRenderer": {"contents": section}}]
    if start + PAGE < len(posts) and "CQ" not in params:
        held.append(_more([words, params, start + PAGE]))
    if start:
        return {"onResponseReceivedCommands": [{"appendContinuationItemsAction": {"continuationItems": held}}]}
    inner = {"primaryContents": {"sectionListRenderer": {"contents": held}}}
    return {"contents": {"twoColumnSearchResultsRenderer": inner}, "estimatedResults": str(len(posts))}


def _more(state: list[Any]) -> dict[str, Any]:
    token = base64.urlsafe_b64encode(json.dumps(state).encode()).decode()
    endpoint = {"continuationCommand": {"token": token, "request": "CONTINUATION_REQUEST_TYPE_SEARCH"}}
    return {"continuationItemRenderer": {"continuationEndpoint": endpoint}}


def _video(facts: Facts) -> dict[str, Any]:
    found = video_id(facts.id)
    return {
        "videoRenderer": {
            "videoId": found,
            "title": {"runs": [{"text": _title(facts)}]},
            "lengthText": {"simpleText": f"0:{facts.seconds:02}"},
            "viewCountText": {"simpleText": f"{facts.plays:,} views"},
            "ownerText": {"runs": [{"text": facts.nickname}]},
            "publishedTimeText": {"simpleText": "3 months ago"},
            "thumbnail": {"thumbnails": [_thumbnail(found)]},
            "navigationEndpoint": {"commandMetadata": {"webCommandMetadata": {"url": f"/shorts/{found}"}}},
        }
    }


def _short(facts: Facts) -> dict[str, Any]:
    """A tile of the Shorts filter: a title and a rounded count, and neither author nor date nor length."""
    found = video_id(facts.id)
    tile = {
        "entityId": f"shorts-shelf-item-{found}",
        "onTap": {"innertubeCommand": {"reelWatchEndpoint": {"videoId": found}}},
        "overlayMetadata": {
            "primaryText": {"content": _title(facts)},
            "secondaryText": {"content": f"{_rounded(facts.plays)} views"},
        },
        "thumbnailViewModel": {"thumbnailViewModel": {"image": {"sources": [_thumbnail(found)]}}},
    }
    return {"shortsLockupViewModel": tile}


def _rounded(plays: int) -> str:
    """Return a count as a tile prints it: 950, 1.2K, 55K, 3.1M; cut, never rounded up."""
    for size, unit in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if plays >= size:
            whole, tenth = divmod(plays * 10 // size, 10)
            return f"{whole}.{tenth}{unit}" if whole < 10 and tenth else f"{whole}{unit}"
    return str(plays)


def _title(facts: Facts) -> str:
    return facts.caption or "제목 없음"


def _thumbnail(found: str) -> dict[str, Any]:
    return {"url": f"https://{PICTURES}/vi/{found}/hqdefault.jpg", "width": 540, "height": 960}


def _player(site: "Site", found: str) -> dict[str, Any]:
    facts = _known(site).get(found)
    if facts is None or facts.mode in ("removed", "private"):
        words = "This is a private video" if facts and facts.mode == "private" else "Video unavailable"
        return {"playabilityStatus": {"status": "ERROR", "reason": words}, "videoDetails": {"videoId": found}}
    stamp = datetime.fromtimestamp(facts.created, UTC).isoformat()
    url = f"https://{MEDIA}/videoplayback?expire={facts.created + 10**9}&id={found}&itag=18"
    form = {"itag": 18, "url": url, "mimeType": PLAYABLE, "bitrate": 404677, "width": 540, "height": 960, "fps": 24}
    details = {
        **{"videoId": found, "title": _title(facts), "lengthSeconds": str(facts.seconds), "channelId": _channel(facts)},
        **{"shortDescription": _title(facts), "viewCount": str(facts.plays), "author": facts.nickname},
        **{"isLiveContent": False, "isPrivate": False, "thumbnail": {"thumbnails": [_thumbnail(found)]}},
    }
    around = {"publishDate": stamp, "uploadDate": stamp, "ownerProfileUrl": f"http://www.youtube.com/@{facts.handle}"}
    return {
        "playabilityStatus": {"status": "OK"},
        "videoDetails": details,
        "microformat": {"playerMicroformatRenderer": {**around, "ownerChannelName": facts.nickname}},
        "streamingData": {"formats": [{**form, "approxDurationMs": str(facts.seconds * 1000)}], "adaptiveFormats": []},
    }


def _channel(facts: Facts) -> str:
    return "UC" + hashlib.sha256(facts.handle.encode()).hexdigest()[:22]
