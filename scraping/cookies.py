"""Somebody's TikTok cookies, sealed: who reads the database without the key in the settings reads nothing of them."""

import hashlib
import logging
from base64 import urlsafe_b64encode
from dataclasses import replace
from functools import partial
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from scraping import cookie_file, pace
from scraping.fetch import FetchOptions
from scraping.models import CookieJar
from scraping.providers import tiktok_web
from scraping.providers.asking import Answer, Site
from scraping.providers.base import ProviderError, gettext_noop

BEAT = "/passport/token/beat/web/"  # tells whether a login is alive, and needs no signature
LOST_KEY = gettext_noop("These cookies cannot be opened: the studio's key has changed. Add them again.")
NOT_TOLD = gettext_noop("TikTok did not say whether it knows this session. Try again later.")
BUSY = gettext_noop("TikTok is asked for something else just now. Try again in a moment.")
TIMEOUT = 5.0  # seconds: somebody waits for the page

logger = logging.getLogger(__name__)


def _seal() -> Fernet:
    """The cipher of this studio; its key is the digest of COOKIES_KEY, so that any text can be the key."""
    return Fernet(urlsafe_b64encode(hashlib.sha256(settings.COOKIES_KEY.encode()).digest()))


@sensitive_variables()
def keep(owner: Any, given: bytes | str) -> CookieJar:
    """Seal and keep the TikTok cookies of a cookies.txt in place of earlier ones; ProviderError as cookie_file.read."""
    cookies = cookie_file.read(given)
    fresh = {
        "sealed": _seal().encrypt(cookies.text.encode()),
        "names": list(cookies.names),
        "expires_at": cookies.expires_at,
        "works": None,
        "tested_at": None,
        "created_at": timezone.now(),
    }
    return CookieJar.objects.update_or_create(owner=owner, defaults=fresh)[0]


def is_login(jar: CookieJar) -> bool:
    """Whether the jar holds a logged-in session and not only a visitor's cookies."""
    return not cookie_file.LOGIN_NAMES.isdisjoint(jar.names)


@sensitive_variables()
def opened(jar: CookieJar) -> str | None:
    """The jar's cookies.txt, or None where the key is another one now: it then has to be added again."""
    try:
        return _seal().decrypt(bytes(jar.sealed)).decode()
    except InvalidToken:
        return None


def opens(jar: CookieJar) -> bool:
    """Whether the jar was sealed with the key that the settings have now."""
    return opened(jar) is not None


@sensitive_variables()
def jar_of(owner: Any) -> str:
    """The owner's TikTok cookies as a cookies.txt; "" for nobody, where none is good any more, and for a lost key."""
    jar = CookieJar.objects.filter(owner=owner).first() if owner is not None else None
    if jar is None:
        return ""
    text = opened(jar)
    if text is None:
        logger.warning("the TikTok cookies of %s were sealed with another COOKIES_KEY and cannot be opened", owner)
        return ""
    try:
        return cookie_file.read(text).text
    except ProviderError as error:
        logger.info("the TikTok cookies of %s are not used: %s", owner, error.message)
        return ""


@sensitive_variables()
def try_out(jar: CookieJar, options: FetchOptions) -> bool:
    """Ask TikTok whether it knows this session, and keep its answer with the jar; raises ProviderError without one."""
    text = opened(jar)
    if text is None:
        raise ProviderError("credentials", LOST_KEY)
    options = replace(options, timeout=TIMEOUT)
    cookies = tiktok_web.jar_of(text)
    site = Site(tiktok_web.HOST, options, tiktok_web.UNREACHED, headers=tiktok_web.HEADERS, cookies=cookies)
    site.turn = partial(pace.host_turn, most=TIMEOUT)
    try:
        jar.works, jar.tested_at = site.get(BEAT, {}, _is_alive), timezone.now()
    except pace.Busy as busy:
        raise ProviderError("rate_limited", BUSY) from busy
    jar.save(update_fields=["works", "tested_at"])
    return jar.works


def _is_alive(answer: Answer) -> bool:
    """True for message success, False for its words of refusal; ProviderError for what is neither."""
    told = answer.json()
    message = told.get("message") if isinstance(told, dict) else None
    if answer.status == 200 and message in ("success", "error"):
        return message == "success"
    if answer.status == 429:
        raise ProviderError("rate_limited", tiktok_web.RATE_LIMITED, answer.retry_after)
    raise ProviderError("bad_response", NOT_TOLD)
