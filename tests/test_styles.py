"""Styles: every one is drawn whole in every target, and filmed as it is drawn."""

import dataclasses

import pytest
from PIL import Image, ImageChops

from rendering import glyphs, ink, matching, overlays
from rendering.board import badge, label, numbers
from rendering.layers import art_pictures, draw_layers, layer_steps
from rendering.posters import poster, under_art
from rendering.segments import film_segment, prepare
from rendering.style import names, style, style_of
from rendering.style_fields import Motion
from rendering.targets import HEIGHT, WIDTH
from tests.boards import LABELS, a_board, a_plan, outside, pieces
from tests.clips import make_clip

COUNTS = (1, 3, 4, 5, 7, 10)


def overlap(one, other) -> int:
    """How many pixels two pictures both cover well."""
    canvases = []
    for picture in (one, other):
        canvas = Image.new("L", (WIDTH, HEIGHT))
        canvas.paste(
            picture.image.getchannel("A").point(lambda value: 255 if value > 128 else 0), (picture.x, picture.y)
        )
        canvases.append(canvas)
    return ImageChops.multiply(*canvases).histogram()[255]


def test_the_eight_styles_are_there_and_differ_in_type_motion_and_frame():
    looks = [style(name) for name in names()]
    assert {"classic", "neon", "bold-bar", "minimal", "bubble", "split", "karaoke", "retro"} <= set(names())
    assert len({look.title.face for look in looks}) >= 6
    assert len({look.label.motion.kind for look in looks}) >= 5
    assert len({look.badge.motion.kind for look in looks}) >= 5
    assert len({look.frame.box for look in looks}) >= 6
    assert all(look.called.en and look.called.ko for look in looks)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("where", ["shorts", "reels"])
def test_every_style_stays_inside_the_safe_box_for_any_list(name, where):
    for count in COUNTS:
        board = a_board(a_plan(name, count, where))
        for rank in {1, (count + 1) // 2, count}:
            for part, picture in pieces(board, rank, frozenset(range(rank + 1, count + 1))).items():
                assert not outside(picture, board.target.box), (count, rank, part, picture.box)
                assert not any(value % 2 for value in picture.box)


@pytest.mark.parametrize("name", names())
def test_title_list_badge_and_chip_do_not_cover_each_other(name):
    for where, count in (("shorts", 5), ("shorts", 10), ("reels", 5), ("reels", 10)):
        board = a_board(a_plan(name, count, where, ("충전 완료🔋",)))
        found = pieces(board, 1, frozenset(range(2, count + 1)))
        for one, other in (("title", "numbers"), ("title", "label"), ("numbers", "chip"), ("badge", "chip")):
            assert overlap(found[one], found[other]) == 0, (where, count, one, other)
        assert overlap(found["numbers"], found["badge"]) == 0, (where, count)


@pytest.mark.parametrize("count", COUNTS)
def test_a_leaning_plate_of_a_number_leans_on_both_sides(count):
    alpha = numbers(a_board(a_plan("bold-bar", count)), frozenset()).image.getchannel("A")
    last = max(y for y in range(alpha.height) if alpha.crop((0, y, alpha.width, y + 1)).getbbox())
    plate = alpha.crop((0, last - 30, alpha.width, last + 1))  # the lower part of the last row's
    edges = [plate.crop((0, y, plate.width, y + 1)).getbbox() for y in (0, 30)]
    assert edges[0][0] - edges[1][0] > 4 and edges[0][2] - edges[1][2] == pytest.approx(
        edges[0][0] - edges[1][0], abs=1
    )


@pytest.mark.parametrize("name", names())
def test_numbers_of_every_style_tell_the_first_three_apart(name):
    look = style(name)
    backs = look.number.back.fills if look.number.back else ()
    drawn = {
        (look.number.colours[min(n, len(look.number.colours) - 1)], backs[min(n, len(backs) - 1) :][:1])
        for n in range(4)
    }
    assert len(drawn) == 4
    badges = {badge(a_board(a_plan(name, 5)), rank).image.resize((8, 8)).tobytes() for rank in (1, 2, 3)}
    assert len(badges) == 3


@pytest.mark.parametrize("name", names())
def test_a_label_changes_no_art_before_its_clip_plays(name):
    """Countdown: changing the label of rank k leaves the art of the clips that play before it as it was."""
    before, after = a_plan(name, 5), a_plan(name, 5, labels=(*LABELS[:1], "새 라벨", *LABELS[2:]))
    for rank, same in ((5, True), (4, True), (3, True), (2, False), (1, False)):
        drawn = [[p.png() for p, _ in art_pictures(plan, rank, style_of(plan))] for plan in (before, after)]
        assert (drawn[0] == drawn[1]) is same, rank


def test_a_passed_row_is_dimmed_and_the_playing_one_larger():
    board = a_board(a_plan("karaoke", 5, labels=("같은 라벨",)))
    playing, passed = label(board, 3), numbers(board, frozenset({4}), 3)
    assert playing.image.height > 1.3 * 46
    row = passed.image.crop((60, passed.image.height // 5 * 3, passed.image.width, passed.image.height))
    assert row.getchannel("A").getextrema()[1] == pytest.approx(255 * board.style.label.dim, abs=2)


def test_what_stands_in_for_a_display_face_is_of_its_size():
    """A syllable that the face lacks is as high and as wide as its neighbours, and stands on their line."""
    for face in glyphs.KIN:
        have = [c for c in "가나다라한글꽃" if ord(c) in glyphs.coverage(face)]
        lack = [c for c in "뷁쀍꿹뜷쬻" if ord(c) not in glyphs.coverage(face)]
        if not lack:
            continue
        assert {run.face for run in ink.runs("".join(lack), face)} == {glyphs.KIN[face]}
        boxes = [[ink.extent(c, face, 100) for c in letters] for letters in (have, lack)]
        for side in (1, 3):
            means = [sum(box[side] for box in group) / len(group) for group in boxes]
            assert abs(means[0] - means[1]) < 6, (face, side, means)
        advances = [sum(ink.width(c, face, 100) for c in group) / len(group) for group in (have, lack)]
        assert abs(advances[0] - advances[1]) < 6, (face, advances)


def test_a_word_with_a_rare_syllable_is_written_whole():
    whole, parts = ink.width("한쀍글", "BlackHanSans", 80), [ink.width(c, "BlackHanSans", 80) for c in "한쀍글"]
    assert whole == pytest.approx(sum(parts), abs=3)
    assert [run.face for run in ink.runs("한쀍글", "BlackHanSans")] == [
        "BlackHanSans",
        "Pretendard-Black",
        "BlackHanSans",
    ]
    assert matching.match("Pretendard-Black", "NotoSans-Bold") == matching.SAME


@pytest.mark.parametrize("kind", overlays.MOTIONS)
def test_an_entrance_ends_as_the_picture_stands(kind):
    import av
    import numpy as np

    board = a_board(a_plan("classic", 3, labels=("바나나 실화? 🍌",)))
    picture = label(board, 1)
    film = overlays.entrance(picture, Motion(kind, 0.25))
    with av.open(str(film.path)) as opened:
        frames = [frame.to_ndarray(format="rgba") for frame in opened.decode(video=0)]
    assert len(frames) == 9
    x, y = picture.x - film.x, picture.y - film.y
    last = frames[-1][y : y + picture.image.height, x : x + picture.image.width]
    assert np.abs(last[..., 3].astype(int) - np.asarray(picture.image)[..., 3]).max() <= 2
    assert not (frames[0][..., 3] == frames[-1][..., 3]).all()


def test_a_style_that_slides_moves_by_an_expression_and_not_by_pictures():
    plan = a_plan("split", 5)
    layers = draw_layers(plan, 2, style_of(plan))
    steps, last = layer_steps(layers, "x0")
    assert [layer.kind for layer in layers].count("slide") == 1
    assert "pow(1-min(t/0.35,1),3)" in " ".join(steps) and last.startswith("y")


def filmed(name: str, tmp_path):
    """Film half a second of a plain clip in a style, and return the first and the last frame."""
    import av

    clip, count = make_clip(tmp_path / "grey.mp4", 1, color="gray", audio=False), 3
    plan = a_plan(name, count, labels=("바나나 실화? 🍌",))
    plan = dataclasses.replace(plan, clips=tuple(dataclasses.replace(c, clip="f" * 64, frames=18) for c in plan.clips))
    film = film_segment(prepare(plan, 1, lambda _sha256: clip))
    with av.open(str(film)) as opened:
        frames = [frame.to_image() for frame in opened.decode(video=0)]
    return plan, frames[0], frames[-1]


def check_film(name: str, tmp_path) -> None:
    """The last frame shows the art where the style has it; the label was not there yet in the first."""
    plan, first, last = filmed(name, tmp_path)
    grey = Image.new("RGB", (320, 568), (128, 128, 128))
    board, wanted, under = a_board(plan), poster(plan, 2, grey), under_art(grey, style_of(plan))
    for part, picture in pieces(board, 2, plan.shown_before(2)).items():
        apart = ImageChops.difference(last.crop(picture.box), wanted.crop(picture.box)).convert("L")
        off = apart.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        assert off < 8, (part, off)
        assert (
            ImageChops.difference(wanted.crop(picture.box), under.crop(picture.box)).convert("L").getextrema()[1] > 60
        )
    box = label(board, 2).box
    assert ImageChops.difference(first.crop(box), last.crop(box)).convert("L").getextrema()[1] > 60


def test_a_sliding_style_is_filmed_as_it_is_drawn(tmp_path):
    check_film("split", tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", names())
def test_every_style_is_filmed_as_it_is_drawn(name, tmp_path):
    check_film(name, tmp_path)
