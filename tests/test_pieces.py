"""The pieces of a film: the flash at the start, clips, what lies between them, and the card; and what is heard."""

import pytest

from rendering.plan import CARD_FRAMES, HOOK_FRAMES, TRANSITIONS, Clip, Plan


def plan_of(frames: list[int], order: tuple[int, ...] = (), **options) -> Plan:
    clips = tuple(Clip(rank, f"{rank:064d}", 0, count) for rank, count in enumerate(frames, 1))
    return Plan(("TOP",), "classic", "shorts", order or tuple(range(len(clips), 0, -1)), clips, **options)


@pytest.mark.parametrize("transition", TRANSITIONS)
@pytest.mark.parametrize("hook", [False, True])
@pytest.mark.parametrize("card", [(), ("bye",)])
def test_what_is_heard_follows_the_pieces(transition, hook, card):
    plan = plan_of([90, 60, 45], transition=transition, hook=hook, card=card, tail=20 if card else 0)
    overlap, heard = TRANSITIONS[transition], plan.heard()
    clips = heard[1:] if hook else heard
    assert [part.clip.rank for part in clips] == [3, 2, 1]
    first = HOOK_FRAMES if hook else 0
    assert [part.at for part in clips] == [first, first + 45 - overlap, first + 45 + 60 - 2 * overlap]
    assert [part.fade_in for part in clips] == [0, overlap, overlap]
    assert [part.fade_out for part in clips] == [overlap, overlap, 20 if card else 0]
    assert clips[-1].at + 90 == plan.frames - (CARD_FRAMES if card else 0)
    assert clips[-1].frames == (110 if card else 90)


def test_the_sound_of_the_flash_ends_with_it_and_with_its_clip():
    assert plan_of([90], hook=True).heard()[0].frames == HOOK_FRAMES
    assert plan_of([20], hook=True).heard()[0].frames == 20


def test_the_last_clip_fades_when_a_card_follows_and_nothing_more_may_be_heard():
    last = plan_of([90], card=("bye",)).heard()[-1]
    assert last.frames == 90 and last.fade_out == 15
