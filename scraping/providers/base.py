"""What every source of videos speaks: a Query in, a Page of Posts out, one kind of error. No Django in here."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

KINDS = (
    "verification",
    "login_required",
    "rate_limited",
    "blocked",
    "unavailable",
    "private",
    "bad_response",
    "quota",
    "credentials",
    "network",
    "not_found",
    "unsupported",
    "too_large",
)

# Control characters, and the marks that turn the writing direction of all that follows them.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def gettext_noop(sentence: str) -> str:
    """The sentence itself; the name makes `makemessages` collect it, so that pages can translate it by its words."""
    return sentence


class ProviderError(Exception):
    """A source could not answer: `kind` is one of KINDS, `message` a sentence for people, `retry_after` seconds.

    `skipped` tells of each single item where several were asked for and none could be had.
    """

    def __init__(
        self, kind: str, message: str, retry_after: float | None = None, skipped: "tuple[Skipped, ...]" = ()
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"“{kind}” is no kind of provider error; choose from {', '.join(KINDS)}.")
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after
        self.skipped = skipped


@dataclass(frozen=True)
class Query:
    """What is searched for: words, one #hashtag, one @creator, or for pasted links the pasted text."""

    keyword: str

    @property
    def hashtag(self) -> str:
        """The hashtag without its #, where the query is one hashtag and nothing else, else ""."""
        return self._single("#")

    @property
    def creator(self) -> str:
        """The handle without its @, where the query is one handle and nothing else, else ""."""
        return self._single("@")

    def _single(self, mark: str) -> str:
        word = self.keyword.strip()
        return word[1:] if re.fullmatch(mark + r"[\w.-]{1,100}", word) else ""


@dataclass(frozen=True)
class Skipped:
    """One item of an answer that is no usable video, with the sentence that says why."""

    what: str
    reason: str


@dataclass(frozen=True)
class Post:
    """One post as its source tells it; a number the source does not give is None, never 0."""

    source: str
    external_id: str
    url: str
    author: str = ""
    author_name: str = ""
    caption: str = ""
    cover_url: str = ""
    duration: float | None = None  # seconds
    published_at: datetime | None = None  # aware, UTC
    play_count: int | None = None
    like_count: int | None = None
    comment_count: int | None = None
    share_count: int | None = None
    save_count: int | None = None
    is_photo: bool = False
    rounded: bool = False  # the source wrote a count as "1.2M"
    extra: Mapping[str, str] = field(default_factory=dict)  # music_title, music_author

    def as_json(self) -> dict[str, Any]:
        """The post as plain JSON values; `from_json` makes an equal post of them."""
        stamp = self.published_at.isoformat() if self.published_at else None
        return asdict(self) | {"published_at": stamp}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Post":
        """The post that `as_json` wrote; raises TypeError where a field is unknown."""
        stamp = values.get("published_at")
        return cls(**{**values, "published_at": datetime.fromisoformat(stamp) if stamp else None})


@dataclass(frozen=True)
class Page:
    """One page of an answer; `next_cursor` is None on the last, `note` a sentence about the whole page or empty."""

    posts: tuple[Post, ...] = ()
    next_cursor: str | None = None
    skipped: tuple[Skipped, ...] = ()
    note: str = ""


class Provider(Protocol):
    """A source; `needs` names what must be there first: network, cookies, credentials, optin."""

    name: str
    label: str
    needs: tuple[str, ...]

    def search(self, query: Query, cursor: str | None = None, limit: int = 30) -> Page:
        """One page of at most `limit` posts; no result is an empty page, and ProviderError means no answer."""
        ...


def clean_text(text: object) -> str:
    """Text of a stranger, NFC, without NUL, control characters and marks that turn the line round; "" for no text."""
    if not isinstance(text, str):
        return ""
    # A lone half of a surrogate pair cannot be stored as UTF-8.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", whole)).strip()


def count_or_none(value: object) -> int | None:
    """A count as an int, where it is a whole number of 0 or more (also as digits in a string), else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and 0 <= value < 2**63 else None


def moment_or_none(value: object) -> datetime | None:
    """A Unix time in seconds (or milliseconds, from 10^12 on) as an aware UTC datetime; 0 and nonsense are None."""
    seconds = count_or_none(value)
    if not seconds:
        return None
    if seconds >= 10**12:
        seconds //= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
