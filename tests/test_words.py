"""Words that fit: Korean particles by the sound before them, reasons from known numbers, labels that stay as typed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from ranking.labelling import fill_label, suggested_label
from ranking.models import Entry, Project, Video
from ranking.particles import FORMS, fill, particle
from ranking.reasons import suggest_reasons


@pytest.mark.parametrize(
    ("words", "topic", "way"),
    [
        ("강아지 고양이 5위 나", "는", "로"),
        ("밥 산책 축구공", "은", "으로"),
        ("길 서울 불", "은", "로"),  # ㄹ takes 로
        ("0 3 6 10 100 1,000 10000 100000000 1.0", "은", "으로"),
        ("1 7 8 2.7 007", "은", "로"),
        ("2 4 5 9 12.5 1000000000000", "는", "로"),
        ("50% 25℃ 5km 30초&", "는", "로"),
        ("3kg 8m₩", "은", "으로"),
        ("TikTok Instagram game line cat TOP club film music shop book", "은", "으로"),
        ("Google apple smile LOL", "은", "로"),
        ("YouTube cake car player Shorts KBS BTS LG CEO pizza coffee the park", "는", "로"),
        ("ㅋㅋㅋ ラーメン", "은", "으로"),
        ("ㅠㅠ ねこ", "는", "로"),
        ("猫 🔥 ไทย Привет ...", "은(는)", "(으)로"),
    ],
)
def test_a_particle_fits_the_last_sound_of_a_word(words, topic, way):
    for word in words.split():
        assert (particle(word, "은/는"), particle(word, "(으)로")) == (topic, way), word


@pytest.mark.parametrize(
    "word", ["기쁨(joy)", "'밥'", "「산책」", "밥!!", "밥🍚🍚", "대박ㅋㅋㅋ", "밥 ", "빵 (소리 주의)"]
)
def test_marks_brackets_emoji_and_laughter_after_a_word_are_not_read(word):
    assert particle(word, "이/가") == "이"


def test_a_word_in_brackets_that_stands_alone_is_read():
    assert particle("(고양이)", "을/를") == "를" and particle("[산책]", "을/를") == "을"


def test_every_pair_has_its_two_forms():
    found = {pair: (particle("밥", pair), particle("나", pair)) for pair in FORMS}
    assert found["와/과"] == ("과", "와") and found["이에요/예요"] == ("이에요", "예요")
    assert all(after_consonant != after_vowel for after_consonant, after_vowel in found.values())
    assert particle("나", "가/이") == "가"
    with pytest.raises(KeyError):
        particle("나", "하/허")


def test_a_template_is_filled_with_values_as_they_are():
    assert fill("{label}{이/가} {rank}위{와/과}", label="{은/는} {x}", rank=3) == "{은/는} {x}가 3위와"
    with pytest.raises(KeyError):
        fill("{label}")


@pytest.mark.parametrize(
    "word", ["(" * 3000, "ㅋ" * 3000, "가ㅋ" * 1500, " " * 3000, "a" * 3000, "1," * 1500, "[]" * 1500]
)
def test_a_hostile_word_is_answered(word):
    assert particle(word, "은/는") in {"은", "는", "은(는)"}


# --- Reasons ----------------------------------------------------------------------------------------------------------
def entry(rank: int, label: str = "", **numbers: Any) -> Entry:
    return Entry(rank=rank, label=label, video=Video(pk=rank, source="tiktok", **numbers))


POSTED = datetime(2026, 1, 1, tzinfo=UTC)


def test_reasons_are_made_of_known_numbers_with_the_right_particles():
    best = entry(1, "춤추는 고양이", play_count=1_234_567, like_count=200_000, comment_count=321, share_count=12)
    best.video.published_at, best.video.fetched_at = POSTED, POSTED + timedelta(days=2, hours=1)
    with translation.override("ko"):
        assert suggest_reasons(best, [best, entry(2, play_count=9)]) == [
            "춤추는 고양이는 이 순위의 2개 영상 중 조회수가 가장 높아요 (123만)",
            "춤추는 고양이는 올린 지 3일 만에 조회수 123만을 기록했어요",
            "춤추는 고양이가 1위인 이유: 조회수 123만",
            "좋아요 20만개, 조회수 123만의 16%예요",
            "댓글 321개가 달린 춤추는 고양이",
            "춤추는 고양이를 공유한 횟수만 12회",
        ]
        assert suggest_reasons(entry(2, "길", play_count=9), [best])[0] == "길이 2위인 이유: 조회수 9"


def test_without_numbers_there_is_no_reason_and_without_all_of_them_no_comparison():
    assert suggest_reasons(entry(1, "고양이"), []) == []
    one, other = entry(1, play_count=500), entry(2)
    with translation.override("en"):
        assert suggest_reasons(one, [one, other]) == ["Why this video is #1: 500 plays"]
        assert suggest_reasons(entry(1, play_count=0, like_count=5), []) == []


def test_a_post_whose_times_do_not_fit_is_not_told_to_be_quick():
    late = entry(1, "a", play_count=5, published_at=POSTED, fetched_at=POSTED - timedelta(days=1))
    old = entry(1, "a", play_count=5, published_at=POSTED, fetched_at=POSTED + timedelta(days=400))
    for each in (late, old):
        assert not any("days" in reason for reason in suggest_reasons(each, [each]))


def test_a_reason_is_never_longer_than_its_field():
    assert suggest_reasons(entry(1, "가" * 300, play_count=5), []) == []


# --- Labels -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def project(alice) -> Project:
    project = Project.objects.create(owner=alice, title="고양이")
    for number, caption in enumerate(("춤추는 고양이 #cat", "점프하는 강아지", "#fyp"), 1):
        project.add(Video.objects.create(source="tiktok", external_id=str(number), author="a", caption=caption))
    return project


def labels(project: Project) -> list[str]:
    return [entry.label for entry in project.ranked()]


def test_all_empty_labels_are_filled_at_once_and_typed_ones_stay(project, client):
    project.entries.filter(rank=2).update(label="내가 쓴 말")
    page = client.get(reverse("project", args=[project.pk])).content.decode()
    assert "춤추는 고양이</b>" in page and "점프하는 강아지</b>" not in page
    client.post(reverse("project-labels", args=[project.pk]))
    assert labels(project) == ["춤추는 고양이", "내가 쓴 말", ""]
    answer = client.post(reverse("project-labels", args=[project.pk]), headers={"HX-Request": "true"})
    assert answer.status_code == 200 and labels(project)[1] == "내가 쓴 말"
    assert "No label could be filled. 1 stays empty" in answer.content.decode()
    project.entries.filter(rank__in=(1, 3)).update(label="")
    answer = client.post(reverse("project-labels", args=[project.pk]), headers={"HX-Request": "true"})
    assert "1 label is filled from its caption. 1 stays empty: its caption says nothing" in answer.content.decode()


def test_one_label_is_taken_over_unless_something_was_typed_meanwhile(project, client):
    first = project.ranked()[0]
    Entry.objects.filter(pk=first.pk).update(label="빨랐다")
    assert not fill_label(first)  # as it was read before somebody typed
    Entry.objects.filter(pk=first.pk).update(label="  ")
    client.post(reverse("entry-label", args=[first.pk]))
    assert labels(project)[0] == "춤추는 고양이"


def test_captions_that_begin_alike_give_labels_that_differ(project, client):
    said = ["웃긴 강아지 모음, 산책하다 넘어짐 #개", "웃긴 강아지 모음ㅋㅋㅋㅋ 물에 빠짐", "웃긴 강아지 모음 #멍멍"]
    for entry, caption in zip(project.ranked(), said, strict=True):
        Video.objects.filter(pk=entry.video_id).update(caption=caption)
    Entry.objects.filter(project=project, rank=1).update(label="웃긴 강아지 모음")
    page = client.get(reverse("project", args=[project.pk])).content.decode()
    assert "웃긴 강아지 모음</b>" not in page
    client.post(reverse("project-labels", args=[project.pk]))
    assert labels(project) == ["웃긴 강아지 모음", "웃긴 강아지 모음ㅋㅋㅋ", ""]

    Entry.objects.filter(project=project, rank=2).update(label="")
    Video.objects.filter(pk=project.entries.get(rank=2).video_id).update(caption=said[0])
    client.post(reverse("entry-label", args=[project.entries.get(rank=2).pk]))
    assert labels(project) == ["웃긴 강아지 모음", "산책하다 넘어짐", ""]


def test_nobody_fills_the_labels_of_somebody_else(project, bobs_client):
    assert bobs_client.post(reverse("project-labels", args=[project.pk])).status_code == 404
    assert bobs_client.post(reverse("entry-label", args=[project.ranked()[0].pk])).status_code == 404
    assert labels(project) == ["", "", ""]


@pytest.mark.parametrize("name", ["VID_20260105_123456", "IMG_1234", "KakaoTalk_Video", "7123456789012345678"])
def test_the_name_that_a_camera_gave_a_file_is_no_label(name):
    assert suggested_label(Video(source="file", caption=name)) == ""
    assert suggested_label(Video(source="file", caption="고양이 점프")) == "고양이 점프"


def test_an_offered_reason_is_stored_by_a_plain_press(project, client):
    first = project.ranked()[0]
    Video.objects.filter(pk=first.video_id).update(play_count=1_500_000)
    page = client.get(reverse("project", args=[project.pk]), headers={"Accept-Language": "ko"}).content.decode()
    reason = "이 영상이 1위인 이유: 조회수 150만"
    assert f'value="{reason}" data-reason="reason-{first.pk}"' in page
    client.post(reverse("entry-edit", args=[first.pk]), {"reason": reason})
    assert project.ranked()[0].reason == reason
