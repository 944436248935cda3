"""The reason of a rank on the film: where it stands, when it comes, and what it costs when it changes."""

import dataclasses
import json
from itertools import pairwise

import numpy as np
import pytest

from rendering import board
from rendering.layers import art_pictures, board_of, draw_layers
from rendering.plan import FPS, Clip, Plan
from rendering.reason_line import FADE, READ, is_read, reason_comes
from rendering.report import read_back
from rendering.report.text import READABLE, text_of
from rendering.segments import film_segment, prepare
from rendering.style import FOLDER, names, style_of
from rendering.style_file import read
from rendering.targets import HEIGHT, WIDTH
from tests.boards import outside
from tests.test_film import lavfi
from tests.test_pieces import Filmed, duration, frames_of

LONG = "조회수 1,230만 회를 넘긴, 올해 가장 많이 공유된 장면이라서 1위예요. " * 6
REASONS = ("가장 조용한데 가장 웃겨서요", LONG, "W" * 300, "뷁쀍 꿹 😭🙏", "ẾẾẾ ǺǺǺ ŷgj", "مباراة كرة القدم رائعة")


def overlap(one: board.Picture, other: board.Picture) -> bool:
    """Whether ink of one picture covers ink of another."""
    seen = []
    for picture in (one, other):
        whole = np.zeros((HEIGHT, WIDTH), bool)
        left, top, right, bottom = picture.box
        whole[top:bottom, left:right] = np.asarray(picture.image.getchannel("A")) > 128
        seen.append(whole)
    return bool((seen[0] & seen[1]).any())


def a_plan(name: str, count: int = 5, where: str = "shorts", reason: str = "", seconds: float = 4, **options) -> Plan:
    """A plan whose ranks all have this reason, or those of REASONS in turn."""
    said = [reason or REASONS[rank % len(REASONS)] for rank in range(count)]
    clips = tuple(
        Clip(rank, "", 0, round(seconds * FPS), "고양이 점프", "@누구 · 조회수 123만", text)
        for rank, text in enumerate(said, 1)
    )
    return Plan(("웃다가 눈물나는", "TOP"), name, where, tuple(range(count, 0, -1)), clips, **options)


@pytest.mark.parametrize("name", names())
def test_a_reason_stands_inside_the_safe_box_and_touches_neither_list_nor_credit(name):
    drawn = 0
    for where in ("shorts", "reels"):
        for count in (6, 10):
            art = board_of(plan := a_plan(name, count, where), style_of(plan))
            for rank in range(1, count + 1):
                if picture := board.reason(art, rank):
                    drawn += 1
                    assert not outside(picture, art.target.box), (where, count, rank)
                    assert picture.box[2] <= art.style.frame.box[2]
                    assert picture.box[3] <= board.chip(art, rank).box[1]
                    assert not overlap(picture, board.numbers(art, frozenset(range(1, count + 1)), rank))
                    assert not overlap(picture, board.label(art, rank))
    assert drawn >= 16  # of 32; a list of ten leaves no room in Reels


@pytest.mark.parametrize("name", names())
def test_a_reason_can_be_read_over_whatever_plays_behind_it(name):
    art = board_of(plan := a_plan(name), style_of(plan))
    fill = art.style.reason.fill
    assert text_of("reason", board.reason(art, 1), [(None, (fill, fill))]).own >= READABLE


def test_a_long_reason_ends_in_an_ellipsis_on_its_second_line_and_a_rank_without_one_has_none():
    art = board_of(plan := a_plan("classic", 3, reason=LONG), style_of(plan))
    two = board.reason(art, 1)
    short = board_of(a_plan("classic", 3, reason="짧아요"), art.style)
    assert two.image.height < 2.2 * board.reason(short, 1).image.height
    assert board.reason(dataclasses.replace(art, rows=(board.Row(1, "a", "b"),)), 1) is None


def test_without_a_credit_the_reason_takes_its_place():
    art = board_of(plan := a_plan("classic", 3), style_of(plan))
    alone = dataclasses.replace(art, rows=tuple(dataclasses.replace(row, credit="") for row in art.rows))
    assert board.reason(alone, 1).box[3] > board.reason(art, 1).box[3]
    assert abs(board.reason(alone, 1).box[3] - board.chip(art, 1).box[3]) <= 4


def test_a_style_of_ones_own_from_before_shows_no_reason():
    data = json.loads((FOLDER / "classic.json").read_text())
    del data["reason"]
    plan = a_plan("classic", look=data)
    assert read(data, "old").reason is None
    assert [kind for _, kind in art_pictures(plan, 1, style_of(plan))].count("reason") == 0
    with pytest.raises(ValueError, match="reason"):
        read({**data, "reason": {"face": "Jua"}}, "new")


def test_a_clip_too_short_to_read_it_has_no_reason():
    plan = a_plan("classic", seconds=1.5)
    assert "reason" in [kind for _, kind in art_pictures(plan, 1, style_of(plan))]  # the editor has no times
    assert "reason" not in [layer.kind for layer in draw_layers(plan, 1, style_of(plan))]
    enough = reason_comes(style_of(plan)) + FADE + READ + 0.1
    assert is_read(a_plan("classic", seconds=enough), 1, style_of(plan))


@pytest.fixture(scope="module")
def grey(tmp_path_factory) -> Filmed:
    folder = tmp_path_factory.mktemp("grey")
    pictures = [f"color=0x{n}{n}{n}:s=180x320:r=30,noise=alls=8:allf=t" for n in (60, 90)]
    return Filmed([lavfi(folder / f"{n}.mp4", picture, seconds=4) for n, picture in enumerate(pictures)])


def told(grey: Filmed, reason: str, **options) -> Plan:
    plan = grey.plan(7, **options)
    clips = tuple(dataclasses.replace(clip, reason=reason if clip.rank == 1 else "") for clip in plan.clips)
    return dataclasses.replace(plan, clips=clips)


@pytest.mark.long
def test_the_film_shows_the_reason_once_the_badge_has_gone_and_the_report_reads_it(grey, tmp_path):
    plan = told(grey, "조용한데 웃겨서요", style="bold-bar", order="listed")
    plan = dataclasses.replace(plan, order=(1,), clips=plan.clips[:1])
    style, film = style_of(plan), film_segment(prepare(plan, 0, grey.files.get))
    box, begin = board.reason(board_of(plan, style), 1).box, round(reason_comes(style) * FPS)
    white = [(frame[box[1] : box[3], box[0] : box[2]].min(axis=2) > 200).mean() for frame in frames_of(film)]
    assert max(white[: begin - 1]) < 0.02 and min(white[begin + round(FADE * FPS) + 1 :]) > 0.4
    checks = read_back(film, plan)["checks"]
    assert [line["level"] for line in checks if line["name"] in ("safe_box", "contrast")] == ["fine", "fine"]
    blank = dataclasses.replace(plan, clips=(dataclasses.replace(plan.clips[0], reason=""),))
    missing = read_back(film_segment(prepare(blank, 0, grey.files.get)), plan)["checks"]
    assert ("not_there", "reason") in [(line["code"], line["value"].get("text")) for line in missing]


@pytest.mark.parametrize("transition", ["cut", "whip"])
def test_a_changed_reason_films_its_own_clip_and_what_it_leaves_by(grey, transition):
    plans = [told(grey, text, transition=transition, order="listed") for text in ("하나", "둘")]
    keys = [[prepare(plan, place, grey.files.get).key for place in range(len(plan.pieces()))] for plan in plans]
    same = [old == new for old, new in zip(*keys, strict=True)]
    assert same == ([False, True] if transition == "cut" else [False, False, True])


@pytest.mark.parametrize("name", ["classic", "neon", "split"])
def test_a_whip_moves_the_picture_inside_the_frame_and_nothing_around_it(grey, name):
    plan = told(grey, "조용해서요", style=name, transition="whip", order="listed")
    left, top, right, bottom = style_of(plan).frame.box
    frames = [frame.astype(int) for frame in frames_of(film_segment(prepare(plan, 1, grey.files.get)))]
    inside = [frame[bottom - 60 : bottom - 20, left + 20 : right - 20] for frame in frames]
    assert np.abs(inside[3][:, -40:] - inside[3][:, :40]).mean() > 10  # the next clip comes from the right
    around = np.ones(frames[0].shape[:2], bool)
    around[top - 12 : bottom + 12, max(left - 12, 0) : right + 12] = False
    steps = [np.abs(after - before)[around] for before, after in pairwise(frames)]
    assert max(np.percentile(step, 99.9) for step in steps) < 20  # flung along, it would change by 30 and more
    assert duration(film_segment(prepare(plan, 1, grey.files.get))) == pytest.approx(0.2, abs=0.01)
