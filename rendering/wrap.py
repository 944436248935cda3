"""Where a line of text may break, and how a label is made to fit its place."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from rendering import glyphs, ink

ELLIPSIS = "…"
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303F\uFF01-\uFF60]")
_NOT_FIRST = regex.compile(r"[\p{Pe}\p{Pf}!%,.:;?·…‥、。，．：；？！ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々〜～]")
_HIRAGANA = regex.compile(r"[\p{Hiragana}ー]")
_WEAK = 1.3  # a break inside a Japanese or Chinese phrase is taken when it makes the lines so much more even
_NOT_LAST = regex.compile(r"[\p{Ps}\p{Pi}#@$£¥₩]")


@dataclass(frozen=True)
class Fitted:
    """A text made to fit: its lines and their size in pixels."""

    lines: tuple[str, ...]
    size: int


def breaks(parts: Sequence[str]) -> list[int]:
    """The places of a line at which a new one may begin: after spaces, and between Chinese and Japanese characters."""
    found = []
    for place in range(1, len(parts)):
        before, after = parts[place - 1], parts[place]
        if before == " " or after == " ":
            good = before == " " and after != " " and not _keeps_together(parts, place)
        else:
            wide = _UNSPACED.match(before) or _UNSPACED.match(after)
            good = bool(wide) and not _NOT_FIRST.match(after) and not _NOT_LAST.match(before)
        if good:
            found.append(place)
    return found


def _keeps_together(parts: Sequence[str], place: int) -> bool:
    """Whether the space before this place joins what belongs together: “TOP 5”, or a word and its closing emoji."""
    after = "".join(parts[place:])
    if all(glyphs.is_emoji(part) or part == " " for part in parts[place:]):
        return True
    before = "".join(parts[: place - 1])
    return bool(regex.match(r"\d", after) and regex.search(r"(?i)\b(top|best|worst|no\.?|part)$", before))


def ems(text: str) -> float:
    """The rough width of a text in sizes, whatever the font: 1 for a wide character, 0.3 for a space, else 0.58."""
    return sum(_em(part) for part in glyphs.clusters(text))


def _em(part: str) -> float:
    if part == " ":
        return 0.3
    return 1.0 if glyphs.is_emoji(part) or unicodedata.east_asian_width(part[0]) in "WF" else 0.58


def halves(text: str, measure: Callable[[str], float]) -> tuple[str, str] | None:
    """The two lines of the most even widths that a text breaks into, None when it cannot be broken well."""
    parts = glyphs.clusters(text)
    best, least = None, float("inf")
    for place in breaks(parts):
        pair = "".join(parts[:place]).strip(), "".join(parts[place:]).strip()
        cost = max(map(measure, pair)) * (_WEAK if _inside_phrase(parts[place - 1], parts[place]) else 1)
        if all(pair) and cost < least:
            best, least = pair, cost
    return best


def _inside_phrase(before: str, after: str) -> bool:
    """Whether a break here would tear a phrase: a Japanese one mostly ends in hiragana, with a new word after it."""
    if before == " " or _NOT_FIRST.match(before):
        return False
    return not (_HIRAGANA.match(before) and not _HIRAGANA.match(after))


@lru_cache(maxsize=512)
def fit(text: str, face: str, size: int, least: int, width: int, two: int = 0) -> Fitted:
    """The text within `width` pixels: shrunk down to `least`, then on two lines, then cut with an ellipsis.

    `two` is the largest size at which there is room for two lines, 0 where there never is.
    """
    needed = ink.width(text, face, size)
    for smaller in range(min(size, int(size * width / max(1, needed)) + 1), least - 1, -1):
        if ink.width(text, face, smaller) <= width:
            return Fitted((text,), smaller)
    if two < least:
        return Fitted((cut(text, face, least, width),), least)
    pair = halves(text, lambda line: ink.width(line, face, least))
    for smaller in range(min(size, two), least - 1, -1):
        if pair and all(ink.width(line, face, smaller) <= width for line in pair):
            return Fitted(pair, smaller)
    first, rest = _filled(text, face, least, width)
    return Fitted((first, cut(rest, face, least, width)), least)


def _filled(text: str, face: str, size: int, width: int) -> tuple[str, str]:
    """The text cut in two, the first line as full as it may be: at a good place, or inside a word that is too long."""
    parts = glyphs.clusters(text)
    most = _longest(parts, face, size, width)
    good = [place for place in breaks(parts) if place <= most]
    place = good[-1] if good and good[-1] > most // 2 else most
    return "".join(parts[:place]).strip(), "".join(parts[place:]).strip()


def _longest(parts: Sequence[str], face: str, size: int, width: float) -> int:
    """How many clusters from the start stay within the width, at least one."""
    low, high = 1, len(parts)
    while low < high:
        middle = (low + high + 1) // 2
        if ink.width("".join(parts[:middle]), face, size) <= width:
            low = middle
        else:
            high = middle - 1
    return low


def cut(text: str, face: str, size: int, width: int) -> str:
    """The text, or as much of its start as stays within the width with an ellipsis."""
    if ink.width(text, face, size) <= width:
        return text
    parts = glyphs.clusters(text)
    room = width - ink.width(ELLIPSIS, face, size) - 1
    return "".join(parts[: _longest(parts, face, size, room)]).rstrip() + ELLIPSIS
