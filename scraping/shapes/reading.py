"""A saved file or a posted body of any known shape: JSON, NDJSON, a table, a saved page. Its content decides."""

import json
import re
from collections.abc import Iterator
from typing import Any

from scraping.providers.base import ProviderError, Skipped, gettext_noop
from scraping.shapes import aweme, flat, research, tikwm, web
from scraping.shapes.answer import Answer, Doubtful
from scraping.shapes.finding import answer_of, together
from scraping.shapes.tables import from_table

MOST_BYTES = 50_000_000  # about 1,500 posts of Zeeschuimer's: 4 s and 300 MB of memory, as it is read whole
SHAPES = (aweme.SHAPE, web.SHAPE, tikwm.SHAPE, research.SHAPE, flat.SHAPE)

TOO_BIG = gettext_noop("This file is larger than 50 MB. Split it first.")
EMPTY = gettext_noop("There is nothing in this file.")
UNREADABLE = gettext_noop("This is not a file of search results: JSON, NDJSON, CSV or a saved TikTok page.")
TOO_DEEP = gettext_noop("The JSON in this file is nested too deeply to be search results.")
BROKEN = gettext_noop("The JSON in this file is broken off or damaged.")
BAD_LINE = gettext_noop("This line is not readable JSON.")
NO_DATA = gettext_noop("This page holds no video of TikTok's. Save a video's or a search's page while it shows.")

_SCRIPT = re.compile(
    r'<script[^>]*\bid="(?:__UNIVERSAL_DATA_FOR_REHYDRATION__|SIGI_STATE|__NEXT_DATA__|sigi-persisted-data)"[^>]*>(.*?)</script>',
    re.DOTALL,
)
_LINK = re.compile(r'href="(?:https://(?:www|m)\.tiktok\.com)?(/@[\w.-]{0,64}/(?:video|photo)/\d{5,24})["?#]', re.ASCII)


def read(data: bytes | str, name: str = "") -> Answer:
    """What a file holds; ProviderError, kind bad_response, with a sentence where it cannot be read.

    `name` only helps to tell the lines of a file apart. A row that cannot be used is in `skipped` with its reason.
    """
    if len(data) > MOST_BYTES:
        raise ProviderError("too_large", TOO_BIG)
    text = data if isinstance(data, str) else decoded(data)
    text = text.lstrip("\ufeff").replace("\0", "").strip()
    if not text:
        raise ProviderError("bad_response", EMPTY)
    if text[0] == "<":
        return _page(text)
    if text[0] in "{[":
        return _json(text, name)
    return from_table(text)


def body_of(text: str) -> Any:
    """The JSON of a text, a number that is none (NaN, Infinity) as None; raises ValueError or ProviderError (depth)."""
    try:
        return json.loads(text, strict=False, parse_constant=lambda _: None, object_pairs_hook=_object)
    except RecursionError as error:
        raise ProviderError("bad_response", TOO_DEEP) from error


def decoded(data: bytes) -> str:
    """The text of bytes in UTF-8, UTF-16 or Korean Windows' cp949; damaged bytes become a question mark in a box."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    start = data[:400].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    codings = ("utf-8",) if start in (b"{", b"[", b"<") else ("utf-8", "cp949")  # JSON is UTF-8 by its definition
    for coding in codings:
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs) and any(made[name] != value for name, value in pairs):
        return Doubtful(made)
    return made


def _json(text: str, name: str) -> Answer:
    try:
        body = body_of(text)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or lines[0].strip() in "[{":
            raise ProviderError("bad_response", BROKEN) from error
        return _lines(lines, name)
    return answer_of(body, SHAPES)


def _lines(lines: list[str], name: str) -> Answer:
    """NDJSON: a row or a whole answer each line. ProviderError where not one line could be read."""
    bodies, broken = [], []
    for number, line in enumerate(lines, 1):
        try:
            bodies.append(body_of(line))
        except (ValueError, ProviderError):
            broken.append(Skipped(f"{name}:{number}" if name else f"#{number}", BAD_LINE))
    if not bodies:
        raise ProviderError("bad_response", BROKEN, skipped=tuple(broken))
    return together([answer_of(bodies, SHAPES), Answer(skipped=tuple(broken))])


def _page(text: str) -> Answer:
    """A saved page: the JSON in it. ProviderError with TikTok's reason where it shows no video."""
    answers: list[Answer] = []
    refused: ProviderError | None = None
    for body in _bodies(text):
        try:
            answers.append(answer_of(body, SHAPES))
        except ProviderError as error:
            refused = error if error.kind != "bad_response" else refused
    if not answers and not refused:
        answers.append(_linked(text))  # a saved search: what is seen stands in the page only as links
    if any(answer.posts or answer.skipped for answer in answers):
        return together(answers)
    raise refused or ProviderError("bad_response", NO_DATA)


def _linked(text: str) -> Answer:
    """The posts that a page links to, without any numbers."""
    links = dict.fromkeys(f"https://www.tiktok.com{match[1]}" for match in _LINK.finditer(text))
    return answer_of({"rows": [{"url": link} for link in links]}, (flat.SHAPE,)) if links else Answer()


def _bodies(text: str) -> Iterator[Any]:
    for match in _SCRIPT.finditer(text):
        try:
            yield body_of(match[1])
        except ValueError:
            continue
