"""Somebody's TikTok cookies, sealed: who reads the database without the key in the settings reads nothing of them."""

import hashlib
import logging
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from scraping import cookie_file
from scraping.models import CookieJar
from scraping.providers.base import ProviderError

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
