"""www.tiktok.com: searches and lists for those who are logged in, pages of posts and creators for everybody."""

import base64
import hashlib
import json
import re
import zlib
from typing import TYPE_CHECKING, Any

from scraping.standin import modes
from scraping.standin.items import Facts, handle_of, item, sec_uid
from scraping.standin.wire import Reply, Request, as_json, as_page

if TYPE_CHECKING:
    from scraping.standin.site import Site

PAGE = 12
TWICE = 2  # posts of the page before that come again
COOKIE = {"Set-Cookie": "tt_chain_token=abc; Domain=.tiktok.com; Path=/; Secure"}
EMPTY = Reply(200, {"tt_orcas_res": "1", "Content-Type": "application/json"})
EXPIRED = "expired"  # the session that this site no longer takes


def answer(site: "Site", request: Request) -> Reply:
    """The reply of the site's one host."""
    path = request.path
    if path.startswith("/api/"):
        if not re.fullmatch(r"\d{19}", request.query.get("device_id", "")):
            return EMPTY
        route = API.get(path.rstrip("/") + "/")
        return route(site, request) if route else Reply(404)
    if path.rstrip("/") == "/passport/token/beat/web":
        return _beat(request)
    if found := re.fullmatch(r"/(?:@[^/]*|share|embed)/(?:video|photo)/(\d+)/?", path):
        return _post(site, request, found[1])
    if found := re.fullmatch(r"/@([\w.-]+)/?", path):
        return _creator_page(site, found[1])
    if path.startswith("/t/"):
        return short_link(site, request)
    if path.rstrip("/") == "/login":
        return as_page(
            site.pages["login"][2] if "login" in site.pages else b"<html><title>Log in | TikTok</title></html>"
        )
    return Reply(404)


def short_link(site: "Site", request: Request) -> Reply:
    """Where a short link leads: those that end in a known post's number lead to it."""
    name = request.path.strip("/").removeprefix("t/")
    target = next((facts for facts in site.known.values() if short_name(facts.id) == name), None)
    if target is None:
        return Reply(302, {"Location": "https://www.tiktok.com/"})
    return Reply(301, {"Location": f"https://www.tiktok.com/@{target.handle}/video/{target.id}?_t=1&_r=1"})


def short_name(post_id: str) -> str:
    """The short link's name for a post: vm.tiktok.com/NAME/."""
    return "ZM" + base64.b32encode(zlib.crc32(post_id.encode()).to_bytes(4, "big")).decode().rstrip("=")


def page(scope: dict[str, Any]) -> bytes:
    """The HTML of a page round its JSON."""
    script = json.dumps({"__DEFAULT_SCOPE__": scope}, ensure_ascii=False).replace("</", "<\\/")
    script = f'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">{script}</script>'
    return f'<!DOCTYPE html><html><meta charset="utf-8"><body>{script}</body></html>'.encode()


def _search(site: "Site", request: Request) -> Reply:
    """Videos or all for a keyword: page by page, some posts twice, for those who are logged in."""
    refused = _gate(site, request)
    return refused or _search_page(site, request)


def _gate(site: "Site", request: Request) -> Reply | None:
    keyword, session = request.query.get("keyword", ""), request.session()
    mode = modes.of_search(site, keyword)
    if mode in modes.SEARCH:
        return modes.SEARCH[mode]()
    if not session:
        return EMPTY
    return modes.SEARCH["2483"]() if session == EXPIRED else None


def _search_page(site: "Site", request: Request) -> Reply:
    query = request.query
    keyword, mode = query.get("keyword", ""), modes.of_search(site, query.get("keyword", ""))
    posts, key = site.find(keyword), _search_id(keyword)
    start = _number(query.get("offset") or query.get("cursor"))
    if start and query.get("search_id") != key:  # who does not say what it belongs to gets the first page again
        start = 0
    rows = [site.items[facts.id] for facts in posts[max(0, start - TWICE if start else 0) : start + PAGE]]
    if mode == "loop":
        rows, start = [site.items[facts.id] for facts in posts[:PAGE]], 0
    more = mode == "loop" or start + PAGE < len(posts)
    around = {
        **{"status_code": STATUS.get(mode, 0), "has_more": int(more), "cursor": start + PAGE, "rid": key},
        **{"log_pb": {"impr_id": key}, "extra": {"logid": key, "fatal_item_ids": []}},
    }
    rows = BENDS.get(mode, list)(rows)
    headers = {"x_tt_system_error": "3"} if mode == "risk-rows" else {}
    if "general" in request.path:
        return as_json({**around, "data": _mixed(rows)}, **headers)
    advert = [_advert(rows[0])] if start == 0 and rows and mode != "renamed-keys" else []
    return as_json({**around, "item_list": [*rows, *advert]}, **headers)


def odd_rows(rows: list[Any]) -> list[Any]:
    """The rows as they can be on a bad day; the last four are as ever."""
    first, second, third, *rest = rows[:7]
    return [
        None,
        {**first, "author": None, "stats": {"playCount": "1.2M", "diggCount": "3.4만"}, "statsV2": None},
        {key: value for key, value in second.items() if key != "id"},
        {**third, "desc": "널\0문자 😀\u202e뒤집힌", "author": {**third["author"], "uniqueId": "🐣emoji"}, "stats": {}},
        *rest,
    ]


def hidden_rows(rows: list[Any]) -> list[Any]:
    """The rows with four among them that nobody may see any more."""
    marks = ({"privateItem": True}, {"secret": True}, {"forFriend": True}, {"takeDown": 1})
    return [{**row, **mark} for row, mark in zip(rows, marks, strict=False)] + rows[4:]


def worded_rows(rows: list[Any]) -> list[Any]:
    """The rows with captions of all kinds: none, a very long one, and one of letters with many marks each."""
    captions = ("", "아주 긴 설명 " * 400, "👩‍👩‍👧‍👦" * 300, "\u202eزلة\u2066 ترند")
    authors = ({"uniqueId": "", "nickname": ""}, {}, {}, {})
    told = zip(rows, captions, authors, strict=False)
    return [{**row, "desc": words, "author": {**row["author"], **who}} for row, words, who in told] + rows[4:]


def renamed_rows(rows: list[Any]) -> list[Any]:
    """The rows after a change of the site: their ids have another name."""
    return [modes.renamed(row, "id") for row in rows]


BENDS = {"odd": odd_rows, "hidden": hidden_rows, "words": worded_rows, "renamed-keys": renamed_rows}
STATUS = {"203": 203, "2483-rows": 2483}


def _mixed(rows: list[Any]) -> list[dict[str, Any]]:
    """The rows as the Top tab has them: among users and live shows."""
    known = [row for row in rows if row and {"id", "new_id"} & row.keys()]
    videos = [{"type": 1, "item": row, "common": {"doc_id_str": row.get("id", "")}} for row in known]
    users = {"type": 4, "user_list": [{"user_info": {"uid": "1", "unique_id": "mina.moves", "nickname": "미나"}}]}
    live = {"type": 20, "lives": [{"raw_data": "{}"}]}
    return [users, *videos[:4], live, *videos[4:]]


def _advert(row: Any) -> dict[str, Any]:
    return {**(row or {}), "id": "7000000000000000001", "isAd": True, "desc": "광고"}


def _challenge(site: "Site", request: Request) -> Reply:
    name = request.query.get("challengeName", "")
    mode = modes.of_search(site, name)
    if mode in modes.SEARCH:
        return modes.SEARCH[mode]()
    posts = site.find(f"#{name}")
    number = str(10**9 + zlib.crc32(name.encode()))
    site.challenges[number] = name
    info = {"challenge": {"id": number, "title": name}, "stats": {"videoCount": len(posts)}}
    return as_json({"statusCode": 0, "challengeInfo": info})


def _challenge_items(site: "Site", request: Request) -> Reply:
    name = site.challenges.get(request.query.get("challengeID", ""), "")
    if not name:
        return as_json({"statusCode": 10202, "statusMsg": "not found"})
    return _list(request, site, site.find(f"#{name}"))


def _creator_items(site: "Site", request: Request) -> Reply:
    handle = handle_of(request.query.get("secUid", ""))
    if not handle:
        return as_json({"statusCode": 10221, "statusMsg": "invalid user"})
    before = _number(request.query.get("cursor")) or 10**15
    older = [facts for facts in site.by(handle) if facts.created * 1000 < before]
    rows = [site.items[facts.id] for facts in older[:15]]
    more = len(older) > len(rows)
    return as_json({"statusCode": 0, "itemList": rows, "hasMorePrevious": more, "hasMore": more, "cursor": "0"})


def _recommend(site: "Site", request: Request) -> Reply:
    return _list(request, site, site.find("춤"))


def _list(request: Request, site: "Site", posts: list[Facts]) -> Reply:
    start, count = _number(request.query.get("cursor")), min(_number(request.query.get("count")) or PAGE, 30)
    rows = [site.items[facts.id] for facts in posts[start : start + count]]
    more = start + count < len(posts)
    around = {"statusCode": 0, "status_code": 0, "status_msg": "", "hasMore": more, "cursor": str(start + count)}
    return as_json({**around, "itemList": rows})


def _detail(site: "Site", request: Request) -> Reply:
    post_id = request.query.get("itemId", "")
    if post_id not in site.items:
        return as_json({"statusCode": 10204, "statusMsg": "status_deleted"})
    return as_json({"statusCode": 0, "itemInfo": {"itemStruct": site.items[post_id]}})


def _beat(request: Request) -> Reply:
    """Whether the login is alive."""
    if (session := request.session()) and session != EXPIRED:
        return as_json({"data": {}, "message": "success"})
    gone = {"error_code": 1, "name": "session_expired", "description": "Session expired, please log in again."}
    return as_json({"data": gone, "message": "error"})


def _post(site: "Site", request: Request, post_id: str) -> Reply:
    if post_id in site.pages:
        return Reply(*site.pages[post_id])
    mode = modes.of_post(site, post_id)
    if mode in modes.PAGES:
        return modes.PAGES[mode]()
    if mode in modes.WAF and request.cookies().get("_wafchallengeid", "") == "":
        return puzzle(solvable=mode != "waf-broken")
    if mode == "waf-bare":
        return modes.PAGES["page-new"]()
    status = modes.CODES.get(mode) or site.status_codes.get(post_id, 0 if post_id in site.items else 10204)
    words = {0: "", 10231: "cross_border_violation_ur", 10216: "item is private"}.get(status, "status_deleted")
    detail: dict[str, Any] = {"statusCode": status, "statusMsg": words}
    if status == 0:
        detail["itemInfo"] = {"itemStruct": modes.bend(site.items[post_id], mode) if mode else site.items[post_id]}
    return as_page(page({"webapp.video-detail": detail}), 200, COOKIE)


def puzzle(*, solvable: bool = True, number: int = 4711) -> Reply:
    """The page that asks a browser for a number whose hash it shows, and for a cookie with it."""
    salt = b"stand-in"
    digest = hashlib.sha256(salt + str(number).encode()).digest() if solvable else bytes(32)
    told = {"v": {"a": base64.b64encode(salt).decode(), "c": base64.b64encode(digest).decode()}}
    words = base64.b64encode(json.dumps(told).encode()).decode().rstrip("=")
    return as_page(
        "<!DOCTYPE html><html><head><title>Please wait...</title></head><body>"
        f'<p id="cs" class="{words}"></p><p id="wci" class="_wafchallengeid"></p>'
        '<p id="rci" class="waforiginalreid"></p><p id="rs" class="x"></p></body></html>'
    )


def _creator_page(site: "Site", handle: str) -> Reply:
    mode = modes.of_search(site, "")
    if mode in modes.PAGES:
        return modes.PAGES[mode]()
    posts = site.by(handle)
    person = item(posts[0])["author"] | {"uniqueId": handle, "secUid": sec_uid(handle)}
    info = {"user": person, "stats": {"videoCount": len(posts)}, "itemList": []}
    return as_page(page({"webapp.user-detail": {"statusCode": 0, "userInfo": info}}), 200, COOKIE)


def _search_id(keyword: str) -> str:
    return f"20261123{zlib.crc32(keyword.encode()):010d}STANDIN"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


API = {
    "/api/search/item/full/": _search,
    "/api/search/general/full/": _search,
    "/api/challenge/detail/": _challenge,
    "/api/challenge/item_list/": _challenge_items,
    "/api/creator/item_list/": _creator_items,
    "/api/post/item_list/": _creator_items,
    "/api/recommend/item_list/": _recommend,
    "/api/item/detail/": _detail,
}
