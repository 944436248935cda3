"""The faults that the stand-in can show: by a word like `!429` in the keyword, for all by `--mode`, or in a test.

A fault of a search is met by that search; a fault of a page or a file by each post that such a search found.
"""

import gzip
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from scraping.standin.items import CDN, rate
from scraping.standin.wire import HangUp, Reply, as_json, as_page

if TYPE_CHECKING:
    from scraping.standin.site import Site

GIGABYTE = 1024**3
CAPTCHA = (
    "<!DOCTYPE html><html><title>Verify to continue</title><div id='captcha_container'></div>Please wait...</html>"
)
NOT_SAID = {"data": {}, "message": "success"}
_NOBODY = {"itemSectionRenderer": {"contents": [{"backgroundPromoRenderer": {"title": {"simpleText": "No results"}}}]}}
_SECTIONS = {"sectionListRenderer": {"contents": [_NOBODY]}}
NO_RESULTS = {
    **{"estimatedResults": "0", "contents": {"twoColumnSearchResultsRenderer": {"primaryContents": _SECTIONS}}},
}

# What a search is answered with; every name is one sign of the table of faults.
SEARCH: dict[str, Callable[[], Reply]] = {
    "403": lambda: as_page("<h1>Access Denied</h1>", 403),
    "429": lambda: Reply(429, {"Retry-After": "7"}),
    "503": lambda: as_page("<h1>Service Unavailable</h1>", 503),
    "empty": lambda: Reply(200, {"tt_orcas_res": "1", "Content-Type": "application/json"}),
    "captcha": lambda: as_json({"statusCode": 10000, "verify_event": {"type": "slide", "region": "kr"}}),
    "bdturing": lambda: as_json({"status_code": 0}, bdturing_verify='{"code":"10000","type":"verify"}'),
    "wait": lambda: as_page(CAPTCHA),
    "-2": lambda: as_json({"statusCode": -2}),
    "2483": lambda: as_json({"status_code": 2483, "status_msg": "Please login your account first"}),
    "login": lambda: Reply(302, {"Location": "https://www.tiktok.com/login?redirect_url=x"}),
    "risk": lambda: as_page("<html>" + "x" * 600 + "</html>", 200, {"x-tt-system-error": "3"}),
    "changed": lambda: as_json({"status_code": 0, "results": [], "more": True}),
    "html": lambda: as_page("<!DOCTYPE html><html><title>TikTok - Make Your Day</title></html>"),
    "panic": lambda: as_json({"status_code": 10101, "status_msg": "SysErrPanic"}),
    "10201": lambda: as_json({"status_code": 10201, "status_msg": ""}),
    "-1": lambda: as_json({"status_code": -1, "item_list": []}),
    "10000": lambda: as_json({"statusCode": 10000}),
    "403-captcha": lambda: as_page(CAPTCHA, 403),
    "503-captcha": lambda: as_page(CAPTCHA, 503),
    "more": lambda: as_json({"status_code": 0, "item_list": [], "data": [], "has_more": 1, "cursor": 12}),
    "none": lambda: as_json({"status_code": 0, "item_list": [], "data": [], "has_more": 0, "cursor": 0}),
    "reset": lambda: _hang_up(0),
    "hang": lambda: _hang_up(60),
    "broken": lambda: Reply(200, {"Content-Type": "application/json"}, b'{"status_code": 0, "item_li', 400),
}
# Answers of which only a part is wrong: see tiktok.py.
BENT = ("loop", "odd", "203", "2483-rows", "risk-rows", "renamed-keys", "hidden", "words")

# What a post's own page is answered with: webapp.video-detail.statusCode, a whole reply, or another item.
CODES = {
    "removed": 10204,
    "geo": 10231,
    "private": 10216,
    "private-account": 10222,
    "page-captcha": -2,
    "page-panic": 10101,
    "page-10201": 10201,
    "page--1": -1,
}
PAGES: dict[str, Callable[[], Reply]] = {
    "page-403": lambda: as_page("Access Denied", 403),
    "page-429": lambda: Reply(429, {"Retry-After": "12"}),
    "page-404": lambda: Reply(404),
    "page-502": lambda: Reply(502),
    "page-empty": lambda: as_page(b""),
    "page-wait": lambda: as_page("<html><title>Please wait...</title></html>"),
    "page-new": lambda: as_page("<!DOCTYPE html><html><title>TikTok - Make Your Day</title></html>"),
    "page-hang": lambda: _hang_up(60),
    "page-login": lambda: Reply(302, {"Location": "https://www.tiktok.com/login"}),
    "page-reset": lambda: _hang_up(0),
    "page-loop": lambda: Reply(302, {"Location": "https://www.tiktok.com/@_/video/1?again"}),
}
# A puzzle that a client can solve, one that it cannot, and one behind which the page is without its data.
WAF = ("waf", "waf-broken", "waf-bare")

# What the CDN gives.
MEDIA: dict[str, Callable[[], Reply]] = {
    "media-403": lambda: Reply(403, {}, b"denied"),
    "media-html": lambda: as_page("<!DOCTYPE html><html>Please wait...</html>"),
    "media-huge": lambda: Reply(200, {"Content-Type": "video/mp4"}, _endless(), 10 * GIGABYTE),
    "media-endless": lambda: Reply(200, {"Content-Type": "video/mp4"}, _endless(), -1),
    "media-gzip": lambda: Reply(200, {"Content-Type": "video/mp4", "Content-Encoding": "gzip"}, _bomb()),
    "media-slow": lambda: Reply(200, {"Content-Type": "video/mp4"}, _drops(), 1_000_000),
    "media-inside": lambda: Reply(302, {"Location": "http://127.0.0.1:9/inside"}),
    "media-loop": lambda: Reply(302, {"Location": f"https://{CDN}/video/1/h264/"}),
    "media-reset": lambda: _hang_up(0),
}
HALF = ("media-half", "media-cut")  # half of the file and then nothing, and half a file that is said to be all

TIKWM: dict[str, Callable[[], Reply]] = {
    "tikwm-limit": lambda: as_json({"code": -1, "msg": "Free Api Limit: 1 request/second."}),
    "tikwm-day": lambda: as_json({"code": -1, "msg": "Free Api Limit: 5000 requests/day."}),
    "tikwm-parse": lambda: as_json({"code": -1, "msg": "Url parsing is failed! Please check url."}),
    "tikwm-html": lambda: as_page("<!DOCTYPE html><title>Just a moment...</title>", 403),
    "tikwm-wait": lambda: as_page("<!DOCTYPE html><title>Just a moment...</title>"),
    "tikwm-changed": lambda: as_json({"code": 0, "msg": "success", "data": {"items": []}}),
    "tikwm-more": lambda: as_json({"code": 0, "msg": "success", "data": {"videos": [], "cursor": 0, "hasMore": 1}}),
    "tikwm-none": lambda: as_json({"code": 0, "msg": "success", "data": {"videos": [], "cursor": 0, "hasMore": 0}}),
}
YOUTUBE: dict[str, Callable[[], Reply]] = {
    "youtube-429": lambda: Reply(429, {"Retry-After": "30"}),
    "youtube-403": lambda: Reply(403),
    "youtube-none": lambda: as_json(NO_RESULTS),
}
# Changes to a post's item, by the name of the fault.
ITEMS = ("age", "photo", "hevc", "vvc", "hvc1", "marked", "long", "renamed", "nobody", "wordless", "taken-down")


def names() -> list[str]:
    """All faults, by name."""
    return sorted({*SEARCH, *BENT, *CODES, *PAGES, *WAF, *MEDIA, *HALF, *TIKWM, *YOUTUBE, *ITEMS})


def of_search(site: "Site", keyword: str) -> str:
    """The fault that a search meets: the site's, or the word that begins with `!` in the keyword."""
    return site.mode or next((part[1:] for part in keyword.split() if part.startswith("!")), "")


def of_post(site: "Site", post_id: str) -> str:
    """The fault that a post's page and file meet, or ""."""
    known = site.known.get(post_id)
    return site.mode or (known.mode if known else "")


def media(site: "Site", post_id: str) -> Reply | None:
    """The faulty reply of the CDN for this post, or None."""
    mode = of_post(site, post_id)
    if mode in MEDIA:
        return MEDIA[mode]()
    if mode in HALF:
        data = site.file(post_id)
        told = len(data) if mode == "media-half" else None
        return Reply(200, {"Content-Type": "video/mp4"}, data[: len(data) // 2], told)
    return None


def bend(item: dict[str, Any], mode: str) -> dict[str, Any]:
    """The item as its page shows it under a fault."""
    video, cdn = item["video"], f"https://{CDN}/video/{item['id']}"
    bare = {**video, "bitrateInfo": [], "playAddr": "", "downloadAddr": ""}
    changes: dict[str, dict[str, Any]] = {
        "age": {"isContentClassified": True, "video": {}},
        "photo": {"video": {**bare, "duration": 0}, "imagePost": {"images": []}},
        "hevc": {"video": {**bare, "bitrateInfo": [rate("v1_bytevc1_720p_417322", [f"{cdn}/hevc/"])]}},
        "vvc": {"video": {**bare, "bitrateInfo": [rate("v1_bytevc2_720p_417322", [f"{cdn}/vvc/"])]}},
        "hvc1": {"video": {**bare, "bitrateInfo": [rate("v1_bytevc1_720p_1", [f"{cdn}/media-video-hvc1/"])]}},
        "marked": {"video": {**bare, "downloadAddr": f"{cdn}/download/"}},
        "long": {"video": {**video, "duration": 9000}},
        "renamed": {"author": {**item["author"], "uniqueId": "renamed.since", "nickname": "새 이름"}},
        "nobody": {"author": {**item["author"], "uniqueId": "", "nickname": ""}},
        "wordless": {"desc": ""},
        "taken-down": {"takeDown": 1, "video": bare, "music": {**item["music"], "playUrl": ""}},
    }
    return {**item, **changes.get(mode, {})}


def renamed(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """The row with these keys under other names, as if the site had changed it."""
    return {f"new_{key}" if key in names else key: value for key, value in row.items()}


def _hang_up(seconds: float) -> Reply:
    time.sleep(seconds)
    raise HangUp


def _endless() -> Iterator[bytes]:
    yield b"\0\0\0\x20ftypisom" + bytes(4084)
    while True:
        yield bytes(65536)


def _drops() -> Iterator[bytes]:
    """A byte a second."""
    yield b"\0\0\0\x20ftypisom"
    while True:
        time.sleep(1)
        yield b"\0"


@cache
def _bomb() -> bytes:
    """A gigabyte of nothing in a megabyte."""
    return gzip.compress(bytes(16 * 1024**2)) * 64
