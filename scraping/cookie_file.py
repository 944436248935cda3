"""A cookies.txt (Netscape format) of a stranger: only the rows of tiktok.com, written anew. No Django in here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scraping.providers.base import ProviderError, gettext_noop

MOST_BYTES = 1024**2
LOGIN_NAMES = frozenset({"sessionid", "sessionid_ss", "sid_tt"})  # one of them is a logged-in TikTok session
HTTP_ONLY = "#HttpOnly_"  # how curl and the browser extensions mark a cookie that scripts may not read
HEADER = "# Netscape HTTP Cookie File"

TOO_LARGE = gettext_noop("A cookies.txt is not larger than 1 MB. Export only the cookies of tiktok.com.")
NOT_TEXT = gettext_noop("This file is not a text. Choose the cookies.txt that the browser extension saved.")
IS_JSON = gettext_noop("These cookies are in JSON. Export them again as “Netscape” or “cookies.txt”.")
NOT_NETSCAPE = gettext_noop("The cookies are not in the cookies.txt (Netscape) format. Export them again.")
NOT_TIKTOKS = gettext_noop("There is no cookie of tiktok.com in it. Open tiktok.com first, then export.")
ALL_EXPIRED = gettext_noop("All these cookies have expired. Log in to TikTok again, then export them anew.")

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WORD = re.compile(r"[\x21-\x3a\x3c\x3e-\x7e]+")  # a cookie's name: no equals sign, no semicolon
_VALUE = re.compile(r"[\x20-\x3a\x3c-\x7e]*")  # its value: no semicolon, which would begin another cookie


@dataclass(frozen=True)
class Cookies:
    """The cookies that were kept; `text` is a cookies.txt and secret, the rest may be shown."""

    text: str = field(repr=False)
    names: tuple[str, ...]
    is_login: bool
    expires_at: datetime | None  # of the login, or of the last cookie; None: when the browser closes


@dataclass(frozen=True)
class _Row:
    domain: str
    path: str
    expires: int  # Unix time; 0 for a session's cookie
    name: str
    value: str = field(repr=False)

    def line(self) -> str:
        """The row as yt-dlp and http.cookiejar read it: they insist that the flag agrees with the leading dot."""
        flag = "TRUE" if self.domain.startswith(".") else "FALSE"
        return "\t".join((self.domain, flag, self.path, "TRUE", str(self.expires), self.name, self.value))


def read(given: bytes | str) -> Cookies:
    """The cookies of tiktok.com that are still good; raises ProviderError, kind credentials, where there is none."""
    rows = {(row.domain, row.path, row.name): row for row in _rows(_text(given))}.values()
    now = datetime.now(UTC).timestamp()
    good = [row for row in rows if row.expires == 0 or row.expires > now]
    if not good:
        raise ProviderError("credentials", ALL_EXPIRED if rows else NOT_TIKTOKS)
    login = [row for row in good if row.name in LOGIN_NAMES]
    text = "\n".join([HEADER, *(row.line() for row in good), ""])
    return Cookies(text, tuple(sorted({row.name for row in good})), bool(login), _end(login or good))


def _end(rows: list[_Row]) -> datetime | None:
    last = max(row.expires for row in rows)
    return datetime.fromtimestamp(last, UTC) if last else None


def _text(given: bytes | str) -> str:
    if len(given) > MOST_BYTES:
        raise ProviderError("credentials", TOO_LARGE)
    try:
        text = given if isinstance(given, str) else given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProviderError("credentials", NOT_TEXT) from error
    text = text.lstrip("\ufeff")
    if text.lstrip()[:1] in ("[", "{"):
        raise ProviderError("credentials", IS_JSON)
    return text


def _rows(text: str) -> Iterator[_Row]:
    """The usable rows of tiktok.com; ProviderError where not one line looks like a cookie's."""
    lines = [_CONTROL.sub("", line) for line in re.split(r"\r\n|\r|\n", text)]
    cells = [cells for line in lines if (cells := _cells(line))]
    if not cells:
        raise ProviderError("credentials", NOT_NETSCAPE)
    for domain, path, expires, name, value in cells:
        domain = domain.lower()
        ours = f".{domain.lstrip('.')}".endswith(".tiktok.com") and re.fullmatch(r"\.?[a-z0-9.-]+", domain)
        # An empty one says nothing, and would stand in the place of an earlier row that does.
        if ours and path.startswith("/") and _WORD.fullmatch(name) and value.strip() and _VALUE.fullmatch(value):
            yield _Row(domain, path, _seconds(expires), name, value)


def _cells(line: str) -> list[str]:
    """Domain, path, expiry, name and value of a line, or nothing. A pasted line may have lost its tabs to spaces."""
    row = line.removeprefix(HTTP_ONLY)
    if row.startswith("#"):
        return []
    cells = row.split("\t") if "\t" in row else row.split()
    if len(cells) != 7 or {cells[1].upper(), cells[3].upper()} - {"TRUE", "FALSE"}:
        return []
    return [cells[0].strip(), cells[2].strip(), *cells[4:]]


def _seconds(expires: str) -> int:
    """The expiry as whole seconds: some exporters write 1796000000.5, or -1 for a session's cookie."""
    match = re.fullmatch(r"\s*(\d{1,11})(\.\d+)?\s*", expires, re.ASCII)
    return min(int(match[1]), 253_402_300_799) if match else 0  # the last second that a datetime holds
