"""Which font draws what: cleaned text is cut into grapheme clusters, each drawn by the first font that has it."""

import unicodedata
from functools import lru_cache
from itertools import islice
from pathlib import Path

import regex
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parent / "fonts"
EMOJI = "NotoColorEmoji"
CJK = "NotoSansCJKkr-Bold"
CHAIN = (
    "NotoSans-Bold",
    CJK,
    "NotoSansArabic-Bold",
    "NotoSansThai-Bold",
    "NotoSansHebrew-Bold",
    "NotoSansDevanagari-Bold",
    "NotoSansBengali-Bold",
    "NotoSansTamil-Bold",
    "NotoSansTelugu-Bold",
    "NotoSansGujarati-Bold",
    "NotoSansGurmukhi-Bold",
    "NotoSansKannada-Bold",
    "NotoSansMalayalam-Bold",
    "NotoSansOriya-Bold",
    "NotoSansSinhala-Bold",
    "NotoSansMyanmar-Bold",
    "NotoSansKhmer-Bold",
    "NotoSansLao-Bold",
    "NotoSansEthiopic-Bold",
    "NotoSansGeorgian-Bold",
    "NotoSansArmenian-Bold",
    "NotoSerifTibetan-Bold",
    "NotoSansCherokee-Bold",
    "NotoSansCanadianAboriginal-Bold",
    "NotoSansAdlam-Bold",
    "NotoSansJavanese-Bold",
    "NotoSansThaana-Bold",
    "NotoSansMongolian-Regular",
    "NotoSansNKo-Regular",
    "NotoSansSyriac-Regular",
    "NotoSansTifinagh-Regular",
    "NotoSansSymbols-Bold",
    "NotoSansSymbols2-Regular",
    "NotoSansMath-Regular",
)
# A display face has few of the 11,172 Hangul syllables: the weight that stands in for the others within a word.
KIN = {
    "BlackHanSans": "Pretendard-Black",
    "BagelFatOne": "Pretendard-Black",
    "DoHyeon": "Pretendard-Bold",
    "Jua": "Pretendard-Bold",
    "Galmuri11-Bold": "Pretendard-Black",
}
TEXT_FACES = ("Pretendard-Black", "Pretendard-ExtraBold", "Pretendard-Bold", *KIN)  # those that a style may name
REPLACEMENT = "•"  # drawn for what no font has: a dot is quieter than an empty box
MAX_CHARACTERS = 4000  # of one text: far more than any line holds, few enough to be read at once
MAX_CLUSTERS = 400
MAX_CLUSTER = 16  # code points: the longest emoji, a family of four with skin tones, has 11
MAX_MARKS = 2  # free combining marks on one base: more is "zalgo" and would climb out of its row

_KEPT_CONTROLS = regex.compile(r"[\u200C\u200D\u0600-\u0605\u06DD\u070F\u08E2\U000E0020-\U000E007F]")
_DROPPED = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}]")
_SPACE = regex.compile(r"[\s\u2800\u115F\u1160\u3164\uFFA0]+")  # with the letters that only look like a space
_FREE_MARK = regex.compile(r"[\p{Mn}\p{Me}&&\p{Script=Inherited}]", regex.V1)
_IGNORABLE = regex.compile(r"[\u200C\u200D\uFE00-\uFE0F\U000E0020-\U000E007F\U000E0100-\U000E01EF]")
_EMOJI = regex.compile(
    r"\p{Emoji_Presentation}|\p{Extended_Pictographic}(\uFE0F|\u200D)|^[0-9#*]\uFE0F?\u20E3|\p{Regional_Indicator}{2}"
)
_PICTURE = regex.compile(r"\p{Extended_Pictographic}")
_JAPANESE_OR_CHINESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303F\u30FB\u30FC\uFF00-\uFFEF]")


def clean(text: str) -> str:
    """The text in NFC on one line: control and direction characters gone, runs of white space one space."""
    text = unicodedata.normalize("NFC", text[:MAX_CHARACTERS])
    text = _SPACE.sub(" ", text)
    text = _DROPPED.sub(lambda found: found[0] if _KEPT_CONTROLS.match(found[0]) else "", text)
    return text.strip()


@lru_cache(maxsize=512)
def clusters(text: str) -> tuple[str, ...]:
    """The first MAX_CLUSTERS grapheme clusters of a cleaned text, each with its marks capped."""
    return tuple(_capped(found[0]) for found in islice(regex.finditer(r"\X", text), MAX_CLUSTERS))


def _capped(cluster: str) -> str:
    """The cluster with at most MAX_MARKS free marks, each once, and MAX_CLUSTER code points."""
    if len(cluster) <= MAX_MARKS + 1:
        return cluster
    kept, marks = "", set()
    for character in cluster:
        free = bool(_FREE_MARK.match(character)) and not _IGNORABLE.match(character) and character != "\u20e3"
        if free and (character in marks or len(marks) == MAX_MARKS):
            continue
        kept += character
        if free:
            marks.add(character)
    return kept[:MAX_CLUSTER].rstrip("\u200d")


@lru_cache(maxsize=64)
def path(face: str) -> Path:
    """The file of a face in rendering/fonts."""
    return next(file for file in (FOLDER / f"{face}.otf", FOLDER / f"{face}.ttf") if file.is_file())


@lru_cache(maxsize=64)
def coverage(face: str) -> frozenset[int]:
    """The code points that a face has a glyph for."""
    with TTFont(path(face), lazy=True) as font:
        # Numbers for names: reading the names of 65,535 glyphs takes a quarter of a second, and nobody asks for them.
        font.setGlyphOrder(range(font["maxp"].numGlyphs))
        return frozenset(font.getBestCmap())


def has(face: str, cluster: str) -> bool:
    """Whether a face has every code point of the cluster that must be seen."""
    needed = {ord(character) for character in _IGNORABLE.sub("", cluster)}
    return bool(needed) and needed <= coverage(face)


def is_emoji(cluster: str) -> bool:
    """Whether the cluster is to be drawn as one colour picture."""
    return "\ufe0e" not in cluster and bool(_EMOJI.search(cluster)) and has(EMOJI, cluster)


@lru_cache(maxsize=8192)
def choose(cluster: str, first: str) -> tuple[str, str] | None:
    """The face, after the style's own `first`, and the text that draws this cluster; None when no font has it."""
    if is_emoji(cluster):
        return EMOJI, cluster
    chain = (KIN[first], *CHAIN) if first in KIN else CHAIN
    order = (CJK, first, *chain) if _JAPANESE_OR_CHINESE.match(cluster) else (first, *chain)
    if _PICTURE.match(cluster) and not has(first, cluster) and has(EMOJI, cluster):
        return EMOJI, cluster
    forms = (cluster, unicodedata.normalize("NFKC", cluster), cluster[:1])  # whole; a plainer twin; without its marks
    for form in forms:
        for face in order:
            if has(face, form):
                return face, form
    return None


def missing(text: str, first: str = "Pretendard-Bold") -> list[str]:
    """The clusters of the text that no font can draw, each once, in their order."""
    found = (cluster for cluster in clusters(clean(text)) if cluster != " " and choose(cluster, first) is None)
    return list(dict.fromkeys(found))
