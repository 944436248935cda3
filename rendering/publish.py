"""The words to publish a film with, in Korean and English: title, description, hashtags, credits.

They are made of the film's own words and of what was known of its videos when it was asked for; nothing is invented.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import regex
from django.utils import translation

from ranking.templatetags.studio import human_count
from rendering.hashtags import hashtags
from rendering.ledger import rows, signs_of
from rendering.models import Render
from rendering.plan import Plan

LANGUAGES = {"ko": "한국어", "en": "English"}
WORDS = {
    "ko": {"rank": "{n}위", "credits": "출처", "plays": "조회수 {count}", "music": "음악: {name}"},
    "en": {"rank": "#{n}", "credits": "Credits", "plays": "{count} plays", "music": "Music: {name}"},
}
TOP = regex.compile(r"\b(top|best)\s*\d+|\d+\s*(위|선|가지)", regex.IGNORECASE)
# What is left out first where a text is too long for its place.
PARTS = ("numbers", "links", "reasons", "labels")


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _bytes(text: str) -> int:
    return len(text.encode())


@dataclass(frozen=True)
class Place:
    """Where a film is published: what its text may hold as `measure` counts; 0 for a title where there is none."""

    name: str
    label: str
    title: int
    body: int
    measure: Callable[[str], int]
    refused: str = ""  # letters that it takes in no text


# YouTube Data API, `videos` resource: snippet.title 100 characters, snippet.description 5000 bytes, < and > refused.
# TikTok for Developers, Content Posting API, Direct Post: post_info.title (the caption) 2200 in UTF-16.
# Instagram Platform, IG User Media: caption 2200 characters. Characters are counted in UTF-16, which is never too few.
PLACES = {
    place.name: place
    for place in (
        Place("youtube", "YouTube", 100, 5000, _bytes, "<>"),
        Place("tiktok", "TikTok", 0, 2200, _utf16),
        Place("instagram", "Instagram", 0, 2200, _utf16),
    )
}
PLACE_OF = {"shorts": "youtube", "tiktok": "tiktok", "reels": "instagram", "free": "youtube"}  # by target


@dataclass(frozen=True)
class Words:
    """What to paste: `body` is the description, or the caption where there is no title; it ends with the hashtags.

    `left_out` names the PARTS that found no room.
    """

    title: str
    body: str
    hashtags: str
    credits: str
    left_out: tuple[str, ...] = ()


def words_of(render: Render, place_name: str, language: str) -> Words:
    """Return the words of a film for a place of PLACES in a language of LANGUAGES. Raises KeyError for another one."""
    place, plan, ledger = PLACES[place_name], Plan.from_json(render.plan), rows(render)
    played = [next(row for row in ledger if row["rank"] == rank) for rank in plan.order]
    channel = render.project.channel
    heading, music = channel.credit if channel else "", _music_of(render, plan)
    title, tags = title_of(plan), " ".join(hashtags(plan, ledger, language, channel.name if channel else ""))
    for count in range(len(PARTS) + 1):
        left_out = PARTS[:count]
        blocks = ["" if place.title else title, _ranks(played, left_out, language)]
        blocks += [credits_of(played, language, left_out, heading, music), tags]
        body = _allowed("\n\n".join(block for block in blocks if block), place)
        if place.measure(body) <= place.body:
            break
    else:
        body = _cut(body, place.body, place.measure)
    whole = credits_of(played, language, heading=heading, music=music)
    return Words(_cut(_allowed(title, place), place.title or 100, _utf16), body, tags, whole, left_out)


def brief(render: Render, language: str | None) -> dict[str, Any]:
    """Return title, body and hashtags for the place that a film was made for, and how many of the four signs it has."""
    place = PLACE_OF.get(render.plan["target"], "youtube")
    words = words_of(render, place, "ko" if (language or "").startswith("ko") else "en")
    there = sum(sign.there for sign in signs_of(render, rows(render)))
    return {"place": place, "title": words.title, "body": words.body, "hashtags": words.hashtags, "signs": there}


def title_of(plan: Plan) -> str:
    """Return the film's title in one line, with TOP N where it does not say how many there are."""
    return with_count(" ".join(" ".join(plan.title).split()), len(plan.clips))


def with_count(title: str, count: int) -> str:
    """Return a title with TOP N behind it, unless it says already how many there are."""
    return title if TOP.search(title) else f"{title} TOP {count}".strip()


def credits_of(
    played: Sequence[dict[str, Any]], language: str, left_out: Sequence[str] = (), heading: str = "", music: str = ""
) -> str:
    """Return a line for each clip that came from somebody, in the order of playing, and one for the music.

    "" where nobody is to be named.
    """
    lines = [_credit(row, language, left_out) for row in played if row["author"] or row["url"]]
    lines += [WORDS[language]["music"].format(name=music)] if music else []
    return "\n".join([heading or WORDS[language]["credits"], *lines]) if lines else ""


def _credit(row: dict[str, Any], language: str, left_out: Sequence[str]) -> str:
    words = [WORDS[language]["rank"].format(n=row["rank"])]
    words.append(f"@{row['author']}" if row["author"] else row["author_name"] or "")
    if "numbers" not in left_out and row["plays"] is not None:
        with translation.override(language):
            plays = WORDS[language]["plays"].format(count=human_count(row["plays"]))
        words.append(f"({plays}, {row['fetched_at'][:10]})" if row["fetched_at"] else f"({plays})")
    if "links" not in left_out:
        words.append(row["url"] or "")
    return " ".join(word for word in words if word)


def _music_of(render: Render, plan: Plan) -> str:
    """Return whom to name for the music of a film, as its owner says it now; "" for nobody."""
    track = render.owner.tracks.filter(sha256=plan.bed.track).first() if plan.bed and render.owner else None
    return track.credit if track else ""


def _ranks(played: Sequence[dict[str, Any]], left_out: Sequence[str], language: str) -> str:
    """Return a line for each rank, in the order of playing, "" where none has a label or a reason.

    One without either among others is told by its maker, so that no number is missing in a list of five.
    """
    said = {} if "labels" in left_out else {row["rank"]: _said(row, left_out) for row in played}
    if not any(said.values()):
        return ""
    makers = {row["rank"]: f"@{row['author']}" if row["author"] else row["author_name"] or "…" for row in played}
    return "\n".join(f"{WORDS[language]['rank'].format(n=n)} {words or makers[n]}" for n, words in said.items())


def _said(row: dict[str, Any], left_out: Sequence[str]) -> str:
    """Return the label and the reason of a rank; the label alone where the reason names it."""
    reason = "" if "reasons" in left_out else " ".join(row["reason"].split())
    label = " ".join((row["label"] or "").split())
    words = [label] if label and label.casefold() not in reason.casefold() else []
    return " – ".join([*words, reason] if reason else words)


def _allowed(text: str, place: Place) -> str:
    """Return a text in which letters that a place refuses are their look-alikes."""
    for letter in place.refused:
        text = text.replace(letter, {"<": "‹", ">": "›"}[letter])
    return text


def _cut(text: str, most: int, measure: Callable[[str], int]) -> str:
    """Return as many whole letters of a text as there is room for, and … where some are missing."""
    if measure(text) <= most:
        return text
    room, kept = most - measure("…"), []
    for letter in regex.findall(r"\X", text):
        room -= measure(letter)
        if room < 0:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…"
