"""Hashtags of a film: from its title, and those that several of its videos share."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import regex

from ranking.models import fold
from ranking.phrases import ends_well
from rendering.plan import Plan

MOST = 5  # Instagram takes no more since 2025, and the others heed few
SHARED = 2  # videos that must have a hashtag before the film has it
LONGEST = 30  # letters
HASHTAG = regex.compile(r"[#＃]([\p{L}\p{M}\p{N}_]+)")
WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
RANKING = {"ko": "랭킹", "en": "ranking"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# They say nothing of a video, only that it wants to be shown.
BAIT = _words(
    """fyp fypシ fypage fy foryou foryoupage foru fürdich viral viralvideo viraltiktok trend trending tiktok tiktokviral
    xyzbca parati capcut duet stitch 추천 추천떠라 추천좀 추천추천 추천떠 맞팔 좋반 선팔 틱톡 틱톡추천 shorts reels reel
    쇼츠 릴스 fyppp おすすめ おすすめのりたい 運営さん大好き"""
)
# Korean forms of verbs and adjectives that want a noun after them, by their last syllable.
KO_MODIFIER = regex.compile(r".(는|은|운|한|된|인|긴|던|할|될|진|했던|없는|있는|게|지|고|서|면|까|요|다)$")


def hashtags(plan: Plan, ledger: Sequence[dict[str, Any]], language: str) -> list[str]:
    """Return at most MOST hashtags, the most telling first: shared ones, nouns of the title, then what the film is."""
    counted = Counter(tag for row in ledger for tag in {*_tags(row["caption"] or "")} - BAIT)
    shared = [tag for tag, count in sorted(counted.items(), key=lambda item: (-item[1], item[0])) if count >= SHARED]
    found = dict.fromkeys([*shared[: MOST - 2], *_nouns(" ".join(plan.title))])
    kept = [tag for tag in found if len(tag) <= LONGEST and not tag.isdecimal()][: MOST - 2]
    return [f"#{tag}" for tag in dict.fromkeys([*kept, RANKING[language], f"TOP{len(plan.clips)}"])]


def _tags(caption: str) -> list[str]:
    return [fold(tag) for tag in HASHTAG.findall(caption)]


def _nouns(title: str) -> list[str]:
    """Return the words of a title that can stand alone; TOP and numbers are no such words."""
    words = [
        word for word in WORD.findall(fold(title)) if not regex.fullmatch(r"top\d*|best|\d+|\d+(위|선|개|가지)", word)
    ]
    return [word for word in words if len(word) > 1 and ends_well(word) and not KO_MODIFIER.search(word)]
