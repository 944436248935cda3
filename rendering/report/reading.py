"""What the packets of a finished film tell, without decoding one: sizes, times, and how sound and picture lie."""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av

from rendering.plan import FPS

# Names of the numbers that ITU-T H.273 gives matrices, primaries and transfers, as ffmpeg calls them.
COLOURS = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 13: "iec61966-2-1"}
PRIMING = 1024  # samples that ffmpeg's AAC encoder puts before the first: one of its frames
RANGES = {1: "tv", 2: "pc"}


@dataclass(frozen=True)
class Picture:
    """The film's video stream: times in ticks of `rate` a second, sorted; bytes and keyframes in the same order."""

    width: int
    height: int
    codec: str
    pix_fmt: str
    colours: tuple[str, str, str, str]
    rate: int
    times: tuple[int, ...]
    sizes: tuple[int, ...]
    keys: tuple[bool, ...]

    @property
    def seconds(self) -> float:
        """The time from the first frame to the end of the last, which lasts as long as the one before."""
        if len(self.times) < 2:
            return len(self.times) / FPS
        return (2 * self.times[-1] - self.times[-2] - self.times[0]) / self.rate

    @property
    def fps(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0

    def uneven(self) -> int:
        """Return how many frames do not follow the one before after exactly one frame's time."""
        return sum(after - before != self.rate // FPS for before, after in pairwise(self.times))


@dataclass(frozen=True)
class Sound:
    """The film's audio stream: its samples a second, the sample at which it begins, ends, and how many are missing."""

    codec: str
    rate: int
    begin: int
    end: int
    missing: int

    @property
    def seconds(self) -> float:
        return (self.end - self.begin) / self.rate


def read_packets(path: Path) -> tuple[Picture, Sound | None]:
    """Return what the packets of a film tell; the film is the studio's own, so it is opened in this process."""
    with av.open(str(path)) as film:
        video = film.streams.video[0]
        audio = film.streams.audio[0] if film.streams.audio else None
        seen: dict[int, list[tuple[int, int, int, bool]]] = {stream.index: [] for stream in film.streams}
        for packet in film.demux(*([video, audio] if audio else [video])):
            if packet.pts is not None and packet.size and (packet.stream is audio or not packet.is_discard):
                row = (packet.pts, packet.duration or 0, packet.size, packet.is_keyframe)
                seen[packet.stream_index].append(row)
        return _picture(video, sorted(seen[video.index])), _sound(audio, seen[audio.index]) if audio else None


def _picture(video: av.VideoStream, rows: list[tuple[int, int, int, bool]]) -> Picture:
    context = video.codec_context
    numbers = (context.color_primaries, context.color_trc, context.colorspace)
    return Picture(
        context.width,
        context.height,
        context.name,
        context.pix_fmt or "",
        (*(COLOURS.get(int(number), "") for number in numbers), RANGES.get(int(context.color_range), "")),
        round(1 / video.time_base),
        tuple(row[0] for row in rows),
        tuple(row[2] for row in rows),
        tuple(row[3] for row in rows),
    )


def _sound(audio: av.AudioStream, rows: list[tuple[int, int, int, bool]]) -> Sound:
    """The first PRIMING samples are the encoder's run-up; what is to be heard begins behind them."""
    rate = audio.codec_context.sample_rate
    scale = rate * audio.time_base
    heard = [(round(at * scale), round(length * scale)) for at, length, _size, _key in rows]
    if not heard:
        return Sound(audio.codec_context.name, rate, 0, 0, 0)
    missing = sum(after[0] - before[0] - before[1] for before, after in pairwise(heard))
    return Sound(audio.codec_context.name, rate, heard[0][0] + PRIMING, sum(heard[-1]), missing)


def is_faststart(path: Path) -> bool:
    """Return whether an MP4's index stands before its data, so that it plays while it loads."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
            if size == 1:
                size = struct.unpack(">Q", file.read(8))[0] - 8
            if size < 8:
                return False
            file.seek(size - 8, 1)
    return False
