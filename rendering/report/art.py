"""The texts that a film's plan has drawn, and the parts of the picture that they leave to the clips."""

from functools import cached_property

import numpy as np

from rendering import board, cards, overlays
from rendering.layers import board_of
from rendering.layout import column, frame_box, middle_of, pitch
from rendering.pictures import rank_fill
from rendering.plan import FPS, Clip, Plan
from rendering.reason_line import FADE, is_read, reason_comes
from rendering.report.stillness import SMALL, starts
from rendering.report.text import READABLE, Box, Fill, Text, text_of
from rendering.style import style_of
from rendering.style_fields import Plate
from rendering.targets import WIDTH

EVERY = FPS // 2  # frames between looks at a text that depends on what plays behind it
STANDS = {"hook": overlays.POP + overlays.HOLD / 2, "card": cards.RISE_SECONDS + 0.2}  # seconds into it

Ink = tuple[Box | None, Fill]


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
        title = self._text("title", board.title(self.drawn), self._title_inks())
        return {clip.rank: [*title, *self._texts(clip.rank)] for clip in self.plan.clips}

    @cached_property
    def around(self) -> dict[str, list[Text]]:
        """The texts of the opening and of the end card, by the kind of piece that shows them."""
        found: dict[str, list[Text]] = {}
        for piece in self.pieces:
            if piece.kind == "hook":
                question = cards.question_picture(self.plan, piece.rank, self.style)
                found["hook"] = self._text("question", question, self._badge_inks(question, piece.rank))
            if piece.kind == "card" and (words := cards.card_picture(self.plan, self.style)):
                lines, middle = len(self.plan.card), (words.box[1] + words.box[3]) // 2
                found["card"] = self._text("card", words, self._line_inks(lines, words.box, middle))
        return found

    def laid(self) -> list[tuple[Clip, Text]]:
        """Return all texts in the order of playing, each with the clip that it is told with."""
        clips = [(clip, text) for clip in self.plan.playing() for text in self.texts[clip.rank]]
        ranks = {piece.kind: piece.rank for piece in self.pieces}
        return clips + [(self.plan.clip_of(ranks[kind]), text) for kind, texts in self.around.items() for text in texts]

    def _texts(self, rank: int) -> list[Text]:
        drawn, look = self.drawn, self.style
        numbers, badge = board.numbers(drawn, self.plan.shown_before(rank), rank), board.badge(drawn, rank)
        return [
            *self._text("numbers", numbers, self._list_inks(rank)),
            *self._text("label", board.label(drawn, rank), [(None, (look.label.now.fill, look.label.now.fill))]),
            *self._text("chip", board.chip(drawn, rank), [(None, (look.chip.fill, look.chip.fill))]),
            *self._reason(rank),
            *self._text("badge", badge, self._badge_inks(badge, rank)),
        ]

    def _badge_inks(self, badge: board.Picture, rank: int) -> list[Ink]:
        look = self.style.badge
        within = _middle_of(badge.box) if look.back else None  # a plate's edge may have the number's colour
        return [(within, rank_fill(look, rank))]

    def _reason(self, rank: int) -> list[Text]:
        look = self.style.reason
        if look is None or not is_read(self.plan, rank, self.style):
            return []
        told = board.reason(self.drawn, rank)
        return self._text("reason", told, [(told and inside(told.box, look.back), (look.fill, look.fill))])

    def _title_inks(self) -> list[Ink]:
        """Return the colours of the title's lines from the top; a single line takes the look of the last."""
        look, box = self.style.title, self.drawn.target.box
        return self._line_inks(len(self.plan.title), box, box[1] + look.top + look.pitch // 2)

    def _line_inks(self, count: int, box: Box, middle: int) -> list[Ink]:
        """Return the colours of one or two lines in a box; two meet in its middle."""
        left, top, right, bottom = box
        lines = self.style.title.lines[-1:] if count < 2 else self.style.title.lines
        halves = [(left, top, right, middle), (left, middle, right, bottom)] if len(lines) > 1 else [None]
        return [(half, (line.fill, line.fade or line.fill)) for half, line in zip(halves, lines, strict=True)]

    def _list_inks(self, now: int) -> list[Ink]:
        """Return the colours of the list's letters, row by row: of the number, and right of it of the label."""
        left, _top, right, _bottom = self.drawn.target.box
        edge, half, label = column(self.drawn), pitch(self.drawn) // 2, self.style.label
        found: list[Ink] = []
        for place, clip in enumerate(self.plan.clips):
            middle, fill = middle_of(self.drawn, place), label.now.fill if clip.rank == now else label.fill
            found.append(((left, middle - half, edge, middle + half), rank_fill(self.style.number, clip.rank)))
            found.append(((edge, middle - half, right, middle + half), (fill, fill)))
        return found

    def _text(self, name: str, picture: board.Picture | None, inks: list[Ink]) -> list[Text]:
        return [text_of(name, picture, inks)] if picture else []

    def moments(self) -> list[int]:
        """Return the film frames at which to look for texts, in order."""
        found: set[int] = set()
        for piece, begin in zip(self.pieces, self.begins, strict=False):
            if piece.kind in STANDS and self.around.get(piece.kind):
                found.add(begin + round(STANDS[piece.kind] * FPS))
            if piece.kind == "clip":
                found.update(begin + min(at, piece.frames - 1) for at in self._comes())
                if any(text.own < READABLE for text in self.texts[piece.rank] if text.name != "badge"):
                    found.update(range(begin + max(self._comes()), begin + piece.frames, EVERY))
        return sorted(found)

    def _comes(self) -> tuple[int, int, int]:
        """Return after how many frames of a clip its label has come, its badge stands, and its reason has come."""
        label, badge = self.style.label.motion, self.style.badge
        stands = round((badge.motion.seconds + badge.hold / 2) * FPS)
        comes = round(label.seconds * FPS) + 3
        both = max(comes, stands) if comes < stands + badge.hold * FPS / 2 else comes
        return both, stands, self._tells() if any(clip.reason for clip in self.plan.clips) else stands

    def _tells(self) -> int:
        """Return after how many frames of a clip its reason has come."""
        return round((reason_comes(self.style) + FADE) * FPS) + 2

    def over(self, place: int, number: int) -> list[Text]:
        """Return the texts that stand in a film frame of the piece at this place."""
        piece = self.pieces[place]
        if piece.kind != "clip":
            return self.around.get(piece.kind, [])
        look, at = self.style.badge, number - self.begins[place]
        away = {"badge": at >= (look.motion.seconds + look.hold) * FPS, "reason": at < self._tells()}
        return [text for text in self.texts[piece.rank] if not away.get(text.name, False)]

    def bare(self, place: int) -> np.ndarray | None:
        """Return which pixels of a SMALL picture show only the clip in the piece at this place; None for all."""
        piece = self.pieces[place] if place < len(self.pieces) else None
        return self._bare.get(piece.rank) if piece and piece.kind in ("clip", "change") else None

    @cached_property
    def _bare(self) -> dict[int, np.ndarray | None]:
        return {rank: self._left_by(texts) for rank, texts in self.texts.items()}

    def _left_by(self, texts: list[Text]) -> np.ndarray | None:
        mask, scale = np.zeros(SMALL, bool), WIDTH // SMALL[1]
        left, top, right, bottom = (
            side // scale for side in frame_box(self.style, len(self.plan.clips), self.drawn.target)
        )
        mask[top:bottom, left:right] = True
        for text in texts:
            room = (text.box[2] - text.box[0]) // 8 if text.name == "badge" else 0  # it swings as it comes
            left, top = (max(side - room, 0) // scale for side in text.box[:2])
            right, bottom = (-(-(side + room) // scale) for side in text.box[2:])
            mask[top:bottom, left:right] = False
        return mask if mask.mean() > 0.05 else None


def inside(box: Box, plate: Plate | None) -> Box | None:
    """Return a box without the line and the hard shadow of its plate, which may have the letters' colour.

    None for all of it.
    """
    edge = (plate.edge.width if plate.edge else 0) + (plate.drop_offset if plate.drop else 0) if plate else 0
    if not edge:
        return None
    edge += 2  # its soft side
    return box[0] + edge, box[1] + edge, box[2] - edge, box[3] - edge


def _middle_of(box: Box) -> Box:
    """Return the middle of a box, two thirds as wide and high."""
    wide, high = (box[2] - box[0]) // 6, (box[3] - box[1]) // 6
    return box[0] + wide, box[1] + high, box[2] - wide, box[3] - high
