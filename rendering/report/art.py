"""The texts that a film's plan has drawn, and the parts of the picture that they leave to the clips."""

from functools import cached_property

import numpy as np

from rendering import board
from rendering.layers import board_of
from rendering.plan import FPS, Plan
from rendering.report.stillness import SMALL, starts
from rendering.report.text import READABLE, Text, text_of
from rendering.style import style_of
from rendering.targets import WIDTH

AT = round(0.7 * FPS)  # frames into a clip at which all its art is there, the badge too
BADGE_FRAMES = FPS  # after which the badge has begun to leave
EVERY = FPS // 2  # frames between looks at a text that depends on what plays behind it


class Art:
    """The art of a plan, drawn once, and when to look for it."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.style = plan, style_of(plan)
        self.pieces, self.begins = plan.pieces(), starts(plan.pieces())

    @cached_property
    def drawn(self) -> board.Board:
        return board_of(self.plan, self.style)

    @cached_property
    def texts(self) -> dict[int, list[Text]]:
        """The texts over the clip of each rank, from back to front."""
        title = self._text("title", board.title(self.drawn))
        return {clip.rank: [*title, *self._texts(clip.rank)] for clip in self.plan.clips}

    def _texts(self, rank: int) -> list[Text]:
        pictures = {
            "numbers": board.numbers(self.drawn, self.plan.shown_before(rank)),
            "label": board.label(self.drawn, rank),
            "chip": board.chip(self.drawn, rank),
            "badge": board.badge(self.drawn, rank),
        }
        return [text for name, picture in pictures.items() for text in self._text(name, picture)]

    def _text(self, name: str, picture: board.Picture | None) -> list[Text]:
        return [text_of(name, picture)] if picture else []

    def moments(self) -> list[int]:
        """Return the film frames at which to look for texts, in order."""
        found: set[int] = set()
        for piece, begin in zip(self.pieces, self.begins, strict=False):
            if piece.kind == "clip":
                found.add(begin + min(AT, piece.frames - 1))
                if any(text.own < READABLE for text in self.texts[piece.rank]):
                    found.update(range(begin + AT, begin + piece.frames, EVERY))
        return sorted(found)

    def over(self, place: int, number: int) -> list[Text]:
        """Return the texts that stand in a film frame of the piece at this place."""
        piece = self.pieces[place]
        if piece.kind != "clip":
            return []
        with_badge = number - self.begins[place] < BADGE_FRAMES
        return [text for text in self.texts[piece.rank] if with_badge or text.name != "badge"]

    def bare(self, place: int) -> np.ndarray | None:
        """Return which pixels of a SMALL picture show only the clip in the piece at this place; None for all."""
        piece = self.pieces[place] if place < len(self.pieces) else None
        return self._bare.get(piece.rank) if piece and piece.kind in ("clip", "change") else None

    @cached_property
    def _bare(self) -> dict[int, np.ndarray | None]:
        return {rank: self._left_by(texts) for rank, texts in self.texts.items()}

    def _left_by(self, texts: list[Text]) -> np.ndarray | None:
        mask, scale = np.zeros(SMALL, bool), WIDTH // SMALL[1]
        left, top, right, bottom = (side // scale for side in self.style.frame.box)
        mask[top:bottom, left:right] = True
        for text in texts:
            room = (text.box[2] - text.box[0]) // 8 if text.name == "badge" else 0  # it overshoots as it comes
            left, top = (max(side - room, 0) // scale for side in text.box[:2])
            right, bottom = (-(-(side + room) // scale) for side in text.box[2:])
            mask[top:bottom, left:right] = False
        return mask if mask.mean() > 0.05 else None
