"""Black and frozen stretches of a film, found by decoding no more of it than could hide one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np

from rendering.plan import FPS, Piece
from rendering.report.reading import Picture

SMALL = (480, 270)  # rows and columns of the pictures that are compared: a quarter of the film's
HEAD_FRAMES = 24  # of each clip, always looked at: its art comes in here, and costs bytes whatever lies behind it
STILL_BYTES, STILL_RUN = 4_000, FPS  # a frame that repeats the one before has nothing to say: far fewer
STILL_FRAMES = 2 * FPS  # that a clip stands still before it is told: people pause for less, and viewers wait for less
BLACK_BYTES, BLACK_PART, BLACK_FRAMES = 800, 0.1, 3  # black under art that stands takes 100 to 400 bytes a frame
DARK, DARK_SHARE = 16 + 0.1 * 219, 0.98  # ffmpeg's blackdetect: pix_th=0.1 of limited range, 98 % of the pixels
STILL = 255 * 0.001  # ffmpeg's freezedetect at -60 dB: the mean difference from the frame that stands
BETWEEN = 3  # frames that x264 puts between two that are built upon the past only
GAP = 8  # frames that may lie between two looks at one stretch


@dataclass(frozen=True)
class Span:
    """Film frames from `first` up to `end` that are to be looked at; `close` where every third would miss something."""

    first: int
    end: int
    close: bool = False


@dataclass(frozen=True)
class Stretch:
    """Film frames from `first` up to `end`, in the piece at this place."""

    piece: int
    first: int
    end: int


def starts(pieces: Iterable[Piece]) -> list[int]:
    """Return the film frame at which each piece begins, and the end of the last."""
    found = [0]
    for piece in pieces:
        found.append(found[-1] + piece.frames)
    return found


def spans(picture: Picture, pieces: tuple[Piece, ...], more: Iterable[int] = ()) -> list[Span]:
    """Return what to decode of a film: the heads of clips, frames that are asked for, and where little is stored."""
    heads = [
        Span(begin, begin + min(HEAD_FRAMES, piece.frames))
        for piece, begin in zip(pieces, starts(pieces), strict=False)
        if piece.kind == "clip"
    ]
    sizes = np.where(picture.keys, 0, picture.sizes)  # a keyframe repeats what stands
    still = [Span(*run) for run in _runs(sizes < STILL_BYTES, STILL_RUN)]
    black = [Span(*run, close=True) for run in _runs(sizes < _black_bytes(sizes, pieces), BLACK_FRAMES)]
    return [*heads, *still, *black, *(Span(at, at + 1) for at in more)]


def _black_bytes(sizes: np.ndarray, pieces: tuple[Piece, ...]) -> np.ndarray:
    """Return for each frame how many bytes a black one may take there: more in a clip whose frames take many."""
    found = np.full(sizes.size, float(BLACK_BYTES))
    for begin, end in pairwise(starts(pieces)):
        if sizes[begin:end].size:
            found[begin:end] = max(BLACK_BYTES, float(np.median(sizes[begin:end])) * BLACK_PART)
    return found


def _runs(flags: np.ndarray, least: int) -> list[tuple[int, int]]:
    """Return the runs (first, end) of at least so many true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2) if end - first >= least]


def decoded(path: Path, picture: Picture, wanted: list[Span]) -> Iterator[tuple[int, av.VideoFrame]]:
    """Yield (number, frame) of what lies in these spans, less most frames that no other is built upon.

    A group of pictures is decoded from its keyframe to the last frame that is wanted of it. The deblocking filter is
    left out: it costs a quarter of the time and moves no mean.
    """
    number_of = {time: number for number, time in enumerate(picture.times)}
    groups, last = _groups(picture, wanted), -1
    with av.open(str(path)) as film:
        video = film.streams.video[0]
        context = video.codec_context
        context.thread_count, context.thread_type = 1, "NONE"
        context.options = {"skip_loop_filter": "all"}
        for packet in film.demux(video):
            number = number_of.get(packet.pts) if packet.pts is not None else None
            if number is not None and packet.is_keyframe:
                last, close = groups[number]
                context.skip_frame = "NONREF" if close else "BIDIR"
            if number is not None and number > last + BETWEEN:
                continue
            for frame in packet.decode():
                if (shown := number_of.get(frame.pts)) is not None:
                    yield shown, frame


def _groups(picture: Picture, wanted: list[Span]) -> dict[int, tuple[int, bool]]:
    """Return for each keyframe the last frame that is wanted before the next one, and whether to look closely."""
    keys = [number for number, is_key in enumerate(picture.keys) if is_key]
    found = {}
    for key, end in zip(keys, [*keys[1:], len(picture.times)], strict=True):
        spans = [span for span in wanted if span.first < end and span.end > key]
        found[key] = max([key, *(min(span.end, end) - 1 for span in spans)]), any(span.close for span in spans)
    return found


def shrunk(frame: av.VideoFrame) -> np.ndarray:
    """Return the luma of a frame at a quarter of its size, each pixel the mean of four neighbours in a row."""
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height : 4, : frame.width // 4 * 4]
    fours = rows.view("<u4")  # four pixels at a time: adding them up one by one takes four times as long
    pairs = (fours & 0x00FF00FF) + (fours >> 8 & 0x00FF00FF)
    return ((pairs + (pairs >> 16) & 0xFFFF) + 2 >> 2).astype(np.uint8)


class Watch:
    """Looks at a film's frames as they come, and keeps the black and the frozen stretches.

    `bare(piece)` tells which pixels of SMALL hold no art in a piece, None for all of them: what moves or shines there
    says nothing of the clip behind it.
    """

    def __init__(self, pieces: tuple[Piece, ...], bare: Callable[[int], np.ndarray | None]) -> None:
        self.black: list[Stretch] = []
        self.frozen: list[Stretch] = []
        self._begins, self._bare = starts(pieces), bare
        self._piece = self._last = -1
        self._dark_since: int | None = None
        self._still: np.ndarray | None = None
        self._still_since = 0

    def see(self, number: int, frame: av.VideoFrame) -> int:
        """Take one more frame into account; return the place of its piece.

        Frames that were left out between two looks count as what both are.
        """
        piece = int(np.searchsorted(self._begins, number, side="right")) - 1
        if piece != self._piece or number - self._last > GAP:
            self.end()
            self._piece, self._still, self._dark_since = piece, None, None
        small, mask = shrunk(frame), self._bare(piece)
        self._look(number, small if mask is None or mask.shape != small.shape else small[mask])
        self._last = number
        return piece

    def _look(self, number: int, pixels: np.ndarray) -> None:
        if float((pixels < DARK).mean()) < DARK_SHARE:
            self._lighten(number)
        elif self._dark_since is None:
            self._dark_since = number
        if self._still is None or np.abs(pixels.astype(np.int16) - self._still).mean() > STILL:
            self._thaw(self._last + 1)
            self._still, self._still_since = pixels.astype(np.int16), number

    def _lighten(self, end: int) -> None:
        if self._dark_since is not None:
            self.black.append(Stretch(self._piece, self._dark_since, end))
        self._dark_since = None

    def _thaw(self, end: int) -> None:
        if self._still is not None and end - self._still_since >= STILL_FRAMES:
            self.frozen.append(Stretch(self._piece, self._still_since, end))

    def end(self) -> None:
        """End the stretches that are still going on."""
        self._lighten(self._last + 1)
        self._thaw(self._last + 1)
        self._still = None
