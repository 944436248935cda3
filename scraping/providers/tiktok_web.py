"""How TikTok's own web page asks its search, and what each way of not answering means. No Django in here."""

import hashlib
import json
import re
import time
from http.cookiejar import Cookie, CookieJar
from typing import Any

from scraping.cookie_file import HTTP_ONLY, LOGIN_NAMES
from scraping.providers.asking import Answer
from scraping.providers.base import ProviderError, gettext_noop

HOST = "www.tiktok.com"
VERSION = "5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36"
HEADERS = {"User-Agent": f"Mozilla/{VERSION}", "Accept": "application/json, text/plain, */*"}
SEARCH_CODE = (
    '{"tiktok":{"client_params_x":{"search_engine":{"ies_mt_user_live_video_card_use_libra":1,'
    '"mt_search_general_user_live_card":1}},"search_server":{}}}'
)
# As the page sends them (tiktok-api-dl's params.ts, yt-dlp's _build_web_query); browser_version is the agent's own.
COMMON = {
    "aid": "1988",
    "app_language": "en",
    "app_name": "tiktok_web",
    "browser_language": "en-US",
    "browser_name": "Mozilla",
    "browser_online": "true",
    "browser_platform": "Win32",
    "browser_version": VERSION,
    "channel": "tiktok_web",
    "cookie_enabled": "true",
    "device_platform": "web_pc",
    "focus_state": "true",
    "history_len": "3",
    "is_fullscreen": "false",
    "is_page_visible": "true",
    "os": "windows",
    "priority_region": "",
    "referer": "",
    "region": "US",
    "screen_height": "1080",
    "screen_width": "1920",
    "tz_name": "UTC",
    "webcast_language": "en",
}

NEEDS_COOKIES = gettext_noop("TikTok answers a keyword only with the cookies of a logged-in session. Add them first.")
VERIFICATION = gettext_noop(
    "TikTok asks for verification. Add the cookies of a logged-in TikTok session, or choose another source."
)
SESSION_REFUSED = gettext_noop(
    "TikTok refused this session. Its cookies may have expired: export them again while logged in."
)
LOGIN = gettext_noop("TikTok asks for a login. Add the cookies of a logged-in TikTok session.")
RATE_LIMITED = gettext_noop("TikTok asks for a pause after so many requests. Try again later.")
BLOCKED = gettext_noop("TikTok refused this server. Try again later, or reach it through a proxy.")
FAULT = gettext_noop("TikTok has a fault at the moment. Try again later.")
CHANGED = gettext_noop("TikTok's answer was not understood: it may have changed its search.")
NO_LIST = gettext_noop(
    "TikTok's answer was not understood: it may have changed its search. It holds neither item_list nor data."
)
NO_IDS = gettext_noop("TikTok's answer was not understood: it may have changed its search. None of its rows has an id.")
NO_TAG = gettext_noop("TikTok's answer was not understood: the hashtag's id in challengeInfo is missing.")
NONE_BUT_MORE = gettext_noop("TikTok sent no video and says that there is more: has_more is 1. Try again later.")
NONE_LATELY = gettext_noop("This TikTok account has shown no video in the last four weeks.")
NO_ACCOUNT = gettext_noop("There is no such TikTok account, or it is private.")
UNREACHED = gettext_noop("TikTok could not be reached. Check the connection and try again.")

VERIFY_CODES = frozenset({10000, -2})
LOGIN_CODE = 2483
LISTS = ("item_list", "itemList", "data")


def device_id(cookies_text: str) -> str:
    """The 19 digits without which every answer is empty: the same for the same session, as a browser's are."""
    digest = int.from_bytes(hashlib.sha256(cookies_text.encode()).digest()[:8], "big")
    return str(7_250_000_000_000_000_000 + digest % 75_000_000_000_000_000)


def jar_of(cookies_text: str) -> CookieJar:
    """The rows of a cookies.txt that belong to tiktok.com, each bound to its domain and to https."""
    jar, now = CookieJar(), time.time()
    for line in cookies_text.splitlines():
        cells = line.removeprefix(HTTP_ONLY).split("\t")
        if len(cells) != 7 or line.startswith("# "):
            continue
        domain, _, path, _, expires, name, value = cells
        until = int(expires) if expires.isascii() and expires.isdigit() else 0
        if f".{domain.lstrip('.')}".lower().endswith(".tiktok.com") and (until == 0 or until > now):
            jar.set_cookie(_cookie(domain.lower(), path, until or None, name, value))
    return jar


def _cookie(domain: str, path: str, expires: int | None, name: str, value: str) -> Cookie:
    wide = domain.startswith(".")
    return Cookie(
        *(0, name, value, None, False, domain, wide, wide, path or "/", True, True),  # secure whatever the row says
        *(expires, expires is None, None, None, {}),
    )


def is_login(jar: CookieJar) -> bool:
    """Whether the jar holds a logged-in session and not only a visitor's cookies."""
    return any(cookie.name in LOGIN_NAMES for cookie in jar)


def token(jar: CookieJar) -> str:
    """The real msToken of the session or "": a made-up one gates everything."""
    return next((cookie.value or "" for cookie in jar if cookie.name == "msToken"), "")


def profile(page: str) -> tuple[int, str]:
    """The status and the account's secUid that a creator's page carries; 0 and "" where it does not tell."""
    script = re.search(r'id="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^>]*>(.*?)</script>', page, re.DOTALL)
    try:
        detail = json.loads(script[1])["__DEFAULT_SCOPE__"]["webapp.user-detail"] if script else {}
        status, user = detail.get("statusCode"), (detail.get("userInfo") or {}).get("user") or {}
        found = str(user.get("secUid") or "")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):  # not as this page is known
        return 0, ""
    return status if isinstance(status, int) else 0, found if re.fullmatch(r"[\w-]{12,160}", found) else ""


def refusal(answer: Answer, *, login: bool, wanted: tuple[str, ...] = LISTS) -> ProviderError | None:
    """Why TikTok gave none of what is wanted, or None. The order counts: a 429 may carry a captcha's page.

    From the login on, rows that came all the same win, whatever is said beside them.
    """
    body = answer.json()
    code, rows = _code(body), answer.status == 200 and _has_rows(body, wanted)
    empty = ("blocked", SESSION_REFUSED) if login else ("verification", VERIFICATION)
    checks = (
        (answer.status == 429, "rate_limited", RATE_LIMITED),
        (_asks_verification(answer, body, code), "verification", SESSION_REFUSED if login else VERIFICATION),
        (_is_empty(answer, _has(body, wanted)), *empty),
        (rows, "", ""),
        (code == LOGIN_CODE or _to_login(answer), "login_required", SESSION_REFUSED if login else LOGIN),
        (answer.status in (401, 403, 503) or "x-tt-system-error" in answer.headers, "blocked", BLOCKED),
        (answer.status >= 500, "network", FAULT),
        (not isinstance(body, dict) or (code != 0 and not _has(body, wanted)), "bad_response", CHANGED),
        (not (_is_there(body, wanted) or _says_none(body, code)), "bad_response", _lacks(wanted)),
    )
    kind, message = next(((kind, message) for refused, kind, message in checks if refused), ("", ""))
    return ProviderError(kind, message, answer.retry_after) if kind else None


def _lacks(wanted: tuple[str, ...]) -> str:
    """The sentence that names what is missing where none of what is wanted is there."""
    return NO_LIST if wanted == LISTS else NO_TAG


def _code(body: Any) -> int:
    """The answer's own status; the search writes it with a line, the lists without one."""
    found = (body.get(name) for name in ("status_code", "statusCode")) if isinstance(body, dict) else ()
    return next((code for code in found if isinstance(code, int) and code), 0)


def _asks_verification(answer: Answer, body: Any, code: int) -> bool:
    if "bdturing-verify" in answer.headers or code in VERIFY_CODES:
        return True
    if isinstance(body, dict):
        return "verify_event" in body
    return bool(re.search(r"captcha|Please wait\.\.\.", answer.text[:200_000], re.IGNORECASE))


def _is_empty(answer: Answer, has_items: bool) -> bool:
    nothing = not answer.body.strip() or ("tt_orcas_res" in answer.headers and not has_items)
    return 200 <= answer.status < 300 and nothing


def _to_login(answer: Answer) -> bool:
    return 300 <= answer.status < 400 and "/login" in answer.headers.get("location", "")


def _is_there(body: Any, wanted: tuple[str, ...]) -> bool:
    return isinstance(body, dict) and any(isinstance(body.get(name), (list, dict)) for name in wanted)


def _has(body: Any, wanted: tuple[str, ...]) -> bool:
    return isinstance(body, dict) and any(body.get(name) for name in wanted)


def _has_rows(body: Any, wanted: tuple[str, ...]) -> bool:
    return isinstance(body, dict) and any(isinstance(body.get(name), list) and body[name] for name in wanted)


def _says_none(body: Any, code: int) -> bool:
    """Whether TikTok says itself that there is no more: it then leaves the list out."""
    if not isinstance(body, dict) or code or not {"status_code", "statusCode"} & body.keys():
        return False
    return any(body.get(name) in (0, False) for name in ("has_more", "hasMore", "hasMorePrevious") if name in body)
