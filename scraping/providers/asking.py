"""Asking one site over https: no redirect followed, size and time bounded, what breaks off asked again. No Django."""

import json
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

import httpx

from scraping.fetch_process import Turn, at_once
from scraping.providers.base import ProviderError, gettext_noop

if TYPE_CHECKING:
    from scraping.fetch import FetchOptions

MAX_BYTES = 8 * 1024**2  # the largest recorded page of results is an eightieth of it
SECONDS = 15.0  # for one answer's body; with what it takes to connect still within a job's lease
TRIES = 3  # where the connection fails or breaks off
PATIENCE = 10.0  # seconds; a longer pause that a site asks for is not waited out by a worker

BAD_PROXY = gettext_noop("The proxy (TIKTOK_PROXY) must be an address like http://host:port.")

sleep = time.sleep


@cache
def _tls(insecure: bool) -> ssl.SSLContext:
    """What certificates are checked by; read once, as that takes longer than many an answer."""
    return httpx.create_ssl_context(verify=not insecure, trust_env=False)


@dataclass(frozen=True)
class Answer:
    """What a site sent back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
            return None

    @property
    def retry_after(self) -> float | None:
        """The pause that the site asks for, in seconds; its date form is rare here and not read."""
        told = self.headers.get("retry-after", "").strip()
        return float(told) if told.isascii() and told.isdigit() and len(told) < 9 else None

    @property
    def left(self) -> int | None:
        """How many requests the site still allows, where it says so."""
        told = self.headers.get("x-ratelimit-remaining", "").strip()
        return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else None


class Site:
    """One host; `turn` is called with it before each request: see fetch_process.Turn."""

    def __init__(
        self,
        host: str,
        options: "FetchOptions",
        unreached: str,
        *,
        headers: Mapping[str, str] | None = None,
        cookies: CookieJar | None = None,
    ) -> None:
        self.host, self.options, self.unreached = host, options, unreached
        self.turn: Turn = at_once
        self.left: int | None = None
        self.headers, self.cookies = dict(headers or {}), CookieJar() if cookies is None else cookies

    def get(self, path: str, params: Mapping[str, str], judge: Callable[[Answer], Any]) -> Any:
        """What `judge` makes of the answer; a short pause that it asks for is kept once. Raises ProviderError."""
        try:
            return judge(self._tried(path, params))
        except ProviderError as error:
            pause = error.retry_after
            if error.kind != "rate_limited" or pause is None or pause > PATIENCE:
                raise
        sleep(pause)
        return judge(self._tried(path, params))

    def _tried(self, path: str, params: Mapping[str, str]) -> Answer:
        for left in reversed(range(TRIES)):
            end = self.turn(self.host)
            try:
                return self._once(path, params)
            except httpx.InvalidURL as error:
                raise ProviderError("network", BAD_PROXY) from error
            except (httpx.HTTPError, OSError) as error:
                if not left:
                    raise ProviderError("network", self.unreached) from error
            finally:
                end()
            sleep(random.uniform(0.3, 1.0) * (TRIES - left))
        raise AssertionError("the last try returns or raises")

    def _once(self, path: str, params: Mapping[str, str]) -> Answer:
        proxy = self.options.proxy
        if proxy and not proxy.startswith(("http://", "https://")):
            raise ProviderError("network", BAD_PROXY)
        client = httpx.Client(
            headers=self.headers,
            cookies=self.cookies,  # the jar itself: a site renews its tokens with each answer
            proxy=proxy or None,
            verify=_tls(self.options.insecure_tls),
            timeout=self.options.timeout,
            trust_env=False,
        )
        with client, client.stream("GET", f"https://{self.host}{path}", params=params) as answer:
            found = Answer(answer.status_code, dict(answer.headers), self._body(answer))
        self.left = found.left
        return found

    def _body(self, answer: httpx.Response) -> bytes:
        body, end = bytearray(), time.monotonic() + SECONDS
        for chunk in answer.iter_bytes(65536):
            body += chunk
            if len(body) > MAX_BYTES or time.monotonic() > end:
                raise ProviderError("network", self.unreached)
        return bytes(body)
