"""A user's own style as a file: what is wrong is said by the field's name, and nothing is stored."""

import json

import pytest

from rendering.board import badge
from rendering.layers import art_pictures
from rendering.models import OwnStyle
from rendering.own_styles import MOST_STYLES, keep_own_style
from rendering.style import read, style_of
from rendering.targets import target
from tests.boards import a_board, a_plan, data_of, outside, pieces


def test_the_same_name_again_replaces_a_users_own_style(alice):
    first = keep_own_style(alice, json.dumps({**data_of(), "version": 8}).encode())
    again = keep_own_style(alice, json.dumps({**data_of(), "version": 9}).encode())
    assert first.pk == again.pk and OwnStyle.objects.get().data["version"] == 9


def changed(path: str, value: object) -> dict:
    """The classic style with one field, at a path of names and numbers, set to another value."""
    data = data_of()
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = data
    for part in way:
        place = place[part]
    place[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("title.size", "big", '“title › size” must be a whole number from 8 to 500. The file says "big"'),
        ("title.size", True, "“title › size” must be a whole number"),
        ("title.face", "../../secret", "“title › face” must be one of Pretendard-Black"),
        ("title.lines.1.fill", "yellow", "“title › lines › 2 › fill” must be a colour like #F0D810. The file says"),
        ("label.motion.kind", "explode", "“label › motion › kind” must be one of"),
        ("label.dim", 3, "“label › dim” must be a number from 0 to 1. The file says 3."),
        ("label.dim", float("nan"), "“label › dim” must be a number from 0 to 1"),
        ("rows.pitches", [], "“rows › pitches” must hold 1-10 values"),
        ("rows.pitches", [100] * 999, "“rows › pitches” must hold 1-10 values"),
        ("number.colours.0", 7, "“number › colours › 1” must be a colour"),
        ("frame.box", [0, 0, 1200, 10], "“frame › box” must lie within"),
        ("frame.box", [0, 0, 1079, 1001], "“frame › box” must be even"),
        ("frame.below_list", "yes", "“frame › below_list” must be one of true, false"),
        ("badge.back", {"fills": []}, "“badge › back › alpha” is missing"),
        ("badge.least", 400, "“badge › least” must not be more than 250"),
        ("reason.least", 41, "“reason › least” must not be more than 40"),
        ("label.now.scale", 1.9, "“label › now › scale” is too much"),
        ("badge.before", "x" * 41, "“badge › before” must be a text in quotes, of at most 40"),
        ("called.ko", " ", "“called › ko” must not be empty"),
        ("glow", 1, "No style has a “glow”: take it out"),
        ("title.fase", "Jua", "No style has a “title › fase”. Is “face” meant"),
        ("version", 1e99, "“version” must be a whole number"),
    ],
)
def test_a_wrong_field_is_named_in_one_sentence(alice, path, value, said):
    with pytest.raises(ValueError, match=said) as refused:
        keep_own_style(alice, json.dumps(changed(path, value)).encode())
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 300
    assert not OwnStyle.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Choose a file first"),
        (b"\xff\xfe\x00", "JSON in UTF-8"),
        (b"{\n  'name': 1}", "no JSON. Look at line 2"),
        (b"[" * 50_000, "no JSON"),
        (b"[1, 2]", "must be a group of fields"),
        (b" " * 70_000, "at most 64 KB"),
    ],
)
def test_a_file_that_is_no_style_is_refused_with_a_sentence(alice, data, said):
    with pytest.raises(ValueError, match=said):
        keep_own_style(alice, data)


def test_a_style_of_the_studio_unchanged_is_no_style_of_ones_own(alice):
    with pytest.raises(ValueError, match="“Neon” as it was"):
        keep_own_style(alice, json.dumps(data_of("neon")).encode())
    assert keep_own_style(alice, json.dumps({**data_of("neon"), "name": "mine"}).encode()).name == "mine"


def test_a_user_keeps_a_bounded_number_of_styles(alice):
    OwnStyle.objects.bulk_create(OwnStyle(owner=alice, name=f"{n}", data=data_of()) for n in range(MOST_STYLES))
    with pytest.raises(ValueError, match="delete one first"):
        keep_own_style(alice, json.dumps({**data_of(), "name": "more"}).encode())


def test_numbers_at_the_limits_of_the_fields_are_still_drawn():
    """A wild but valid style must not bring the drawing down."""
    for path, value in (
        ("title.size", 500),
        ("rows.top", 700),
        ("title.top", 0),
        ("label.left", 400),
        ("chip.height", 200),
    ):
        look = changed(path, value)
        plan = a_plan("own-1", 10, look=look)
        assert read(look, "x")
        assert len(art_pictures(plan, 3, style_of(plan))) >= 2


def test_a_badge_is_drawn_whole_however_thin_its_plate():
    look = data_of("bold-bar")
    look["badge"]["back"]["height"], look["badge"]["tilt"] = 0.1, 0
    drawn = badge(a_board(a_plan("own-1", 3, look=look)), 1)
    whole = badge(a_board(a_plan("bold-bar", 3)), 1)
    assert drawn.ended == whole.ended == (False,) * 4, "its ink ends before its canvas does"
    assert drawn.image.height > 3 * 0.1 * whole.image.height


def test_numbers_and_sources_keep_to_the_safe_box_however_wild_a_style():
    """Wide numbers leave room for labels; a frame at the top or the right leaves the source where it can stand."""
    look = data_of("bold-bar")
    look["label"]["size"] = look["number"]["size"] = look["number"]["left"] = 400
    look["number"]["back"] |= {"padding": 400, "slant": 400}
    look["frame"] |= {"box": [880, 0, 1080, 200]}
    plan = a_plan("own-1", 3, look=look)
    drawn = pieces(a_board(plan), 1, frozenset({2, 3}))
    assert set(drawn) == {"title", "numbers", "label", "chip", "badge"}
    assert [name for name, picture in drawn.items() if outside(picture, target("shorts").box)] == []
