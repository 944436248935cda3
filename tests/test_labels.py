"""A suggested label says what the caption says, ends where a phrase ends, and needs little to be mended."""

import json

import pytest
import regex

from ranking.labels import EMOJI, MAX_WIDTH, next_label, suggest_label, width
from ranking.phrases import ends_well


@pytest.mark.parametrize(
    ("caption", "label"),
    [
        ("춤추는 고양이 #cat @mina https://vm.tiktok.com/x", "춤추는 고양이"),
        ("이거 실화냐?? 😱 끝까지 보세요👀 #챌린지", "이거 실화냐?"),
        ("다들 몇 번이 제일 웃김? ㅋㅋㅋ 🤣\n팔로우하고 매일 도파민 충전하세요! ⚡", "다들 몇 번이 제일 웃김?"),
        ("갈비찜 먹기 전 있었던 수난…😇 삼초 안에 먹으면 살 안 쪄…", "갈비찜 먹기 전 있었던 수난😇"),
        ("TOP 5 레전드 축구 골 모음⚽🔥 #축구", "TOP 5 레전드 축구 골 모음⚽"),
        ("3살 아기의 드럼 실력 | 소름 주의", "3살 아기의 드럼 실력"),
        ("와... 이게 진짜 된다고? 😱", "와... 이게 진짜 된다고?"),
        ("오늘 신상 1,000원 김밥 9.5점, 먹어볼 만함", "오늘 신상 1,000원 김밥 9.5점"),
    ],
)
def test_the_first_sentence_is_the_label(caption, label):
    assert suggest_label(caption) == label


@pytest.mark.parametrize(
    ("caption", "label"),
    [
        # A Korean sentence keeps its end: what it is about stands there.
        ("강아지가 처음 눈을 봤을 때 반응 ㅠㅠ❄️🐶 #댕댕이", "처음 눈을 봤을 때 반응 ㅠㅠ❄️"),
        ("고양이가 집사를 깨우는 가장 확실한 방법 TOP 3 🐱", "가장 확실한 방법 TOP 3 🐱"),
        ("길거리에서 만난 외국인한테 한국어로 말 걸어봤더니 생긴 일", "한국어로 말 걸어봤더니 생긴 일"),
        ("농구 경기 중에 나온 역대급 매너 플레이 👏👏", "역대급 매너 플레이 👏"),
        ("혼자 라면 5봉지 먹방 도전했는데 결과는? 🍜", "먹방 도전했는데 결과는?"),
        ("오늘 우리 강아지가 처음으로 바다에 갔어요 🌊 내일은 산에 가요", "처음으로 바다에 갔어요 🌊"),
        # Its beginning, where its end alone would be about something else, or begins within a phrase.
        ("진짜 이건 만드는 법 더이상 쉽게 만드는 법 하면 뇌절이라서 올려요 다같이", "진짜 이건 만드는 법"),
        ("당근마켓에서 산 중고 냉장고 안에서 현금 1억이 나왔다", "당근마켓에서 산 중고 냉장고"),
        # Laughter and words to the viewer go first.
        ("할머니가 해주신 밥상 클라스 ㄷㄷ #집밥", "할머니가 해주신 밥상 클라스"),
        ("시험기간에 방청소하는 나 공감하면 좋아요❤️", "시험기간에 방청소하는 나❤️"),
        # A pause.
        ('"이거 먹으면 죽어요" 라고 했더니 바로 먹는 남친', '"이거 먹으면 죽어요"'),
        ("편의점 알바의 꿀조합 세 가지 - 마지막이 진짜임", "편의점 알바의 꿀조합 세 가지"),
        ("헐 대박 🔥 손흥민 이번 골 미쳤다 진짜 미쳤어", "손흥민 이번 골 미쳤다"),
        ("Great rally everyone 😍🏐❤️ show some love in the comments", "Great rally everyone 😍"),
        ("刷到這個影片 硬拖我妹來拍🫶🏻📷 超級無敵好笑", "刷到這個影片 硬拖我妹來拍🫶🏻"),
        ("最後笑是因為爸爸幫我拿手機然後看著旁邊發呆很好笑哈哈哈", "最後笑是因為爸爸幫我拿手機"),
        ("リクエストにお応えして堤アナ踊ってみた💃#踊ってみた", "お応えして堤アナ踊ってみた💃"),
        # A whole phrase.
        ("My cat jumped on the table and the glass fell down", "My cat jumped on the table"),
        ("accurate representation of me playing soccer in high school. ⚽️", "accurate representation of me"),
        ("Look at the 😱 size of this fish in my pond", "Look at the 😱 size"),
    ],
)
def test_a_sentence_that_is_too_long_ends_with_a_phrase(caption, label):
    assert suggest_label(caption) == label


@pytest.mark.parametrize(
    ("caption", "label"),
    [
        ("🔥🔥🔥 레전드 갱신 🔥🔥🔥", "레전드 갱신 🔥"),
        ("편집자도 포기한 영상ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ", "편집자도 포기한 영상ㅋㅋㅋ"),
        ("물 위를 걷는 사람???? 실제상황", "물 위를 걷는 사람?"),
        ("~~ - 「오늘의 산책 ,,,", "오늘의 산책"),
        ("(소리주의) 새벽에 윗집 소리", "새벽에 윗집 소리"),
        ("[ENG] 계란말이 레시피", "계란말이 레시피"),
        ("Roast my form (🎥: @creator_43fc1)", "Roast my form"),
        ("本当に可愛すぎる🤦‍♀️🤦‍♀️🤦‍♀️#石原さとみ", "本当に可愛すぎる🤦‍♀️"),
        ("#duet with @someone #cats", ""),
        ("@minsu_kim 님에게 회신 이렇게 하면 됩니다! #꿀팁", "이렇게 하면 됩니다!"),
        ("😫😫😫😫 #WellDone", "😫"),
        ("#fyp #고양이 #🐍🐍", ""),
        (" ... ", ""),
        ("", ""),
        ("\u1100\u1161\u11bc\u110b\u1161\u110c\u1175", "강아지"),
    ],
)
def test_marks_repeated_emoji_and_what_only_leads_to_a_handle_are_left_out(caption, label):
    assert suggest_label(caption) == label


@pytest.mark.parametrize(
    ("caption", "taken", "label"),
    [
        ("웃긴 강아지 모음, 산책하다 넘어짐", [], "웃긴 강아지 모음"),
        ("웃긴 강아지 모음!!! 🔥🔥 #a 산책하다 넘어짐 @b", [" 웃긴 강아지 모음! "], "산책하다 넘어짐"),
        ("Wait for it 😂 my dog meets the mailman | part 3", ["wait for it 😂 MY dog meets", "the mailman"], "part 3"),
        ("Funny cats, compilation number. 2", ["Funny cats, compilation number"], ""),
        ("같은 말 #둘", ["같은 말"], ""),
        ("🔥🔥", ["🔥"], ""),
        ("2", [], "2"),
    ],
)
def test_a_label_that_is_taken_gives_way_to_what_the_caption_says_next(caption, taken, label):
    assert next_label(caption, taken) == label


def test_one_emoji_stays_only_where_it_fits():
    assert suggest_label("가" * 14 + "🔥🔥") == "가" * 14 + "🔥"
    assert suggest_label("가" * 15 + "🔥") == "가" * 15


@pytest.mark.parametrize("caption", ["😂" * 5000, "가" * 5000, "(" * 5000, "a " * 5000, "❤️" * 3000 + "a", "그 " * 3000])
def test_a_hostile_caption_is_answered_within_the_width(caption):
    assert width(suggest_label(caption)) <= MAX_WIDTH


def test_every_recorded_caption_gives_a_label_that_could_be_shown(testdata):
    captions = [item["text"] for item in json.loads((testdata / "tiktok" / "captions.json").read_text())]
    labels = [suggest_label(caption) for caption in captions]
    assert len(captions) > 60 and sum(map(bool, labels)) > 45
    for caption, label in zip(captions, labels, strict=True):
        cut_off = label and regex.search(regex.escape(label) + r"\s+\p{L}", caption)
        assert not cut_off or ends_well(label.split()[-1]), label
        assert width(label) <= MAX_WIDTH and not regex.search(r"[#@]\w|https?:", label), label
        assert len(EMOJI.findall(label)) <= 1, label
