"""Every caption that was recorded, as a label and as a reason: drawn whole, and inside the safe box."""

import dataclasses
import json
import random

import pytest
from PIL import Image

from rendering import glyphs
from rendering.board import Board, Row, label, missing_glyphs, numbers, reason
from rendering.listing import label_strip
from rendering.report.art import inside
from rendering.report.text import text_of
from rendering.style import names
from rendering.targets import TARGETS
from tests.boards import a_board, a_plan, outside


def captions_of(testdata) -> list[str]:
    texts = json.loads((testdata / "tiktok" / "captions.json").read_text(encoding="utf-8"))
    return [text["text"] for text in texts]


def cut(strip: Image.Image | None) -> bool:
    """Whether the ink of a label is cut off at an edge of the strip that it is drawn on; soft shadows may be."""
    if strip is None:
        return False
    alpha, (wide, high) = strip.getchannel("A"), strip.size
    edges = [(0, 0, wide, 1), (0, high - 1, wide, high), (0, 0, 1, high), (wide - 1, 0, wide, high)]
    return any(alpha.crop(edge).getextrema()[1] > 200 for edge in edges)


def check_captions(texts: list[str], name: str, where: str) -> None:
    """Draw captions as labels, ten a board; read back that all is in the safe box and no glyph is missing."""
    for first in range(0, len(texts), 10):
        part = tuple(texts[first : first + 10])
        board = a_board(a_plan(name, len(part), where, part))
        assert missing_glyphs(board) == []
        listed = numbers(board, frozenset(range(1, len(part) + 1)))
        assert not outside(listed, board.target.box), (name, where, first)
        for rank, text in enumerate(part, 1):
            alone = label(board, rank)
            assert not cut(label_strip(board, rank, text, True)), (name, where, text)
            assert not cut(label_strip(board, rank, text, False)), (name, where, text)
            assert (alone is not None) == bool(glyphs.clean(text))
            assert alone is None or not outside(alone, board.target.box), (name, where, text)
            check_reason(board, text)


def check_reason(board: Board, text: str) -> None:
    """Draw a caption as the reason of a rank, under a short list; read back that it is whole and in the safe box."""
    told = reason(dataclasses.replace(board, rows=(Row(1, "", "@누구", text),)), 1)
    assert (told is not None) == bool(glyphs.clean(text)), (board.style.name, text)
    if told:
        assert not outside(told, board.target.box), (board.style.name, text)
        look = board.style.reason
        seen = text_of("reason", told, [(inside(told.box, look.back), (look.fill, look.fill))])
        assert not seen.cut, (board.style.name, board.target.name, text)


@pytest.mark.parametrize("name", names())
def test_a_sample_of_the_recorded_captions_is_drawn_whole(testdata, name):
    texts = random.Random(name).sample(captions_of(testdata), 10)
    check_captions(texts, name, random.Random(name).choice(list(TARGETS)))


@pytest.mark.long
@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("where", TARGETS)
def test_all_recorded_captions_are_drawn_whole_in_every_target(testdata, name, where):
    texts = captions_of(testdata)
    assert len(texts) >= 69
    check_captions(texts, name, where)
