"""The plan of a film: who plays when, and for how long."""

import dataclasses
import json

import pytest

from rendering.budget import Material, make_plan, play_order, share_frames
from rendering.plan import Clip, Plan, PlanError


def material(rank: int, seconds: float) -> Material:
    return Material(Clip(rank, f"{rank:064d}", 0, 0), 0, seconds)


def plan_of(lengths: list[float], **options) -> Plan:
    materials = [material(rank, seconds) for rank, seconds in enumerate(lengths, 1)]
    return make_plan(("TOP",), materials, style="classic", target_name="shorts", **options)


def test_frames_are_shared_evenly_but_the_best_has_a_third_more():
    assert share_frames([300] * 5, 902) == [228, 169, 169, 168, 168]


def test_a_short_clip_gives_all_it_has_and_longer_ones_take_the_rest():
    assert share_frames([400, 60, 400, 400], 900) == [338, 60, 251, 251]


def test_a_film_is_shorter_than_asked_where_the_clips_are():
    assert share_frames([30, 40], 600) == [30, 40]


@pytest.mark.parametrize("total", [1, 7, 100, 901, 5000])
def test_shares_never_exceed_what_is_there_and_add_up(total):
    available = [13, 400, 7, 250, 90]
    shares = share_frames(available, total)
    assert sum(shares) == min(total, sum(available))
    assert all(share <= frames for share, frames in zip(shares, available, strict=True))


def test_without_a_wish_the_film_is_as_long_as_its_target_allows():
    assert plan_of([30, 30, 30]).seconds == 59


def test_the_best_comes_last_in_a_countdown_and_first_in_a_list():
    assert plan_of([5, 5, 5]).order == (3, 2, 1)
    assert plan_of([5, 5, 5], order="listed").order == (1, 2, 3)


def test_a_shuffled_order_ends_with_the_best_and_is_the_same_each_time():
    clips = [Clip(rank, f"{rank}", 0, 30) for rank in range(1, 8)]
    order = play_order(clips, "shuffled")
    assert order == play_order(clips, "shuffled")
    assert order[-1] == 1 and sorted(order) == [1, 2, 3, 4, 5, 6, 7]
    assert order != (7, 6, 5, 4, 3, 2, 1)


def test_an_other_set_of_clips_is_shuffled_otherwise():
    orders = {play_order([Clip(r, f"{seed}{r}", 0, 30) for r in range(1, 8)], "shuffled") for seed in "abcd"}
    assert len(orders) > 1


@pytest.mark.parametrize(
    ("lengths", "options", "words"),
    [
        ([], {}, "has 0"),
        ([5] * 11, {}, "has 11"),
        ([5, 5], {"seconds": 0.2}, "0.2"),
        ([5, 5], {"seconds": 500}, "500"),
        ([5, 0.2], {}, "Clip 2"),
        ([5, 5], {"order": "backwards"}, "backwards"),
    ],
)
def test_what_cannot_be_filmed_is_told_in_a_sentence(lengths, options, words):
    with pytest.raises(PlanError, match=words):
        plan_of(lengths, **options)


def test_a_plan_survives_being_stored():
    plan = plan_of([5, 4, 3])
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_a_plan_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan_of([5]).style = "other"
