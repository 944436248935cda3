"""The report on text: its letters, its place and its contrast are read back from the film."""

import dataclasses
import json
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from rendering import board
from rendering.layers import art_pictures
from rendering.report import judge
from rendering.report.art import Art
from rendering.report.text import READABLE, see
from rendering.style import names as style_names
from tests.reported import GRAIN, codes, drawn, found, labelled, plan_of


def test_letters_that_no_font_has_are_told_with_their_rank(good_film):
    plan = plan_of()
    odd = dataclasses.replace(plan, clips=(dataclasses.replace(plan.clips[0], label="가\U0001e123"),))
    lines = found(good_film, odd, "glyphs")
    assert codes(lines) == [("warn", "glyphs")]
    assert lines[0].value == {"rank": 1, "letters": "\U0001e123"}
    assert codes(found(good_film, plan_of(title=("\U0001e123",)), "glyphs")) == [("warn", "glyphs_title")]
    assert found(good_film, plan, "glyphs") == []


def test_text_that_stands_where_it_was_laid_out_is_read_back_from_the_film(tmp_path):
    film = drawn(tmp_path / "right.mp4", labelled())
    assert found(film, labelled(), "safe_box") == []
    assert found(film, labelled(), "contrast") == []


def test_text_that_is_not_where_the_safe_box_wants_it_fails(tmp_path, good_film):
    moved = drawn(tmp_path / "moved.mp4", labelled(), shift=60)
    assert {line.value["text"] for line in found(moved, labelled(), "safe_box")} >= {"title", "label", "chip"}
    assert ("fail", "not_there") in codes(found(good_film, labelled(), "safe_box"))


def test_a_film_for_shorts_is_told_to_be_covered_on_reels(tmp_path):
    """Reels covers more of the top and the bottom: the art of another target does not stand in its box."""
    film = drawn(tmp_path / "shorts.mp4", labelled())
    assert ("fail", "not_there") in codes(found(film, labelled(target="reels"), "safe_box"))


def test_text_that_is_drawn_outside_of_the_safe_box_fails(tmp_path, monkeypatch):
    """The art keeps inside by itself; a chip that a fault would lay too low is found by its box."""
    film = drawn(tmp_path / "right.mp4", labelled())
    low = board.chip
    monkeypatch.setattr(board, "chip", lambda drawn, rank: dataclasses.replace(low(drawn, rank), y=1500))
    lines = found(film, labelled(), "safe_box")
    assert codes(lines) == [("fail", "outside")]
    assert lines[0].value["text"] == "chip" and lines[0].value["box"][1] == 1500


def plain_look() -> dict:
    """Return the classic style with no outline, no shadow and nothing behind its labels: white on whatever plays."""
    data = json.loads((Path(board.__file__).parent / "styles" / "classic.json").read_text())
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
