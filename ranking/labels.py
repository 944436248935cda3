"""A first label for a rank, taken from what its creator wrote."""

import unicodedata
from collections.abc import Collection

import regex

from ranking.phrases import ends_well, first_sentence, phrase

MAX_WIDTH = 30  # columns; a Hangul or CJK letter takes two. A row of the board holds 28 to 33 of them at full size
SHORT = 6  # columns; what is no longer is an exclamation, and the next sentence says more
ENOUGH = 12  # columns; a part of a sentence that is shorter is taken only for want of another
MOST_READ = 1000  # letters of a caption; a label comes from its first sentence

_TONES = r"[\ufe0f\U0001F3FB-\U0001F3FF]*"
_EMOJI = rf"(?:\p{{Extended_Pictographic}}{_TONES}(?:\u200d\p{{Extended_Pictographic}}{_TONES})*|\p{{RI}}{{2}})"
EMOJI = regex.compile(_EMOJI)
# Links, hashtags and handles, and the words that only lead to a handle.
NOISE = regex.compile(
    r"https?://\S+|[#＃]\s?(?:duet|stitch)\b(?:\s+with)?|[#＃][^\s#＃]*"
    r"|(?:\b(?:repl(?:y|ying)\s+to|ib|cr|dc|via|by|with|ft|feat|credit)\b[\s.:]*|الرد\s+على\s+)?"
    r"@[\w.]+(?:\s*님에게\s+(?:회신|답장))?",
    regex.IGNORECASE,
)
EMPTY_BRACKETS = regex.compile(r"[(\[（【][^\p{L}\p{N})\]）】]*[)\]）】]")
ASIDE = regex.compile(r"^\s*[(\[（【][^)\]）】]{1,16}[)\]）】]\s*(?=\S)")  # [ENG], (소리주의)
LAUGHTER = regex.compile(r"\s*[ㅋㅎㅠㅜㄷ]{2,}(?=[^\p{L}\p{N}]*$)")
SENTENCE_END = regex.compile(
    r"(?<=[.!?…~。！？]" + _EMOJI + r"*)(?<!\b(?:vs|dr|mr|mrs|ms|no|feat|ft|ep|vol|pt)\.)\s"
    r"|(?<=[。！？])|\n|\s[|·ㅣ]\s",
    regex.IGNORECASE,
)
# Where a sentence pauses; a comma or colon inside of a number does not.
PAUSE = regex.compile(
    _EMOJI + r"+|(?<!\d)[,:]|[,:](?!\d)|[;、，；：~…]+|\.\.+|\s[-–—]+\s|[–—]"
    r"|(?<=[)\]）】”’」』》]|[\p{L}\p{N}!?.~][\"'])\s|\s(?=[(\[（【“‘「『《])"
    r"|(?<=[\p{Han}\p{Hiragana}\p{Katakana}])\s+(?=[\p{Han}\p{Hiragana}\p{Katakana}])"
)
PAIRS = {"(": ")", "[": "]", "（": "）", "【": "】", "“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "〈": "〉"}
BEFORE = regex.compile(r"^[^\p{L}\p{N}\p{Sc}\p{Ps}\p{Pi}\"']+")
AFTER = regex.compile(r"(?:" + _EMOJI + r"|[^\p{L}\p{M}\p{N}\p{Pe}\p{Pf}%!?！？\"'])+$")


def width(text: str) -> int:
    """Return how many columns a text takes."""
    clusters = regex.findall(r"\X", text)
    return sum(2 if EMOJI.match(one) or unicodedata.east_asian_width(one[0]) in "WF" else 1 for one in clusters)


def suggest_label(caption: str) -> str:
    """Return what a caption says first, in at most MAX_WIDTH columns, or "" where it says nothing.

    Hashtags, handles and links are left out, and a sentence that is too long ends at a pause or with a whole phrase.
    One emoji stays at its end where it fits.
    """
    caption = unicodedata.normalize("NFC", caption[:MOST_READ])
    plain = EMPTY_BRACKETS.sub(" ", NOISE.sub(" ", caption))
    sentences = [ASIDE.sub("", " ".join(part.split())) for part in SENTENCE_END.split(plain) if part]
    said = [sentence for sentence in sentences if regex.search(r"[\p{L}\p{N}]", sentence)]
    if not said:
        return "".join(EMOJI.findall(plain)[:1])
    first = said[0]
    if width(first) <= SHORT and len(said) > 1 and width(f"{first} {said[1]}") <= MAX_WIDTH:
        first = f"{first} {said[1]}"
    for text in (first, first_sentence(first), LAUGHTER.sub("", first)):
        if width(label := _tidy(text)) <= MAX_WIDTH:
            return _with_emoji(label, text)
    return _shortened(first_sentence(first))


def next_label(caption: str, taken: Collection[str]) -> str:
    """Return the first label of a caption that is not taken, reading on behind each that is; "" where none is left."""
    rest, used = caption, {label.strip().casefold() for label in taken}
    while (label := suggest_label(rest)) and label.casefold() in used:
        rest = NOISE.sub(" ", unicodedata.normalize("NFC", rest[:MOST_READ]))
        said = regex.findall(r"[\p{L}\p{M}\p{N}]+", label)
        found = regex.search(r"[^\p{L}\p{N}]+".join(said) + r"[ㅋㅎㅠㅜ]*", rest) if said else None
        rest = rest[found.end() :] if found else ""
    # What stands behind another's label must say something by itself: a bare number does not.
    return label if regex.search(r"\p{L}", label) or label == suggest_label(caption) else ""


def _shortened(sentence: str) -> str:
    """Return as much of a sentence as ends at a pause, else the part between two that fits, else its best phrase."""
    pauses = [pause for pause in PAUSE.finditer(sentence) if _is_pause(sentence, pause)]
    starts, ends = [0, *(pause.end() for pause in pauses)], [*(pause.start() for pause in pauses), len(sentence)]
    beyond = [*(pause.end() for pause in pauses), len(sentence)]  # the emoji of a pause belong to what it follows
    heads = [(sentence[:end], sentence[:after]) for end, after in zip(ends, beyond, strict=True)]
    parts = [(sentence[at:end], sentence[at:after]) for at, end, after in zip(starts, ends, beyond, strict=True)]
    # A part further on is worth it only where the first one says next to nothing.
    others = parts[1:] if width(_tidy(parts[0][0])) < ENOUGH else []
    for text, shown in (*reversed(heads), *others):
        if ENOUGH <= width(label := _tidy(text)) <= MAX_WIDTH:
            return _with_emoji(label, shown)
    text, shown = next((part for part in parts if width(_tidy(part[0])) > SHORT), (sentence, sentence))
    label = _tidy(phrase(_tidy(text), MAX_WIDTH, width))
    return _with_emoji(label, shown) if _tidy(text).endswith(label) else label


def _is_pause(sentence: str, found: regex.Match) -> bool:
    """Return whether a sentence may end there: an emoji or a space also stands in the middle of a phrase."""
    before = sentence[: found.start()].split()
    return bool(before) and (bool(regex.search(r"[,:;、，；：]", found[0])) or ends_well(before[-1]))


def _tidy(text: str) -> str:
    """Return a text without marks and emoji around it, each repeated mark or emoji once, each bracket with its pair."""
    text = regex.sub(_EMOJI + r"(?:\s*" + _EMOJI + ")+", lambda run: EMOJI.match(run[0])[0], text)
    text = regex.sub(r"\s*([!?！？])\1*", r"\1", regex.sub(r"([ㅋㅎㅠㅜ])\1{3,}", r"\1\1\1", text))
    for opening, closing in PAIRS.items():
        if text.count(opening) != text.count(closing):
            text = text.replace(opening, " ").replace(closing, " ")
    return " ".join(AFTER.sub("", BEFORE.sub("", text)).split())


def _with_emoji(label: str, text: str) -> str:
    """Return a label with the first of the emoji at the end of the text, where there are some and it fits."""
    after = regex.search(r"(\s?)[^\p{L}\p{N}]*?(" + _EMOJI + r")[^\p{L}\p{N}]*$", text)
    longer = f"{label}{after[1]}{after[2]}" if after else label
    return longer if width(longer) <= MAX_WIDTH else label
