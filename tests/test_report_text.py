"""The report on text: its letters, its place and its contrast are read back from the film."""

import dataclasses
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from rendering.film import join_film
from rendering.layers import art_pictures
from rendering.plan import Plan
from rendering.report import judge
from rendering.report.art import Art
from rendering.report.text import READABLE, see
from rendering.style import names as style_names
from rendering.targets import target
from tests.boards import data_of
from tests.reported import GRAIN, codes, drawn, found, labelled
from tests.test_film import lavfi
from tests.test_pieces import Filmed


def test_letters_that_no_font_has_are_told_with_their_rank(tmp_path):
    plan = labelled()
    odd = dataclasses.replace(plan, clips=(dataclasses.replace(plan.clips[0], label="가\U0001e123"),))
    film = drawn(tmp_path / "label.mp4", odd)
    lines = found(film, odd, "glyphs")
    assert codes(lines) == [("warn", "glyphs")]
    assert lines[0].value == {"rank": 1, "letters": "\U0001e123"}
    assert found(film, odd, "safe_box") == [], "its dot stands where the letter would"
    title = labelled(title=("순간 \U0001e123",))
    assert codes(found(drawn(tmp_path / "title.mp4", title), title, "glyphs")) == [("warn", "glyphs_title")]
    assert found(drawn(tmp_path / "right.mp4", plan), plan, "glyphs") == []


@pytest.mark.parametrize(
    ("labels", "lines"),
    [
        (("", "끝까지 보세요"), [("warn", "unlabelled")]),
        (("", ""), [("note", "unlabelled")]),  # meant so, where no rank has one
        (("끝없이 이어지는 아주 긴 한국어 라벨이 계속됩니다 " * 3, "짧다"), [("warn", "label_cut")]),
        (("두 줄이 되어도 끝까지 다 보이는 꽤 긴 라벨이에요", "짧다"), []),
    ],
)
@pytest.mark.parametrize("style", ["classic", "bold-bar", "karaoke"])
def test_ranks_without_a_label_and_labels_whose_end_is_left_out_are_told(labels, lines, style):
    plan = labelled(ranks=2, style=style)
    clips = [dataclasses.replace(clip, label=label) for clip, label in zip(plan.clips, labels, strict=True)]
    plan = dataclasses.replace(plan, clips=tuple(clips))
    told = [line for line in judge.judge_labels(Art(plan).drawn, plan) if line.level != "fine"]
    assert codes(told) == lines and all(line.value in ({"rank": 1}, {"ranks": "1"}, {"ranks": "1, 2"}) for line in told)


def test_text_that_stands_where_it_was_laid_out_is_read_back_from_the_film(tmp_path):
    film = drawn(tmp_path / "right.mp4", labelled())
    assert found(film, labelled(), "safe_box") == []
    assert found(film, labelled(), "contrast") == []


def test_text_that_is_not_where_the_safe_box_wants_it_fails(tmp_path, good_film):
    moved = drawn(tmp_path / "moved.mp4", labelled(), shift=60)
    assert {line.value["text"] for line in found(moved, labelled(), "safe_box")} >= {"title", "label", "chip"}
    assert ("fail", "not_there") in codes(found(good_film, labelled(), "safe_box"))


def test_a_reason_that_the_film_does_not_show_is_told(tmp_path):
    """Clips too short to read it, and a list so long that it leaves no room."""
    film = drawn(tmp_path / "right.mp4", labelled())
    short = labelled()
    short = dataclasses.replace(short, clips=(dataclasses.replace(short.clips[0], reason="가장 높아서"),))
    assert [line.value for line in found(film, short, "safe_box") if line.code == "untold"] == [{"ranks": "1"}]
    room = {"shorts": [], "reels": [("warn", "untold")]}
    for where, lines in room.items():
        plan = labelled(seconds=40, ranks=10, target=where)
        clips = tuple(dataclasses.replace(clip, reason="가장 높아서") for clip in plan.clips)
        told = judge.judge_told(Art(plan := dataclasses.replace(plan, clips=clips)).texts, plan)
        assert codes(told) == lines


def test_a_film_for_shorts_is_told_to_be_covered_on_reels(tmp_path):
    """Reels covers more of the top and the bottom: the art of another target does not stand in its box."""
    film = drawn(tmp_path / "shorts.mp4", labelled())
    assert ("fail", "not_there") in codes(found(film, labelled(target="reels"), "safe_box"))


@pytest.mark.long
def test_text_that_is_drawn_outside_of_the_safe_box_fails(tmp_path):
    """A user's own style with so many words about the rank that the opening's question is wider than the box."""
    look = data_of("bold-bar")
    look["badge"] |= {"before": "THE BEST MOMENT OF THEM ALL IS ", "after": " OF COURSE"}
    clip = lavfi(tmp_path / "clip.mp4", "testsrc2=s=180x320:r=30,noise=alls=12:allf=t", sound="", seconds=3)
    filmed = Filmed([clip])
    plan = dataclasses.replace(filmed.plan(4, hook=True, look=look), title=("TOP MOMENTS",))
    film = join_film(plan, filmed.pieces(plan), filmed.files.get, tmp_path)
    (line,) = [line for line in found(film, plan, "safe_box") if line.code == "outside"]
    left, _top, right, _bottom = target(plan.target).box
    assert (line.level, line.value["text"]) == ("fail", "question")
    assert line.value["box"][0] < left and line.value["box"][2] > right


def cramped(**parts: dict) -> dict:
    """Return the bold-bar style with some numbers of its parts changed: a user's own, valid and badly laid out."""
    data = data_of("bold-bar")
    for name, fields in parts.items():
        data[name] |= fields
    return data


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("chip", cramped(chip={"size": 60, "least": 60, "height": 20})),
        ("title", cramped(title={"size": 400, "top": 0, "pitch": 30, "outline": 2})),
    ],
)
def test_text_that_a_users_own_style_has_no_room_for_is_told(tmp_path, name, look):
    """Art never leaves the safe box; what would is cut off, and that is as bad."""
    plan = labelled(look=look, title=("TOP",))
    assert ("fail", "cut", name) in {
        (line.level, line.code, line.value["text"])
        for line in found(drawn(tmp_path / "cramped.mp4", plan), plan, "safe_box")
    }


@pytest.mark.parametrize("look", style_names())
def test_no_style_of_the_studio_cuts_a_letter_off(look):
    where = "reels" if style_names().index(look) % 2 else "shorts"
    plan = labelled(style=look, target=where, ranks=3, card=("더 보고 싶다면", "팔로우!"), hook=True)
    clips = (dataclasses.replace(clip, frames=120, reason="가장 높이 뛰어서") for clip in plan.clips)
    laid = Art(dataclasses.replace(plan, clips=tuple(clips))).laid()
    names = {"title", "numbers", "label", "chip", "reason", "badge", "question", "card"}
    assert {text.name for _clip, text in laid} == names
    assert [text.name for _clip, text in laid if text.cut or not text.letters.any()] == []


@pytest.fixture(scope="module")
def framed_film(tmp_path_factory) -> tuple[Path, Plan]:
    """A whole film with an opening and an end card, and its plan."""
    folder = tmp_path_factory.mktemp("framed")
    clip = lavfi(folder / "clip.mp4", "testsrc2=s=180x320:r=30,noise=alls=12:allf=t", sound="", seconds=3)
    filmed = Filmed([clip])
    plan = filmed.plan(5, hook=True, card=("더 보고 싶다면", "팔로우!"))
    return join_film(plan, filmed.pieces(plan), filmed.files.get, folder), plan


@pytest.mark.long
def test_the_opening_and_the_end_card_are_read_back_too(framed_film):
    film, plan = framed_film
    assert found(film, plan, "safe_box") == [] == found(film, plan, "contrast")
    other = dataclasses.replace(plan, card=("전혀 다른", "말입니다"))
    assert [(line.code, line.value["text"]) for line in found(film, other, "safe_box")] == [("not_there", "card")]
    otherwise = found(film, dataclasses.replace(plan, style="minimal"), "safe_box")
    assert {"question", "card"} <= {line.value["text"] for line in otherwise if line.code == "not_there"}


def plain_look() -> dict:
    """Return the classic style with no outline, no shadow and nothing behind its labels: white on whatever plays."""
    data = data_of()
    data["label"] |= {"outline": 0, "shadow": ""}
    return data


def test_text_that_does_not_stand_out_is_told_by_its_name_and_contrast(tmp_path):
    plan = labelled(look=plain_look())
    bright = f"color=0xE8E8E8:s=270x480:r=30,{GRAIN}"
    lines = found(drawn(tmp_path / "bright.mp4", plan, picture=bright), plan, "contrast")
    assert [(line.level, line.value["text"]) for line in lines] == [("fail", "label")]
    assert lines[0].value["contrast"] < 1.5
    dark = f"color=0x202020:s=270x480:r=30,{GRAIN}"
    assert found(drawn(tmp_path / "dark.mp4", plan, picture=dark), plan, "contrast") == []


def test_a_label_that_is_lost_only_later_in_its_clip_is_found(tmp_path):
    plan = labelled(look=plain_look())
    plan = dataclasses.replace(plan, clips=(dataclasses.replace(plan.clips[0], frames=90),))
    later = f"color=0x202020:s=270x480:r=30,drawbox=c=0xE8E8E8:t=fill:enable='gte(t,1.8)',{GRAIN}"
    lines = found(drawn(tmp_path / "later.mp4", plan, picture=later, seconds=3), plan, "contrast")
    assert [(line.level, line.value["text"]) for line in lines] == [("fail", "label")]


@pytest.mark.parametrize("look", style_names())
def test_every_style_stands_out_over_black_white_and_what_is_between(look):
    """Its art on one plain frame each, as the film's own pixels say it; no film is needed for that."""
    art = Art(labelled(style=look, ranks=3))
    for back in ((0, 0, 0), (255, 255, 255), (128, 128, 128)):
        frame = framed(art, 3, back)
        for text in art.texts[3]:
            sight = see(text, frame)
            assert sight is not None and sight.there >= judge.THERE, (back, text.name, sight)
            # A list that is waiting may be quieter over a white clip (a warning), but is never lost.
            least = 2.0 if text.name == "numbers" else READABLE
            assert sight.contrast >= least, (back, text.name, sight)


def framed(art: Art, rank: int, back: tuple[int, int, int]) -> av.VideoFrame:
    """Return a frame with all the art over the clip of a rank on a plain colour."""
    canvas = Image.new("RGBA", (1080, 1920), back)
    for picture, _kind in art_pictures(art.plan, rank, art.style):
        canvas.alpha_composite(picture.image, (picture.x, picture.y))
    frame = av.VideoFrame.from_ndarray(np.asarray(canvas.convert("RGB")), format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
