"""The budget: how a film's seconds are shared. Every promise is tried on hundreds of drawn films."""

import random

import pytest

from rendering.budget import FAIR_FRAMES, Material, make_plan, share_frames
from rendering.plan import CARD_FRAMES, FPS, HOOK_FRAMES, MIN_FRAMES, TRANSITIONS, Clip, Plan, PlanError

DRAWS = [random.Random(seed) for seed in range(200)]


def drawn(dice: random.Random) -> tuple[list[int], int]:
    """Return what clips have, in frames, and a total to share that is no less than each one's minimum."""
    available = [dice.randint(MIN_FRAMES, 600) for _ in range(dice.randint(1, 10))]
    return available, dice.randint(len(available) * MIN_FRAMES, 2000)


def film_of(lengths: list[float], **options) -> Plan:
    materials = [Material(Clip(rank, f"{rank:064d}", 0, 0), 0, seconds) for rank, seconds in enumerate(lengths, 1)]
    return make_plan(("TOP",), materials, **{"style": "classic", "target_name": "shorts"} | options)


@pytest.mark.parametrize("dice", DRAWS[:100])
def test_shares_add_up_stay_within_what_is_there_and_never_fall_under_half_a_second(dice):
    available, total = drawn(dice)
    shares = share_frames(available, total)
    assert sum(shares) == min(total, sum(available))
    assert all(MIN_FRAMES <= share <= frames for share, frames in zip(shares, available, strict=True))


@pytest.mark.parametrize("dice", DRAWS[100:])
def test_no_clip_is_under_a_second_and_a_half_where_the_total_allows(dice):
    available, _total = drawn(dice)
    total = dice.randint(len(available) * FAIR_FRAMES, 2000)
    for share, frames in zip(share_frames(available, total), available, strict=True):
        assert share >= min(frames, FAIR_FRAMES)


@pytest.mark.parametrize("dice", DRAWS[:60])
def test_a_longer_film_takes_nothing_from_any_clip(dice):
    available, total = drawn(dice)
    before = share_frames(available, total)
    for more in range(1, 40):
        after = share_frames(available, total + more)
        assert all(a <= b for a, b in zip(before, after, strict=True))
        before = after


@pytest.mark.parametrize("dice", DRAWS[60:120])
def test_a_longer_clip_gets_no_less_and_leaves_the_others_no_more(dice):
    available, total = drawn(dice)
    grown = dice.randrange(len(available))
    longer = [frames + 50 * (place == grown) for place, frames in enumerate(available)]
    before, after = share_frames(available, total), share_frames(longer, total)
    assert after[grown] >= before[grown]
    if sum(available) >= total:
        assert all(after[i] <= before[i] for i in range(len(available)) if i != grown)


@pytest.mark.parametrize("dice", DRAWS[120:])
def test_the_best_is_the_longest_unless_it_has_no_more(dice):
    available, total = drawn(dice)
    shares = share_frames(available, total)
    assert shares[0] == max(shares) or shares[0] == available[0]


@pytest.mark.parametrize("count", range(2, 11))
def test_with_enough_material_the_best_has_a_third_more_than_each_other(count):
    best, *others = share_frames([9000] * count, 1770)
    assert max(others) - min(others) <= 1
    assert best / others[0] == pytest.approx(1.35, abs=0.02)


@pytest.mark.parametrize("transition", TRANSITIONS)
@pytest.mark.parametrize("options", [{}, {"hook": True}, {"card": ("bye",)}, {"hook": True, "card": ("bye",)}])
@pytest.mark.parametrize("seconds", [12, 29.97, 59])
def test_the_film_is_exactly_as_long_as_asked_with_all_that_lies_between(transition, options, seconds):
    plan = film_of([30, 8, 30, 2.5, 30], transition=transition, seconds=seconds, **options)
    assert plan.frames == round(seconds * FPS)
    assert all(piece.frames > 0 for piece in plan.pieces())


def test_opening_and_card_take_their_time_from_the_clips():
    bare, dressed = film_of([30] * 3, seconds=20), film_of([30] * 3, seconds=20, hook=True, card=("bye",))
    taken = sum(clip.frames for clip in bare.clips) - sum(clip.frames for clip in dressed.clips)
    assert taken == HOOK_FRAMES + CARD_FRAMES


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_the_shortest_film_that_is_possible_is_possible_and_a_shorter_one_is_refused(transition):
    for hook in (False, True):
        least = (5 * MIN_FRAMES + TRANSITIONS[transition] + HOOK_FRAMES * hook) / FPS
        plan = film_of([30] * 5, transition=transition, seconds=least, hook=hook)
        assert plan.frames == round(least * FPS) and all(piece.frames > 0 for piece in plan.pieces())
        with pytest.raises(PlanError, match="5 clips lasts"):
            film_of([30] * 5, transition=transition, seconds=least - 0.1, hook=hook)


def test_a_clip_that_is_too_short_for_a_transition_is_named():
    assert film_of([5, 0.6], transition="cut").frames == 168
    with pytest.raises(PlanError, match=r"Clip 2 is too short for this transition, which needs 0\.8 s"):
        film_of([5, 0.6], transition="crossfade")
    assert film_of([0.6], transition="crossfade").frames == 18


def test_under_the_card_no_more_is_heard_than_the_entry_shows():
    assert film_of([4], card=("bye",)).tail == 0
    assert film_of([30], card=("bye",), seconds=10).tail == CARD_FRAMES
    assert film_of([8.8], card=("bye",), seconds=10).tail == 30
    assert film_of([30], seconds=10).tail == 0
