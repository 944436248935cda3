"""All that decides a pixel or a sample of a film, and nothing else. Frozen and pure; rendering.budget makes one."""

import dataclasses
from dataclasses import dataclass
from typing import Any

FPS = 30
MIN_FRAMES = FPS // 2  # a shorter glimpse of a clip is not seen
MAX_SECONDS = 180  # the longest that any target takes; a target's own limit is a warning in the report
MIN_ENTRIES, MAX_ENTRIES = 1, 10
TRANSITIONS = {"cut": 0, "crossfade": 9, "whip": 6, "blackout": 8}  # frames in which one clip gives way to the next
HOOK_FRAMES = 36  # 1.2 s: the flash of the best clip at the very beginning
CARD_FRAMES = 66  # 2.2 s: the card at the end
HOOK_FADES = (3, 8)  # frames in which the hook's sound comes and goes
LAST_FADE = 15  # frames in which the last clip's sound goes when a card follows and nothing more may be heard


class PlanError(ValueError):
    """The project cannot be filmed as it is; the text is a sentence for people."""


@dataclass(frozen=True)
class Mask:
    """A blurred rectangle over a clip: its place in shares (0 to 1) of the video's own upright frame, whatever the fit.

    Times are seconds and count from the start of the video's file; an end of None lasts to its end.
    """

    x: float
    y: float
    width: float
    height: float
    start: float = 0.0
    end: float | None = None


@dataclass(frozen=True)
class Clip:
    """One ranked clip and the part of it that is shown.

    `clip` is the SHA-256 of the file, `start` in seconds, `frames` at 30 a second, `volume` 1 as levelled, 0 mute.
    Matrix, range, HDR, interlaced, alpha and decoder (a name, empty for ffmpeg's choice) say how the file's picture
    is to be read; `width` and `height` are those of the upright frame in its own pixels, `sar` the width of such a
    pixel by its height. `camera` is where a smart crop looks: keys (seconds from the clip's start, share of the free
    room); it follows from the file, and rendering.reframe fills it in when the clip is filmed. `voice` is the SHA-256
    of what is spoken over it, empty for nothing.
    """

    rank: int
    clip: str
    start: float
    frames: int
    label: str = ""
    credit: str = ""
    reason: str = ""
    fit: str = "cover"
    volume: float = 1.0
    has_audio: bool = True
    hdr: bool = False
    matrix: str = "bt709"
    full_range: bool = False
    interlaced: bool = False
    alpha: bool = False
    decoder: str = ""
    width: int = 0
    height: int = 0
    sar: float = 1.0
    camera: tuple[tuple[float, float], ...] = ()
    masks: tuple[Mask, ...] = ()
    voice: str = ""

    @property
    def seconds(self) -> float:
        return self.frames / FPS


@dataclass(frozen=True)
class Bed:
    """Music under the whole film: the file's SHA-256, where in it to begin in seconds, and its volume (1 is usual)."""

    track: str
    start: float = 0.0
    volume: float = 1.0


@dataclass(frozen=True)
class Piece:
    """A stretch of the film that is filmed and kept by itself, `frames` long.

    hook: the flash of clip `rank`, heard from its frame `start` on. clip: clip `rank` from its frame `start` on.
    change: the last frames of clip `leaving` give way to the first of clip `rank`. card: the end card, over what clip
    `rank` ended with.
    """

    kind: str
    rank: int
    start: int
    frames: int
    leaving: int = 0

    @property
    def seconds(self) -> float:
        return self.frames / FPS


@dataclass(frozen=True)
class Heard:
    """A stretch of a clip's own sound: it begins at frame `at` of the film, with frame `start` of the clip's part.

    It lasts `frames` and comes and goes in `fade_in` and `fade_out` of them; 0 is a hard cut. Where one clip gives way
    to another, both are heard.
    """

    clip: Clip
    at: int
    start: int
    frames: int
    fade_in: int = 0
    fade_out: int = 0


@dataclass(frozen=True)
class Plan:
    """A whole film: `clips` in rank order, `order` the ranks as they play.

    `look` is a user's own style as its file says it, None for one of the studio's. `card` are the lines of the end
    card, none for no card. `tail` are the frames that may be heard of the last clip after its end, under the card.
    A draft is half as wide and high.
    """

    title: tuple[str, ...]
    style: str
    target: str
    order: tuple[int, ...]
    clips: tuple[Clip, ...]
    look: dict[str, Any] | None = None
    transition: str = "cut"
    hook: bool = False
    card: tuple[str, ...] = ()
    tail: int = 0
    effects: bool = False
    bed: Bed | None = None
    draft: bool = False

    @property
    def frames(self) -> int:
        return sum(piece.frames for piece in self.pieces())

    @property
    def seconds(self) -> float:
        return self.frames / FPS

    def pieces(self) -> tuple[Piece, ...]:
        """Return the film as it is filmed, in the order of playing."""
        overlap, clips = TRANSITIONS[self.transition], self.playing()
        best = self.clip_of(min(self.order))
        middle = max(0, best.frames - HOOK_FRAMES) // 2
        pieces = [Piece("hook", best.rank, middle, HOOK_FRAMES)] if self.hook else []
        for place, clip in enumerate(clips):
            head = overlap if place else 0
            tail = overlap if place < len(clips) - 1 else 0
            if head:
                pieces.append(Piece("change", clip.rank, 0, overlap, clips[place - 1].rank))
            pieces.append(Piece("clip", clip.rank, head, clip.frames - head - tail))
        if self.card:
            pieces.append(Piece("card", clips[-1].rank, clips[-1].frames, CARD_FRAMES))
        return tuple(pieces)

    def heard(self) -> list[Heard]:
        """Return what is heard of the clips, in the order of playing; nothing of it reaches beyond the film's end."""
        heard, at, last = [], 0, self.order[-1]
        overlap = TRANSITIONS[self.transition]
        for piece in self.pieces():
            clip = self.clip_of(piece.rank)
            if piece.kind == "hook":
                frames = min(piece.frames, clip.frames - piece.start)
                heard.append(Heard(clip, at, piece.start, frames, *HOOK_FADES))
            elif piece.kind == "clip":
                after, fade = (0, overlap) if clip.rank != last else (0, 0)
                if clip.rank == last and self.card:
                    after, fade = self.tail, max(self.tail, LAST_FADE)
                frames = clip.frames + after
                heard.append(Heard(clip, at - piece.start, 0, frames, piece.start, min(fade, frames)))
            at += piece.frames
        return heard

    def cover_moment(self, chosen: float | None) -> float:
        """Return the second of the film that its cover shows: the chosen one, else the middle of the last rank's clip.

        Not that of #1: a cover that shows it leaves nothing to wait for.
        """
        if chosen is not None:
            return min(chosen, (self.frames - 1) / FPS)
        at, last = 0, max(self.order)
        for piece in self.pieces():
            if piece.kind == "clip" and piece.rank == last:
                break
            at += piece.frames
        return (at + piece.frames / 2) / FPS

    def clip_of(self, rank: int) -> Clip:
        """Return the clip of a rank."""
        return next(clip for clip in self.clips if clip.rank == rank)

    def playing(self) -> list[Clip]:
        """Return the clips as they play."""
        return [self.clip_of(rank) for rank in self.order]

    def shown_before(self, rank: int) -> frozenset[int]:
        """Return the ranks whose labels already stand when the clip of this rank begins."""
        return frozenset(self.order[: self.order.index(rank)])

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Plan":
        """Return the plan that to_json() gave; a plan stored before a field was known has that field's default."""
        lists = {name: tuple(data[name]) for name in ("title", "order", "card") if name in data}
        bed = Bed(**data["bed"]) if data.get("bed") else None
        return cls(**{**data, **lists, "clips": tuple(_clip(clip) for clip in data["clips"]), "bed": bed})


def _clip(data: dict[str, Any]) -> Clip:
    masks = tuple(Mask(**mask) for mask in data.get("masks", ()))
    camera = tuple((time, place) for time, place in data.get("camera", ()))
    return Clip(**{**data, "masks": masks, "camera": camera})
