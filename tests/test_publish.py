"""What goes with a film: words to copy within each place's limits, whose clips they are, and how original it is."""

import csv
import dataclasses
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import regex
from django.urls import reverse
from django.utils import translation

from ranking.models import Project, Track, Video, fold
from rendering import originality
from rendering.generate import start_render
from rendering.hashtags import hashtags
from rendering.heading import title_lines
from rendering.ledger import COLUMNS, HEADINGS, rows, signs_of, to_csv
from rendering.models import Render
from rendering.plan import Plan
from rendering.publish import PLACES, brief, credits_of, title_of, words_of
from scraping.facts import Facts

pytestmark = pytest.mark.django_db

FACTS = Facts(
    *(320, 568, 320, 568, 0, 1.0, 30.0, 360, 12.0, 0.0, 1.0, "h264", "yuv420p", "tv", "bt709", "bt709", "bt709"),
    *(True, "aac", 48000, 2, 0, 1, "mp4", 100_000),
).as_dict()
POST = {
    "url": "https://www.tiktok.com/@mina/video/1",
    "author": "mina",
    "play_count": 1_234_567,
    "like_count": 0,
    "fetched_at": datetime(2026, 1, 5, 9, 30, tzinfo=UTC),
    "caption": "춤추는 고양이 #고양이 #fyp",
}


def video(number: int, **known: Any) -> Video:
    """Return a video as if its file had been taken in: nothing here opens it."""
    fields = {"source": "file", "file": f"videos/{number}.mp4", "sha256": f"{number:064x}", "duration": 12.0}
    fields |= {"facts": FACTS} | known
    return Video.objects.create(external_id=str(number), **fields)


def ranking(owner: Any, *posts: dict[str, Any], **fields: Any) -> Project:
    project = Project.objects.create(owner=owner, title="웃음 터지는 | 고양이", seconds=9, **fields)
    for number, post in enumerate(posts, 1):
        known = {"source": "tiktok"} | post if post else {}
        project.add(video(number, **known), label=f"라벨 {number}")
    return project


@pytest.fixture
def project(alice) -> Project:
    return ranking(alice, POST, POST | {"author": "=cmd", "url": "", "play_count": None}, {})


@pytest.fixture
def render(project, valkey) -> Render:
    render = start_render(project)
    Render.objects.filter(pk=render.pk).update(status="done", film="films/x.mp4", seconds=9)
    return Render.objects.get(pk=render.pk)


def test_the_ledger_is_of_what_was_filmed_whatever_is_changed_after_it(render, project):
    project.entries.filter(rank=1).update(label="another", start=5)
    Video.objects.filter(external_id="1").update(play_count=9, author="other")
    project.ranked()[0].move_to(3)
    first, second, third = rows(render)
    assert (first["rank"], first["label"], first["author"], first["plays"]) == (1, "라벨 1", "mina", 1_234_567)
    assert (first["url"], first["fetched_at"]) == (POST["url"], "2026-01-05T09:30:00+00:00")
    assert first["sha256"] == f"{1:064x}" and 0 <= first["in"] < first["out"] <= 12
    assert (second["plays"], second["likes"]) == (None, 0)  # unknown is not none
    assert (third["author"], third["source"]) == ("", "file")


def reasons(render: Render) -> originality.Sign:
    return next(sign for sign in signs_of(render, rows(render)) if sign.name == "reasons")


def test_a_reason_that_is_written_later_is_in_the_words_but_no_sign_of_a_film_that_does_not_show_it(render, project):
    project.entries.update(reason="표정이 압권이에요")
    assert rows(render)[0]["reason"] == "표정이 압권이에요"
    assert not reasons(render).there and "1, 2, 3" in reasons(render).has


def test_a_reason_counts_only_where_it_stands_long_enough_to_be_read(project, alice, valkey):
    project.entries.update(reason="표정이 압권이에요")
    assert reasons(start_render(project)).there
    Project.objects.filter(pk=project.pk).update(seconds=4)
    assert "1, 2, 3" in reasons(start_render(Project.objects.get(pk=project.pk))).has


def test_a_voice_counts_only_where_its_clip_is_long_enough_to_hear_it(render):
    plan = Plan.from_json(render.plan)
    for frames, heard in ((90, True), (6, False)):
        clips = tuple(dataclasses.replace(clip, voice="f" * 64, frames=frames) for clip in plan.clips)
        render.plan = dataclasses.replace(plan, clips=clips).to_json()
        assert {row["voice"] for row in rows(render)} == {heard}


def test_the_ledger_has_a_reason_that_is_written_later(render, project):
    assert rows(render)[0]["reason"] == ""
    project.entries.filter(rank=1).update(reason="표정이 압권이에요")
    assert rows(render)[0]["reason"] == "표정이 압권이에요"
    project.entries.filter(rank=1).delete()
    assert rows(render)[0]["reason"] == ""


def test_the_csv_opens_in_a_spreadsheet_and_runs_nothing(render):
    ledger = rows(render)
    ledger[0]["label"], ledger[2]["caption"] = "+1 위", '줄\n바꿈, 쉼표 "따옴표"'
    text = to_csv(ledger)
    assert text.startswith("\ufeff")
    read = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["Rank"] for row in read] == ["1", "2", "3"] and len(read[0]) == len(HEADINGS) == len(COLUMNS)
    assert (read[0]["Label"], read[1]["Maker"]) == ("'+1 위", "'=cmd")
    assert read[2]["Caption"] == ledger[2]["caption"] and read[1]["Plays"] == ""
    assert [row["Own voice"] for row in read] == ["no"] * 3 and ledger[0]["voice"] is False
    with translation.override("ko"):
        assert "아니요" in to_csv(ledger) and "False" not in to_csv(ledger)


@pytest.mark.parametrize(("language", "rank", "plays"), [("ko", "1위", "조회수 123만"), ("en", "#1", "1.2M plays")])
def test_the_description_says_each_rank_with_its_reason_and_credits_its_maker(render, project, language, rank, plays):
    project.entries.filter(rank=1).update(reason="고개를 돌리는 순간")
    words = words_of(render, "youtube", language)
    assert words.title == "웃음 터지는 고양이 TOP 3"
    lines = words.body.splitlines()
    assert f"{rank} 라벨 1 – 고개를 돌리는 순간" in lines
    assert f"{rank} @mina ({plays}, 2026-01-05) {POST['url']}" in lines
    ranks = [line for line in lines if "라벨" in line]
    assert [line.split(" ", 1)[1][:4] for line in ranks] == ["라벨 3", "라벨 2", "라벨 1"]  # as they play
    assert lines[-1] == words.hashtags and words.hashtags.startswith("#고양이 ")


def test_a_rank_without_words_among_others_is_told_by_its_maker_and_none_where_no_rank_has_any(project, valkey):
    project.entries.filter(rank=1).update(label="")
    render = start_render(project)
    ranks, _, _ = words_of(render, "youtube", "ko").body.partition("\n\n")
    assert ranks.splitlines() == ["3위 라벨 3", "2위 라벨 2", "1위 @mina"]
    project.entries.update(label="")
    assert words_of(start_render(project), "youtube", "ko").body.startswith("출처\n2위 @=cmd")


def test_whom_the_music_is_of_is_named_as_its_owner_says_it_now(client, project, valkey, alice):
    track = Track.objects.create(owner=alice, name="song", file="tracks/a.mp3", seconds=60, sha256="a" * 64)
    Project.objects.filter(pk=project.pk).update(track=track)
    render = start_render(Project.objects.get(pk=project.pk))
    assert "음악" not in words_of(render, "tiktok", "ko").credits
    song = "Outfoxing – Kevin (CC BY 4.0)"
    url = reverse("music-credit", args=[project.pk, track.pk])
    page = client.post(url, {"credit": f" {song}\n"}, headers={"hx-request": "true"})
    assert f'value="{song}"' in page.content.decode()
    for language, line in (
        ("ko", "음악: Outfoxing – Kevin (CC BY 4.0)"),
        ("en", "Music: Outfoxing – Kevin (CC BY 4.0)"),
    ):
        words = words_of(Render.objects.get(pk=render.pk), "tiktok", language)
        assert words.credits.splitlines()[-1] == line and line in words.body.splitlines()
    answer = client.post(url, {"credit": "x" * 301}, headers={"hx-request": "true"})
    assert answer.status_code == 422 and "at most 300 letters" in answer.content.decode()


def test_a_film_without_foreign_clips_credits_nobody(alice, valkey):
    render = start_render(ranking(alice, {}, {}, {}))
    assert words_of(render, "youtube", "ko").credits == ""


def test_a_reason_that_names_its_label_is_not_said_twice(render, project):
    project.entries.filter(rank=1).update(reason="라벨 1이 1위인 이유: 조회수 123만")
    assert "1위 라벨 1이 1위인 이유: 조회수 123만" in words_of(render, "youtube", "ko").body.splitlines()


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_longest_texts_keep_the_limits_of_every_place(alice, valkey, place, language):
    long = POST | {"url": "https://example.com/" + "a" * 400, "author_name": "나" * 200}
    project = ranking(alice, *[long] * 10)
    Project.objects.filter(pk=project.pk).update(title="👨‍👩‍👧‍👦<가>" * 20, seconds=30)
    project.entries.update(label="라벨🔥" * 50, reason="이유😭" * 75)
    words = words_of(start_render(Project.objects.get(pk=project.pk)), place.name, language)
    assert place.measure(words.body) <= place.body and words.left_out
    letters = {"👨‍👩‍👧‍👦", "<", ">", "‹", "›", "가", "…"}  # a family is one letter, and stays whole
    assert set(regex.findall(r"\X", words.title)) <= letters and len(words.title.encode("utf-16-le")) <= 200
    assert words.body.count("@mina") == 10 and words.credits.count("https://") == 10
    assert place.name != "youtube" or not {"<", ">"} & set(words.title + words.body)


def test_what_fits_is_left_whole(render):
    assert [words_of(render, name, "ko").left_out for name in PLACES] == [(), (), ()]


def test_a_title_that_says_how_many_is_not_told_so_again():
    plan = Plan(("고양이", "TOP 5"), "classic", "shorts", (1,), ())
    assert title_of(plan) == "고양이 TOP 5"
    assert title_of(Plan((), "classic", "shorts", (1,), ())) == "TOP 0"


def test_hashtags_are_those_that_clips_share_and_nouns_of_the_title():
    plan = Plan(("웃음 터지는 반려동물의", "귀여운 순간 TOP 5"), "classic", "shorts", (1,), ())
    ledger = [{"caption": "#강아지 #fyp #혼자"}, {"caption": "#강아지 #fyp #추천"}, {"caption": None}]
    assert hashtags(plan, ledger, "ko") == ["#강아지", "#웃음", "#반려동물", "#랭킹", "#TOP0"]
    assert hashtags(plan, [], "en")[-2:] == ["#ranking", "#TOP0"]


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("심장이 뛰는 | 순간 TOP 5 🔥", "#심장 #순간"),
        ("춤 | TOP 5", "#춤"),
        ("k-pop dance | TOP 5", "#kpopdance #kpop #dance"),
        ("귀여운 원숭이와 | 고양이의 하루", "#원숭이 #고양이 #하루"),
        ("강아지가 처음 눈을 | 봤을 때 반응 ㅠㅠ❄️🐶", "#강아지 #반응"),
        ("역대급 골 장면을 | 모았다 TOP 3", "#역대급 #장면"),
        ("You won't believe | these cats' jumps 2️⃣", "#cats #jumps"),
        ("Dad's best moments", "#dad #moments"),
        ("라면 먹방 레전드", "#라면 #먹방 #레전드"),
        ("이거 실화냐?? 😱 | 끝까지 보세요👀", ""),
    ],
)
def test_no_hashtag_is_a_piece_of_a_word_or_ends_with_a_particle(title, wanted):
    plan = Plan(title_lines(title), "classic", "shorts", (1,), ())
    assert hashtags(plan, [], "ko") == [*wanted.split(), "#랭킹", "#TOP0"]


def test_hashtags_of_real_captions_are_whole_words_of_them_and_five_at_most(testdata):
    captions = [row["text"] for row in json.loads((testdata / "tiktok/captions.json").read_text())]
    for caption in captions:
        tags = hashtags(Plan(title_lines(caption), "classic", "shorts", (1,), ()), [], "ko", "미나의 채널")
        assert len(tags) <= 5 and tags[-3:] == ["#미나의채널", "#랭킹", "#TOP0"]
        written = fold(caption).replace("-", "").replace("#", " ")
        assert all(re.search(rf"(?<![^\W_]){re.escape(tag[1:])}", written) for tag in tags[:-3]), tags


def test_the_clips_own_hashtags_tell_where_a_particle_begins():
    plan = Plan(("해달이 잠든", "갯바위"), "classic", "shorts", (1,), ())
    assert "#해달" not in hashtags(plan, [], "ko")
    assert hashtags(plan, [{"caption": "잠 #해달"}], "ko")[0] == "#해달"


def row(**changes: Any) -> dict[str, Any]:
    known = {"rank": 1, "reason": "", "voice": False, "source": "tiktok", "url": "u", "author": "a", "duration": 10.0}
    return known | {"in": 0.0, "out": 9.0} | changes


def there(*ledger: dict[str, Any]) -> list[str]:
    """Return the signs that are there where the film shows every reason of its ledger."""
    told = {row["rank"] for row in ledger if row["reason"]}
    return [sign.name for sign in originality.signs(ledger, told) if sign.there]


def test_a_compilation_with_credits_alone_has_no_sign_of_own_work():
    assert there(row(), row(rank=2)) == []
    assert all(sign.todo for sign in originality.signs([row()], set()))
    assert "2 of 2" in originality.credit_words([row(), row()])
    assert "none of the makers of its 2 clips" in originality.credit_words([row(author=""), row(author="")])


@pytest.mark.parametrize(
    ("changes", "sign"),
    [
        ({"reason": "because"}, ["reasons"]),
        ({"voice": True}, ["reasons", "voices"]),
        ({"source": "file", "url": "", "author": ""}, ["footage", "cuts"]),
        ({"out": 5.0}, ["cuts"]),
        ({"source": "demo"}, ["cuts"]),  # the studio drew it
    ],
)
def test_each_sign_is_there_for_what_the_maker_added(changes, sign):
    assert there(row(**changes)) == sign


def test_a_rank_without_a_reason_is_named():
    lacking = originality.signs([row(reason="x"), row(rank=2), row(rank=3)], {1})[0]
    assert "2, 3" in lacking.has and lacking.todo
    assert there(row(voice=True), row(), row()) == []  # one voice of three
    assert there(row(duration=None, out=1.0)) == []  # of a video of unknown length nobody knows the share


def test_the_film_offers_its_words_for_the_place_it_was_made_for(render, client):
    with translation.override("en"):
        page = client.get(reverse("render", args=[render.pk])).content.decode()
        words = client.get(
            reverse("render-publish", args=[render.pk]), headers={"Accept-Language": "en"}
        ).content.decode()
    assert reverse("render-publish", args=[render.pk]) in page
    assert "웃음 터지는 고양이 TOP 3" in words and "@mina (1.2M plays, 2026-01-05)" in words
    assert "1 of 4 signs" in words  # the cuts: 3 seconds of 12 are shown of each
    part = client.get(reverse("render-publish", args=[render.pk]) + "?for=tiktok&in=ko", headers={"HX-Request": "true"})
    assert "조회수 123만" in part.content.decode() and "<html" not in part.content.decode()
    assert client.get(reverse("render-publish", args=[render.pk]) + "?for=nowhere").status_code == 404


def test_the_ledger_is_downloaded_by_its_owner_only(render, client, bobs_client):
    found = client.get(reverse("render-sources-json", args=[render.pk]))
    assert json.loads(found.content)["sources"][0]["url"] == POST["url"]
    assert "attachment" in found.headers["Content-Disposition"]
    assert client.get(reverse("render-sources-csv", args=[render.pk])).content.startswith(b"\xef\xbb\xbf")
    for name in ("render-publish", "render-sources-json", "render-sources-csv"):
        assert bobs_client.get(reverse(name, args=[render.pk])).status_code == 404


def test_a_film_made_before_ledgers_were_kept_says_what_its_plan_knows(render):
    Render.objects.filter(pk=render.pk).update(sources=[])
    first = rows(Render.objects.get(pk=render.pk))[0]
    assert (first["label"], first["author"], first["plays"]) == ("라벨 1", None, None)
    assert credits_of([first], "ko") == ""


def test_the_api_tells_all_that_goes_with_a_film(render, client, bobs_client):
    found = client.get(f"/api/v1/renders/{render.pk}/publish")
    assert found.status_code == 200
    told = found.json()
    assert {place: set(words) for place, words in told["words"].items()} == {name: {"ko", "en"} for name in PLACES}
    assert told["words"]["tiktok"]["ko"]["body"].startswith("웃음 터지는 고양이 TOP 3\n\n3위 라벨 3")
    assert [sign["name"] for sign in told["originality"]] == ["reasons", "voices", "footage", "cuts"]
    assert told["sources"][0]["author"] == "mina"
    assert bobs_client.get(f"/api/v1/renders/{render.pk}/publish").status_code == 404
    Render.objects.filter(pk=render.pk).update(film="")
    assert client.get(f"/api/v1/renders/{render.pk}/publish").status_code == 404


def test_the_command_tells_the_words_for_its_target(render):
    told = brief(render, "ko")
    assert (told["place"], told["title"]) == ("youtube", "웃음 터지는 고양이 TOP 3")
    assert told["signs"] in range(5) and told["body"].endswith(told["hashtags"])
