"""Hashtags of a film: what was looked for, what several of its videos have, whole words of its title, its channel."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import regex

from ranking.models import fold
from ranking.phrases import HANGUL, ends_well
from rendering.plan import Plan

MOST = 5  # Instagram takes no more since 2025, and the others heed few
SHARED = 2  # videos that must have a hashtag before the film has it
LONGEST = 30  # letters
HASHTAG = regex.compile(r"[#＃]([\p{L}\p{M}\p{N}_]+)")
WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
JOINED = regex.compile(r"[\p{L}\p{M}\p{N}_]+(?:['’-][\p{L}\p{M}\p{N}_]+)*['’]?")  # don't, k-pop
PLAIN = regex.compile(r"[\uFE0F\u20E3]")  # that make a picture of a digit
LETTER = regex.compile(r"[\p{L}--[ㄱ-ㅎㅏ-ㅣ]]", regex.V1)  # ㅋㅋ and ㅠㅠ are no words
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
COUNT = regex.compile(r"(top|best)\s*\d*|\d+|\d+(위|선|개|가지)")
RANKING = {"ko": "랭킹", "en": "ranking"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# They say nothing of a video, only that it wants to be shown.
BAIT = _words(
    """fyp fypシ fypage fy foryou foryoupage foru fürdich viral viralvideo viraltiktok trend trending tiktok tiktokviral
    xyzbca parati capcut duet stitch 추천 추천떠라 추천좀 추천추천 추천떠 맞팔 좋반 선팔 틱톡 틱톡추천 shorts reels reel
    쇼츠 릴스 fyppp おすすめ おすすめのりたい 運営さん大好き"""
)
# Korean forms of verbs and adjectives that want a noun after them, and ends of sentences, by their last syllable.
KO_MODIFIER = regex.compile(
    r".(는|은|운|한|된|긴|진|던|할|될|을|했던|없는|있는|게|지|고|서|면|까|요|다|냐|니|네|죠|라)$"
)
KO_NOUNS = _words(  # that only look so
    """강아지 송아지 망아지 돼지 아버지 할아버지 편지 바지 반지 먼지 휴지 잡지 오렌지 소시지 이미지 메시지 마사지
    페이지 스테이지 에너지 토지 복지 성지 광고 최고 사고 창고 경고 중고 냉장고 망고 로고 독서 문서 순서 비서
    도서 정서 질서 화면 장면 라면 냉면 짜장면 가면 수면 표면 반면 가게 꽃게 대게 무게 휴게 가요 동요 필요 민요
    바다 판다 수다 사이다 캐나다 베란다 소다 사진 지진 매진 직진 행운 기운 여운 북한 무한 제한 권한 언니 주머니
    어머니 할머니 동네 나라 우리나라 카메라 콜라 드라마 고릴라 오페라 학교 가을 마을 노을 고을 개울 역할 원숭이
    호랑이 멍멍이 댕댕이 야옹이 꼬맹이 개구쟁이 거북이 다람쥐 고슴도치 물놀이 불꽃놀이 챌린지 심장 친구 노래
    음식 여행 영화 사람 눈물 웃음 동물 축구 댄스 요리 아기"""
)
KO_BARE = regex.compile(r"(?<=..)(의|에서|에게|한테|(?<=[가-힣])[을를])$")  # what never ends a noun of three syllables
KO_LONG = ("에서", "에게", "으로", "이랑", "하고", "한테", "부터", "까지", "처럼", "보다")
KO_ENDS = (*KO_LONG, *"은는이가을를의에와과로랑도만들")
KO_WEAK = _words("이거 이건 그거 그건 저거 이것 모음 모음집 영상 쇼츠 랭킹 순위 레전드급 베스트 진짜")
EN_WEAK = _words(
    """make makes made making get gets got see watch ever never out up down off one ones two three best top most need
    want wanna gonna go goes going come let lets know think believe like liked you're new old ranking ranked video
    videos moment compilation part full official bye hi hello please oh wow omg lol"""
)


def hashtags(plan: Plan, ledger: Sequence[dict[str, Any]], language: str, channel: str = "") -> list[str]:
    """Return at most MOST hashtags, the most telling first, none of them a piece of a word.

    What was looked for, what several clips have, nouns of the title, the channel, then what the film is.
    """
    counted = Counter(tag for row in ledger for tag in {*_tags(row["caption"] or "")} - BAIT)
    shared = [tag for tag, count in sorted(counted.items(), key=lambda item: (-item[1], item[0])) if count >= SHARED]
    own, room = [tag for tag in (_joined(channel),) if _fits(tag)], MOST - 2
    title = " ".join(plan.title)
    found = dict.fromkeys([_keyword(plan.title), *shared[:room], *_tags(title), *_nouns(title, counted.keys())])
    kept = [tag for tag in found if _fits(tag) and tag not in own][: room - len(own)]
    return [f"#{tag}" for tag in dict.fromkeys([*kept, *own, RANKING[language], f"TOP{len(plan.clips)}"])]


def _tags(caption: str) -> list[str]:
    return [fold(tag) for tag in HASHTAG.findall(caption)]


def _fits(tag: str) -> bool:
    return bool(LETTER.search(tag)) and len(tag) <= LONGEST


def _joined(text: str) -> str:
    """Return a name of few words as the one word that a hashtag is; what is no letter falls out."""
    return "".join(WORD.findall(PLAIN.sub("", fold(text))))


def _keyword(title: Sequence[str]) -> str:
    """Return what was looked for, where the title is the default one: a word or two, and how many."""
    if len(title) != 2 or not COUNT.fullmatch(fold(title[1])) or len(title[0].split()) > 2:
        return ""
    words = _nouns(title[0], ())
    return _joined(title[0]) if len(words) == len(title[0].split()) or len(title[0].split()) == 1 else ""


def _nouns(title: str, known: Collection[str]) -> list[str]:
    """Return the words of a title that can stand alone, without particles; `known` ones are hashtags of the clips."""
    found = []
    for written in PLAIN.sub("", fold(title)).split():
        for word in JOINED.findall(written):
            bare = _bare(regex.sub(r"['’](s$|$)", "", word).replace("-", ""), known)
            found += [bare] if bare else []
    return found


def _bare(word: str, known: Collection[str]) -> str:
    """Return a word without its particle; "" for one that says nothing alone, or whose end nobody can tell."""
    if word in KO_NOUNS or (word in known and word not in BAIT):
        return word
    stems = [word[: -len(end)] for end in KO_ENDS if word.endswith(end)]
    if stem := next((stem for stem in stems if stem in KO_NOUNS or (stem in known and stem not in BAIT)), ""):
        return stem
    if not LETTER.search(word) or "'" in word or "’" in word or COUNT.fullmatch(word):
        return ""
    if UNSPACED.search(word):  # a sentence as a rule, and cut where the title's second line begins
        return ""
    if HANGUL.search(word):
        return _korean(word)
    return word if len(word) > 2 and ends_well(word) and word not in EN_WEAK else ""


def _korean(word: str) -> str:
    word = KO_BARE.sub("", word)
    plain = len(word) > 1 and ends_well(word) and not KO_MODIFIER.search(word)
    return word if plain and word not in KO_WEAK else ""
