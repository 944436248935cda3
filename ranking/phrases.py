"""Where a phrase may begin and end when a sentence is too long to be shown whole, by the habits of its language.

Korean and Japanese put what a phrase is about last, so the end of a sentence says more than its beginning; all others
are cut from the end. The lists hold what captions are full of; a word that is in none may stand anywhere.
"""

import unicodedata
from collections.abc import Callable, Sequence

import regex

LEAST_SHARE = 0.4  # of a sentence: an end that is less of it is about something else
HANGUL = regex.compile(r"\p{Hangul}")
KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- Korean ---------------------------------------------------------------------------------------------------------
PAST = f"(?:없|[{''.join(chr(ord('갔') + 28 * step) for step in range(399))}])"  # any syllable that ends in ㅆ, and 없
# Most captions have no full stop: what ends a sentence, and what is said to the viewer after it.
KO_SENTENCE = regex.compile(
    rf"(니다|[어아해여져워와려줘봐세네데까에예구]요|죠|{PAST}[다음]|(아니|한|된|는)다|[ㅋㅎㅠㅜ]{{2,}})[!?~.…]*$"
)
KO_APPEAL = regex.compile(
    r"\s+(공감하면\s?좋아요|((구독|좋아요|팔로우)\S*\s)+(눌러|부탁|해\s?주|꾹)\S*|끝까지\s(봐|보)\S*)(?=[^\p{L}\p{N}]*$)"
)
KO_PARTICLE = regex.compile(
    r".(은|는|이|가|을|를|의|에|에서|에게|와|과|로|으로|랑|이랑|하고|한테|께|부터|까지|처럼|보다|마다|만|도|던|한|할|된|될"
    rf"|{PAST}을|싶을|[같많좋싶작]은)$"
)
KO_ARGUMENT = regex.compile(r".([을를이가에]|에서|에게|한테|으로|[^도]로)$")  # of the verb that comes next
KO_WHOLE = _words(  # nouns that only look as if they had a particle
    """고양이 아이 나이 놀이 먹이 어린이 종이 차이 사이 떡볶이 오이 목걸이 귀걸이 작가 휴가 아가 사랑 신랑 마을 가을
    노을 효과 결과 사과 속도 정도 온도 제주도 독도 포도 파도 태도 지도 회의 주의 강의 대만 낭만 도로 북한 무한 역할"""
)
KO_LEADING = _words(  # they belong to the word after them
    """제일 가장 진짜 정말 너무 완전 매우 더 더이상 안 못 잘 또 막 그냥 다시 이 그 저 이런 그런 저런 어떤 무슨 몇 첫
    한 두 세 네 내 제 우리 그리고 근데 그런데 하지만 그래서 그러나 및 또는 혹은 왜 어떻게 이렇게 그렇게 다들 모두 매일
    지금 아직 이제 절대 바로 드디어 결국 오늘 처음 만약 혹시 거의 점점 새로운 이번 다음 같은 모든 여러"""
)
KO_TIED = _words("안 못 더 몇 첫 한 두 세 네 이 그 저 이런 그런 저런 어떤 무슨 및 같은 모든 vs top best")
KO_BOUND = regex.compile(  # it means nothing without the word before it
    r"(번|개|명|살|마리|것|거|게|걸|건|수|때|법|줄|만큼|대로|뿐|데|적|채|듯|척|전|후|뒤|중|동안|때문|년|월|일|원|초|분|시|시간|편|탄"
    r"|위|안|밖|앞|옆|속|아래|사이)(이|가|은|는|을|를|의|에|도|만|에서|부터|까지|인데|입니다|이에요|예요)?$"
    r"|\d+(봉지|개|명|번|마리|잔|병|권|장|대|곳|가지|편|탄)|이?라[고는며]|vs$|및$|그리고$|또는$|뻔"
    r"|(있|없|싶|않|되[는면고니]|된|될|하[는면고니던기]|한$|한다|할|했|해서|해도|주[는세]|준|보세|봤|버[렸린]|같[은아])"
)

# --- Japanese and Chinese -------------------------------------------------------------------------------------------
JA_PART = regex.compile(r"(?<=[\p{Hiragana}ー])(?=[おご]?[\p{Han}\p{Katakana}A-Za-z0-9])(?<!(?<!\p{Hiragana})[おご])")
JA_LEADING = regex.compile(r"([はがをにへとやのな]|から|まで|より|では|には|この|その|あの)$")
JA_BOUND = regex.compile(r"(事|時|為|方|中|的|後|前|人|所)(\p{Hiragana}|$)")
ZH_LINK = regex.compile(r"然後|然后|因為|因为|所以|但是|可是|不過|不过|而且|如果|結果|结果|後來|后来|還有|还有")
ZH_LEADING = regex.compile(r"[的地得和與与跟在是把被對对從从為为讓让給给很也都就還还又不沒没一這这那個个到去來来]$")

# --- Languages with spaces: English, and the small words of those that TikTok speaks most ----------------------------
LEADING = _words(
    """a an the this that these those my your his her its our their some any every no not of to in on at by for with
    from into onto about over under and or but so nor than then as if when while because until since before after
    between is are was were am be been being has have had do does did will would can could should shall may might must
    i'm i you we they he she it who which what how why where there here very really just too also only most more such
    vs feat ft w/ & +
    de la el los las un una unos y e o u en con por para del al que se su mi tu es le les du des et ou dans sur pour
    avec ne pas ce cette mon ton son der die das den dem ein eine einen und oder im zu von mit auf ist nicht het een van
    op te bij voor met il lo gli di da che per non os do dos das em na com um uma dan ke yang untuk ini itu của và là
    các những một cho với bir ve bu ile için в на и с по к у о от за для не как что"""
)
LINKING = _words(  # a new thought begins with them
    """and but so because when while until before after if which who where that pero porque cuando mais parce quand aber
    weil wenn maar omdat и но потому когда"""
)


def phrase(text: str, most: int, width: Callable[[str], int]) -> str:
    """Return the part of a sentence that says most by itself within so many columns."""
    parts, glue = _parts(text)
    heads = [glue.join(parts[:count]) for count in range(1, len(parts) + 1)]
    fitting = [count for count, head in enumerate(heads, 1) if width(head) <= most]
    if not fitting:
        return _letters(text, most, width)
    if fitting[-1] == len(parts):
        return text
    if HANGUL.search(text) or KANA.search(text):
        starts = [start for start in range(1, len(parts)) if begins_well(parts, start)]
        room = range(round(LEAST_SHARE * width(text)), most + 1)
        starts = [start for start in starts if width(glue.join(parts[start:])) in room]
        if starts:
            return glue.join(parts[min(starts, key=lambda start: (_lacks_object(parts, start), start)) :])
    linked = [count for count in fitting if count > 1 and _plain(parts[count]) in LINKING]
    whole = [count for count in linked or fitting if ends_well(parts[count - 1])]
    return heads[(whole or fitting)[-1] - 1]


def first_sentence(text: str) -> str:
    """Return a Korean text up to the first word that ends a sentence, and without a call to the viewer.

    Any other text is returned as it is.
    """
    words = KO_APPEAL.sub("", text).split()
    end = next((count for count, word in enumerate(words, 1) if KO_SENTENCE.search(word)), len(words))
    while end < len(words) and not regex.search(r"[\p{L}\p{N}]", words[end]):  # its emoji
        end += 1
    return " ".join(words[:end])


def ends_well(word: str) -> bool:
    """Return whether a phrase may end with this word: it is no article, particle or link that wants another one."""
    plain = _plain(word)
    if not plain:
        return False
    if HANGUL.search(plain):
        return plain in KO_WHOLE or (plain not in KO_LEADING and not KO_PARTICLE.search(plain))
    if KANA.search(plain):
        return not JA_LEADING.search(plain)
    return plain not in LEADING


def begins_well(parts: Sequence[str], start: int) -> bool:
    """Return whether a Korean or Japanese phrase may begin there: nothing ties that part to the one before."""
    before, part = _plain(parts[start - 1]), _plain(parts[start])
    if not part:
        return False
    if KANA.search(part) or KANA.search(before):
        return not JA_BOUND.match(part)
    return before not in KO_TIED and not before.isdecimal() and not KO_BOUND.match(part)


def _lacks_object(parts: Sequence[str], start: int) -> bool:
    """Return whether a Korean verb that describes a noun stands there, and what it does it to stands before it."""
    verb = _plain(parts[start])
    describes = HANGUL.match(verb[-1:]) and (ord(verb[-1]) - ord("가")) % 28 in (4, 8)  # ends in ㄴ or ㄹ
    return bool(describes and KO_ARGUMENT.search(_plain(parts[start - 1])))


def _parts(text: str) -> tuple[list[str], str]:
    """Return the words of a text, or the phrases of Japanese, and what stood between them."""
    words = text.split()
    if len(words) == 1 and KANA.search(text):
        return JA_PART.split(text), ""
    return words, " "


def _letters(text: str, most: int, width: Callable[[str], int]) -> str:
    """Return the start of a word too long, such as Chinese: up to where a new thought begins, or all that fits."""
    links = [match.start() for match in ZH_LINK.finditer(text) if match.start()]
    if fitting := [at for at in links if width(text[:at]) <= most]:
        kept = text[: fitting[-1]]
    else:
        kept = ""
        for cluster in regex.findall(r"\X", text):
            if width(kept + cluster) > most:
                break
            kept += cluster
    return ZH_LEADING.sub("", kept) or kept


def _plain(word: str) -> str:
    """Return a word as it stands in the lists: small, without the marks around it."""
    return regex.sub(r"^[^\p{L}\p{N}&+]+|[^\p{L}\p{N}&+/]+$", "", unicodedata.normalize("NFC", word).casefold())
