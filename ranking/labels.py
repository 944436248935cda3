"""A first label for a rank, taken from what its creator wrote."""

import unicodedata

import regex

MAX_WIDTH = 22  # columns; a Hangul or CJK letter takes two, and a board row of 1080 pixels shows about so many
NOISE = regex.compile(r"https?://\S+|[#＃]\S+|@[\w.]+", regex.IGNORECASE)
SENTENCE_END = regex.compile(r"(?<=[.!?。！？…])\s|\n|\s[|·]\s")


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def suggest_label(caption: str) -> str:
    """Return the caption's first words without hashtags, handles and links, or "" when nothing is left."""
    plain = " ".join(NOISE.sub(" ", caption).split(" "))
    first = next((part.strip() for part in SENTENCE_END.split(plain) if part.strip()), "")
    label = ""
    for word in first.split():
        longer = f"{label} {word}".strip()
        if width(longer) > MAX_WIDTH and label:
            return label
        label = longer
    return label if width(label) <= MAX_WIDTH else _cut(label)


def _cut(text: str) -> str:
    """Return as many whole letters as fit."""
    kept = ""
    for cluster in regex.findall(r"\X", text):
        if width(kept + cluster) > MAX_WIDTH:
            break
        kept += cluster
    return kept
