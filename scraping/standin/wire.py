"""What goes over the stand-in's wire: a request as its routes see it, and a reply."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any

HTML = "text/html; charset=utf-8"
SESSION_COOKIES = ("sessionid", "sessionid_ss", "sid_tt")


class HangUp(Exception):
    """The connection is to be cut without an answer."""


@dataclass(frozen=True)
class Request:
    """One request; `query` has each parameter's first value, `headers` lower-case names."""

    method: str
    host: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def cookies(self) -> dict[str, str]:
        """The cookies that were sent, by name."""
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(self.headers.get("cookie", ""))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}

    def session(self) -> str:
        """The login that the cookies tell of, or ""."""
        cookies = self.cookies()
        return next((cookies[name] for name in SESSION_COOKIES if cookies.get(name)), "")


@dataclass(frozen=True)
class Reply:
    """One reply. `length` is the length that is told: None tells the body's own, -1 tells none and closes."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
    length: int | None = None


def as_json(value: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON reply; in header names `_` stands for `-`."""
    more = {name.replace("_", "-"): text for name, text in headers.items()}
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, {"Content-Type": "application/json; charset=utf-8", **more}, body)


def as_page(body: str | bytes, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """An HTML reply."""
    data = body.encode() if isinstance(body, str) else body
    return Reply(status, {"Content-Type": HTML, **(headers or {})}, data)
