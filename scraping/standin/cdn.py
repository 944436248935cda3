"""The servers of files and pictures: only with the page's cookie and referer, in ranges where that is asked for."""

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scraping.standin import modes
from scraping.standin.clips import cover
from scraping.standin.wire import HangUp, Reply, Request

if TYPE_CHECKING:
    from scraping.standin.site import Site

CHAIN = "tt_chain_token=abc"
PIECE = 16384


def media(site: "Site", request: Request) -> Reply:
    """A post's file; the silent hvc1 variant is not there at all."""
    allowed = CHAIN in request.headers.get("cookie", "") and request.headers.get("referer")
    if site.refuse_media > 0 or not allowed:
        site.refuse_media -= 1
        return Reply(403, {}, b"denied")
    if request.path.endswith("/media-video-hvc1/"):
        return Reply(404)
    parts = request.path.split("/")
    post_id = parts[2] if len(parts) > 2 else ""
    made = modes.media(site, post_id)
    return made if made is not None else film(site, request, site.file(post_id))


def film(site: "Site", request: Request, data: bytes) -> Reply:
    """The bytes, or the range of them that is asked for, at the site's own speed."""
    headers = {"Content-Type": "video/mp4", "Accept-Ranges": "bytes"}
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if not asked or not site.tell_length:
        return Reply(200, headers, _pieces(site, data), len(data) if site.tell_length else -1)
    first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
    if first >= len(data):
        return Reply(416, {"Content-Range": f"bytes */{len(data)}"})
    part = data[first : last + 1]
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return Reply(206, headers, _pieces(site, part), len(part))


def _pieces(site: "Site", data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]
        time.sleep(site.slow)
        if site.break_off:
            raise HangUp


def picture(site: "Site", request: Request) -> Reply:
    """A cover: what the test says, or the marked picture of the post."""
    if request.path in site.pictures:
        kind, body = site.pictures[request.path]
        return Reply(200, {"Content-Type": kind}, body)
    found = re.fullmatch(r"/obj/standin/(\d+)\.jpeg", request.path)
    facts = site.known.get(found[1]) if found else None
    if facts is None:
        return Reply(404)
    return Reply(200, {"Content-Type": "image/jpeg"}, cover(facts.clip, 60 + int(facts.id) % 30))
