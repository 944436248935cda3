"""Counts, times and lengths as strangers write them: 123, "123", 1.0, "1.2M", "3.4만", "12,3 тыс", "1 234"."""

import math
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from scraping.providers.base import count_or_none, moment_or_none

# What a unit multiplies by, in the languages of TikTok's and YouTube's pages.
_THOUSANDS = "k tsd тыс mil rb 천 千 ألف พัน tys bin"
_MILLIONS = "m mi mio mln млн jt tr 백만 百万 百萬 مليون ล้าน mn million millions"
_BILLIONS = "b bn g mrd млрд mld 십억 十亿 مليار milyar billion billions"
_MYRIADS = "만 万 萬 หมื่น"
_HUNDRED_MILLIONS = "억 億 亿"
UNITS = {
    unit: times
    for units, times in (
        (_THOUSANDS, 10**3),
        (_MYRIADS, 10**4),
        ("lakh lac แสน", 10**5),
        (_MILLIONS, 10**6),
        ("cr crore", 10**7),
        (_HUNDRED_MILLIONS, 10**8),
        (_BILLIONS, 10**9),
    )
    for unit in units.split()
}
MARKS = {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'", "\u066b": ".", "\u066c": ","}
_BEFORE = re.compile(r"^(?:조회수|재생|좋아요|再生回数|播放量?|views?|plays?|likes?)\s*:?\s*")
_AFTER = re.compile(r"\s*(?:views?|plays?|likes?|shares?|comments?|회|개|명|次|回|回再生|次播放|просмотр\w*)?[\s+.]*$")
_NUMBER = re.compile(r"(?P<digits>\d[\d.,' ]*)\s*(?P<unit>[^\W\d_]*)")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?e\+?\d{1,2}")
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{2,3})*(?:[.,' ]\d{3})")


def count(value: object) -> tuple[int | None, bool]:
    """A count and whether it was written rounded ("1.2M"); None where the value is no count or reads in two ways."""
    if not isinstance(value, str):
        return count_or_none(value), False
    text = "".join(_plain(letter) for letter in unicodedata.normalize("NFKC", value[:60])).strip().casefold()
    text = " ".join(text.split())
    if _SCIENTIFIC.fullmatch(text):  # what a spreadsheet makes of a large number
        return count_or_none(float(text.replace(",", "."))), True
    match = _NUMBER.fullmatch(_AFTER.sub("", _BEFORE.sub("", text)))
    if not match:
        return None, False
    digits, unit = match["digits"].strip(), match["unit"]
    if not unit:
        return _whole(digits), False
    number = _decimal(digits) if unit in UNITS else None
    return (None, False) if number is None else (count_or_none(round(number * UNITS[unit])), True)


def counts(**values: object) -> dict[str, Any]:
    """Each count by its name, and `rounded` where one of them was written so."""
    read = {name: count(value) for name, value in values.items()}
    return {name: number for name, (number, _) in read.items()} | {"rounded": any(r for _, r in read.values())}


def best(*values: object) -> object:
    """The first value that is a count; the sources give some counts twice, and the exact one first."""
    return next((value for value in values if count(value)[0] is not None), None)


def seconds(value: object) -> float | None:
    """A length in seconds, from a number, digits or "1:02"; 0 and nonsense are None."""
    if isinstance(value, str) and (match := re.fullmatch(r"(?:(\d{1,2}):)?(\d{1,2}):(\d\d)", value.strip())):
        hours, minutes, rest = (int(part or 0) for part in match.groups())
        return float(hours * 3600 + minutes * 60 + rest) or None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        length = float(value)
    except (ValueError, OverflowError):
        return None
    return length if math.isfinite(length) and 0 < length <= 86_400 else None


def moment(value: object) -> datetime | None:
    """A time in UTC, from Unix seconds or milliseconds, 20240131 or ISO 8601; one without a zone is taken as UTC."""
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and re.fullmatch(r"\d+\.0", text):
        text = text[:-2]
    if re.fullmatch(r"20\d{6}", str(text)):  # as Unix time it would be of 1970
        text = str(text)
    elif (known := moment_or_none(text)) or not isinstance(text, str):
        return known
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _plain(letter: str) -> str:
    """A digit of any script as 0 to 9, any space as a space, any apostrophe or Arabic mark as its plain one."""
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    return MARKS.get(letter, letter)


def _whole(digits: str) -> int | None:
    """A count written out, in groups or with a spreadsheet's .0; a true fraction is no count."""
    if digits.isdigit():
        return count_or_none(digits)
    if re.fullmatch(r"\d+[.,]0", digits):
        return count_or_none(digits[:-2])
    return count_or_none(re.sub(r"\D", "", digits)) if _GROUPED.fullmatch(digits) else None


def _decimal(digits: str) -> float | None:
    """The number before a unit: the last mark parts the fraction. 1,234 before a unit could be either, so is None."""
    marks = [mark for mark in ".," if mark in digits]
    plain = digits.replace(" ", "").replace("'", "")
    if len(marks) == 2:
        last = max(marks, key=plain.rfind)
        plain = plain.replace(marks[0] if last == marks[1] else marks[1], "")
    if plain.count(",") + plain.count(".") > 1 or re.fullmatch(r"\d+,\d{3}", plain):
        return None
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None
