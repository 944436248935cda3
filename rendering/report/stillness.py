"""Black and frozen stretches of a film, found by decoding no more of it than could hide one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from rendering.plan import FPS, Piece
from rendering.report.reading import Picture

SMALL = (480, 270)  # rows and columns of the pictures that are compared: a quarter of the film's
HEAD_FRAMES = 42  # of each clip, always looked at: its art comes in here, and costs bytes whatever lies behind it
STILL_BYTES, STILL_FRAMES = 12_000, FPS // 2  # a frame that repeats the one before has nothing to say: far fewer
BLACK_BYTES, BLACK_FRAMES = 1_500, 3  # black under art that stands takes 100 to 400 bytes a frame
DARK, DARK_SHARE = 16 + 0.1 * 219, 0.98  # ffmpeg's blackdetect: pix_th=0.1 of limited range, 98 % of the pixels
STILL = 255 * 0.001  # ffmpeg's freezedetect at -60 dB: the mean difference from the frame that stands
REORDER = 8  # frames by which x264 may store a frame before those that are shown earlier


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


def spans(picture: Picture, pieces: tuple[Piece, ...], more: Iterable[int] = ()) -> list[tuple[int, int]]:
    """Return the film frames to decode, as (first, end): clips' heads, frames asked for, and where little is stored.

    Frames are counted as they are stored, so it holds for a film of any rate.
    """
    begins = starts(pieces)
    heads = [
        (begin, begin + min(HEAD_FRAMES, piece.frames))
        for piece, begin in zip(pieces, begins, strict=False)
        if piece.kind == "clip"
    ]
    sizes = np.where(picture.keys, 0, picture.sizes)  # a keyframe repeats what stands
    little = [*_runs(sizes < STILL_BYTES, STILL_FRAMES), *_runs(sizes < BLACK_BYTES, BLACK_FRAMES)]
    return sorted([*heads, *little, *((frame, frame + 1) for frame in more)])


def _runs(flags: np.ndarray, least: int) -> list[tuple[int, int]]:
    """Return the runs (first, end) of at least so many true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2) if end - first >= least]


def decoded(path: Path, picture: Picture, wanted: list[tuple[int, int]]) -> Iterator[tuple[int, av.VideoFrame]]:
    """Yield (number, frame) of what lies in these spans, less the frames that no other frame is built upon.

    A group of pictures is decoded from its keyframe to the last frame that is wanted of it. The deblocking filter is
    left out: it costs a quarter of the time and moves no mean.
    """
    number_of = {time: number for number, time in enumerate(picture.times)}
    until = _until(picture, wanted)
    with av.open(str(path)) as film:
        video = film.streams.video[0]
        context = video.codec_context
        context.thread_count, context.thread_type, context.skip_frame = 1, "NONE", "NONREF"
        context.options = {"skip_loop_filter": "all"}
        last = -1
        for packet in film.demux(video):
            number = number_of.get(packet.pts) if packet.pts is not None else None
            if number is not None and packet.is_keyframe:
                last = until[number]
            if number is not None and number > last + REORDER:
                continue
            for frame in packet.decode():
                if (shown := number_of.get(frame.pts)) is not None:
                    yield shown, frame


def _until(picture: Picture, wanted: list[tuple[int, int]]) -> dict[int, int]:
    """Return for each keyframe the last frame that is wanted before the next one: itself where none is."""
    keys = [number for number, is_key in enumerate(picture.keys) if is_key]
    ends = [*keys[1:], len(picture.times)]
    return {
        key: max([key, *(min(last, end) - 1 for first, last in wanted if first < end and last > key)])
        for key, end in zip(keys, ends, strict=True)
    }


def shrunk(frame: av.VideoFrame) -> np.ndarray:
    """Return the luma of a frame at a quarter of its size, each pixel the mean of four neighbours in a row."""
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height : 4, : frame.width // 4 * 4]
    parts = rows.reshape(rows.shape[0], -1, 4).transpose(2, 0, 1)
    return (parts[0].astype(np.uint16) + parts[1] + parts[2] + parts[3] + 2 >> 2).astype(np.uint8)


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
        if piece != self._piece or number - self._last > REORDER:
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
