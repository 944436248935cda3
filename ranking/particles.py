"""Korean particles that fit the word before them: 은/는, 이/가, 을/를, 와/과, (으)로 and their like.

Which of two forms stands depends on the last sound of the word as a Korean reads it: Hangul by its letters, numbers by
their Korean names, Latin words about as loanwords are written (after the rules of the National Institute of Korean
Language, with their habits rather than their exceptions). Where a reading is not known, both forms are written: 은(는).
"""

from typing import Any

import regex

VOWEL, RIEUL, OTHER = "", "ㄹ", "ㅇ"  # the sounds that a word may end with, as far as a particle asks
FORMS = {  # after a consonant, after a vowel, and where nobody knows
    "은/는": ("은", "는", "은(는)"),
    "이/가": ("이", "가", "이(가)"),
    "을/를": ("을", "를", "을(를)"),
    "와/과": ("과", "와", "와(과)"),
    "이랑/랑": ("이랑", "랑", "(이)랑"),
    "이나/나": ("이나", "나", "(이)나"),
    "이에요/예요": ("이에요", "예요", "이에요(예요)"),
    "(으)로": ("으로", "로", "(으)로"),
}
ALIASES = {"는/은": "은/는", "가/이": "이/가", "를/을": "을/를", "과/와": "와/과", "으로/로": "(으)로"}
PART = regex.compile(r"\{([^{}]*)\}")

# What is not read: marks, emoji, quotes, and laughter after a word; a bracket after a word is passed over with them.
UNREAD = regex.compile(r"(?:[^\p{L}\p{N}%&+℃°₩$€¥#]|(?<=[가-힣].*)[ㅋㅎㅠㅜㄷ]+)+$")
BRACKET = regex.compile(r"(?<=\S)\s*[(\[（【〈《「『][^()\[\]（）【】〈〉《》「」『』]*[)\]）】〉》」』]$")
SYMBOLS = {"%": VOWEL, "&": VOWEL, "+": VOWEL, "℃": VOWEL, "°": VOWEL, "₩": OTHER, "$": VOWEL, "€": VOWEL, "¥": OTHER}
SYMBOLS |= {"#": OTHER}  # 퍼센트 앤드 플러스 도 도 원 달러 유로 엔 샵
DIGITS = {"0": OTHER, "1": RIEUL, "3": OTHER, "6": OTHER, "7": RIEUL, "8": RIEUL}  # 영 일 삼 육 칠 팔; others: vowels
LETTERS = {"l": RIEUL, "m": OTHER, "n": OTHER, "r": RIEUL}  # 엘 엠 엔 알; the names of the others end in vowels
UNITS = {"kg": OTHER, "mg": OTHER, "g": OTHER, "km": VOWEL, "cm": VOWEL, "mm": VOWEL, "m": VOWEL, "l": VOWEL}
UNITS |= {"ml": VOWEL, "gb": VOWEL, "mb": VOWEL, "fps": VOWEL, "k": VOWEL, "s": VOWEL}  # after a number
SYLLABLE = regex.compile(r"[^aeiou]+[aeiou][^aeiou]+")  # TOP, BEST: read as a word even in capitals
# English endings, the first that fits; what none fits ends in a vowel of Korean: 스, 트, 드, 시, 어...
ENGLISH = (
    (regex.compile(r"^(the|he|she|me|we|be|recipe|anime|vip|finale)$"), VOWEL),
    (regex.compile(r"[aeiouy]le$|[^aeiouy]le$|l+$"), RIEUL),  # 스마일, 애플, 풀
    (regex.compile(r"(m|mb|lm|n|gn|ng|[aeiouy]me|[aeiouy]ne)$"), OTHER),  # 팀, 콤, 필름, 펜, 사인, 송, 게임, 라인
    (regex.compile(r"(^|[^aeiou])[aeiou](p|ck|[bk]|t)$"), OTHER),  # 톱, 록, 웹, 틱톡, 캣: one short vowel before it
    (regex.compile(r"(oo|ou)(k|p)$|[aeiou]c$|[aeiou]{2}p$|^bag$"), OTHER),  # 북, 그룹, 매직, 슬립, 백
)


def particle(word: str, pair: str) -> str:
    """Return the form of a particle, named as "은/는" or "(으)로", that stands after this word.

    Both forms where the word cannot be read. Raises KeyError for a pair that is not known.
    """
    after_consonant, after_vowel, unknown = FORMS[ALIASES.get(pair, pair)]
    sound = last_sound(word)
    if sound is None:
        return unknown
    plain = sound == VOWEL or (sound == RIEUL and after_consonant == "으로")
    return after_vowel if plain else after_consonant


def fill(template: str, **values: Any) -> str:
    """Return a template with its {names} put in, and after them the right form of each {은/는}.

    A value is put in as it is, whatever it holds. Raises KeyError for a name or a particle that is not known.
    """
    text, at = "", 0
    for part in PART.finditer(template):
        text += template[at : part.start()]
        known = ALIASES.get(part[1], part[1]) in FORMS
        text += particle(text, part[1]) if known else str(values[part[1]])
        at = part.end()
    return text + template[at:]


def last_sound(word: str) -> str | None:
    """Return VOWEL, RIEUL or OTHER for the sound that a word ends with in Korean, None where it cannot be read."""
    word = UNREAD.sub("", BRACKET.sub("", UNREAD.sub("", word) + _closing(word)))[-60:]
    if not word:
        return None
    last = word[-1]
    if "가" <= last <= "힣":
        return _final((ord(last) - ord("가")) % 28)
    if last in SYMBOLS:
        return SYMBOLS[last]
    if last.isascii() and last.isdigit():
        return _number(regex.search(r"[\d,]*\.?[\d,]*$", word)[0])
    if latin := regex.search(r"\p{Latin}+$", word):
        return _latin(latin[0], word[: latin.start()])
    if "ㄱ" <= last <= "ㅎ":
        return RIEUL if last == "ㄹ" else OTHER
    if "ㅏ" <= last <= "ㅣ" or regex.match(r"[\p{Hiragana}\p{Katakana}ー]", last):
        return OTHER if last in "んン" else VOWEL
    return None


def _closing(word: str) -> str:
    """Return the bracket that ends a word, so that what it holds is passed over, or nothing."""
    closing = regex.search(r"[)\]）】〉》」』](?=[^\p{L}\p{N}]*$)", word)
    return closing[0] if closing else ""


def _final(number: int) -> str:
    return {0: VOWEL, 8: RIEUL}.get(number, OTHER)


def _number(text: str) -> str:
    """Return the last sound of a number: 10 is 십, 100 백, 10,000 만, 100,000,000 억, 10^12 조; else its last digit."""
    digits = text.replace(",", "")
    zeros = len(digits) - len(digits.rstrip("0"))
    if "." in digits or not zeros or digits[0] == "0":
        return DIGITS.get(digits[-1], VOWEL)
    return VOWEL if 12 <= zeros < 16 else OTHER


def _latin(word: str, before: str) -> str:
    """Return the last sound of a Latin word: a unit after a number, an abbreviation by its letters, else as English."""
    small = word.lower()
    if before.rstrip()[-1:].isdigit() and small in UNITS:
        return UNITS[small]
    letters = word.isupper() and len(word) <= 4 and not SYLLABLE.fullmatch(small)
    if letters or len(word) == 1 or not regex.search(r"[aeiouyà-ÿ]", small):
        return LETTERS.get(small[-1], VOWEL)
    return next((sound for pattern, sound in ENGLISH if pattern.search(small)), VOWEL)
