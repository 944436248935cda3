"""What a source says of a post's sound: its own, or a named piece of music that somebody may claim."""

from collections.abc import Mapping
from typing import Any

from scraping.providers.base import clean_text

# How TikTok titles the sound of a post itself, in the languages of its pages. (Recorded answers; a title alone is all
# that some sources give.)
ORIGINAL = (
    *("original sound", "오리지널 사운드", "원본 사운드", "オリジナル楽曲", "オリジナル音源", "原聲", "原声"),
    *("sonido original", "son original", "som original", "suono originale", "originalton", "оригинальный звук"),
    *("nhạc nền", "suara asli", "เสียงต้นฉบับ", "orijinal ses", "الصوت الأصلي"),
)
LETTERS = 200


def music_of(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return {title, author, original} from a post's extra (music_title, music_author, music_original); {} unknown.

    `original` is what the source says, else told by the title, as "1" or "0" or a bool in `music_original`.
    """
    title = clean_text(extra.get("music_title"))[:LETTERS]
    author = clean_text(extra.get("music_author"))[:LETTERS]
    said = extra.get("music_original")
    if said in (None, ""):
        if not title:
            return {}
        original = title.casefold().startswith(ORIGINAL)
    else:
        original = str(said).lower() in ("1", "true")
    return {"title": title, "author": author, "original": original}
