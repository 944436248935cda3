"""What a document of search results comes to: posts, what was left out and why, and where the source goes on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scraping import fetch_errors as told
from scraping.addresses import post_url
from scraping.providers.base import Post, Skipped, clean_text, gettext_noop

Row = Mapping[str, Any]

NO_ID = gettext_noop("This entry has no video number.")
AD = gettext_noop("This is an advertisement.")
LIVE = gettext_noop("This is a live broadcast.")
PEOPLE = gettext_noop("These are people and not a video.")
NO_POST = gettext_noop("This entry is not a video.")
TWICE = gettext_noop("Two different values stand under one name in this entry.")
OTHER_SITE = gettext_noop("This entry is not from TikTok, YouTube or Instagram.")
LONGEST_HANDLE = 64  # as scraping.addresses takes them
GONE, PRIVATE, PHOTO_POST = told.GONE, told.PRIVATE, told.PHOTO_POST


# Why a row could not even be read. Of the others it is known what they are: no video that could be had.
UNREAD = frozenset({NO_ID, NO_POST, TWICE})


class Unusable(Exception):
    """One row is no usable post; the words are the reason for people."""


class Doubtful(dict):
    """An object of a document in which one name stood twice with different values."""


@dataclass(frozen=True)
class Answer:
    """One page of an answer: its posts once each (photo posts marked), `more` as the source says, its paging words."""

    posts: tuple[Post, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    cursor: str | None = None
    more: bool = False
    search_id: str = ""

    @property
    def unread(self) -> bool:
        """Whether there is no post, and rows that could not be read: that is not “nothing”, that is not understood."""
        return not self.posts and any(item.reason in UNREAD for item in self.skipped)


@dataclass(frozen=True)
class Shape:
    """How rows of one kind are known and read (`post` raises Unusable), and under which names their lists stand."""

    name: str
    is_row: Callable[[Row], bool]
    post: Callable[[Row], Post]
    lists: tuple[str, ...] = ()


def post_id(value: object) -> str:
    """A TikTok post's number as text; raises Unusable, also for a float: 19 digits do not survive in one."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    text = text.strip() if isinstance(text, str) else ""
    if not (text.isascii() and text.isdigit() and 5 <= len(text) <= 24):
        raise Unusable(NO_ID)
    return text


def tiktok_post(number: str, author: object, **told_of: Any) -> Post:
    """A TikTok post with its canonical address; texts are cleaned, a slideshow has no length (it is its music's)."""
    handle = clean_text(author).removeprefix("@")
    known = handle if len(handle) <= LONGEST_HANDLE else ""
    if told_of.get("is_photo"):
        told_of["duration"] = None
    return Post(
        source="tiktok",
        external_id=number,
        url=post_url(number, known, "photo" if told_of.get("is_photo") else "video"),
        author=handle,
        author_name=clean_text(told_of.pop("author_name", "")),
        caption=clean_text(told_of.pop("caption", "")),
        **told_of,
    )


def music(title: object, author: object, original: object) -> dict[str, str]:
    """A post's extra about its sound, as scraping.music reads it; what is not told is not in it."""
    known = {"music_title": clean_text(title), "music_author": clean_text(author)}
    if isinstance(original, bool | int):
        known["music_original"] = "1" if original else "0"
    return {name: text for name, text in known.items() if text} if any(known.values()) else {}


def part(row: object, name: str) -> Row:
    """The object under this name, or an empty one where there is none."""
    found = row.get(name) if isinstance(row, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def first(row: Row, *names: str) -> Any:
    """The first of these values that says something, else None."""
    return next((row[name] for name in names if row.get(name) not in (None, "", [])), None)


def web_address(*values: object, base: str = "") -> str:
    """The first http(s) address among the values, a list's first that browsers other than Apple's can show; else ""."""
    for value in values:
        listed = value if isinstance(value, list) else [value]
        found = [_whole(clean_text(text), base) for text in listed]
        found = [text for text in found if text.startswith(("https://", "http://"))]
        if found:
            return next((text for text in found if ".heic" not in text), found[0])
    return ""


def _whole(text: str, base: str) -> str:
    if text.startswith("//"):
        return f"https:{text}"
    return base + text if base and text.startswith("/") else text
