"""The program that looks into one media file apart from the studio: one JSON object on stdout, then it ends.

Started by scraping.probe as `python -m scraping.probe_child PATH`. It limits itself, because libav's demuxers and
decoders are not safe on a hostile file, and it decodes only what scraping.guard lists.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any

from ranking.child import die_with_parent
from scraping import guard
from scraping.facts import Facts

MEMORY = 2 * 1024**3
CPU_SECONDS = 20
LEAST_SIDE = 16
LEAST_SECONDS = 0.1
MOST_SECONDS = 3600.0
ENOUGH = 0.95  # a file that holds fewer of its frames than this was cut off
TRIES = 400  # packets that may pass before a frame comes out of the decoder
ABSURD_SECONDS = 24 * 3600  # a header that claims more is lying, and is not asked

# The numbers of ISO/IEC 23091-2 by the names that ffmpeg gives them.
RANGES = {1: "tv", 2: "pc"}
SPACES = {0: "gbr", 1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
TRANSFERS = {
    **{1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 13: "iec61966-2-1"},
    **{14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67"},
}
PRIMARIES = {
    **{1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m"},
    **{9: "bt2020", 11: "smpte431", 12: "smpte432"},
}


class Refused(Exception):
    """The file is not taken: a code of scraping.probe, and a word that its sentence names."""

    def __init__(self, code: str, word: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.word = word


@dataclass
class Walk:
    """What passing all packets of the video stream told; times in seconds."""

    packets: int = 0
    frames: int = 0
    first: float | None = None
    last: float = 0.0
    end: float = 0.0
    keyframes: list[float] = field(default_factory=list)


def main(path: str) -> None:
    """Print {"facts": ...} or {"refused": code, "word": ...}."""
    confine()
    try:
        answer: dict[str, Any] = {"facts": look(path).as_dict()}
    except Refused as refused:
        answer = {"refused": refused.code, "word": refused.word}
    sys.stdout.write(json.dumps(answer))


def confine() -> None:
    die_with_parent()
    if sys.platform != "darwin":  # macOS refuses every value of this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextmanager
def opened(path: str) -> Iterator[Any]:
    """Open a file as a guarded av container; raises Refused."""
    import av

    options = {"protocol_whitelist": "file", "format_whitelist": ",".join(guard.FORMATS), "max_streams": "1000"}
    try:
        container = av.open(f"file:{os.path.abspath(path)}", options=options, metadata_errors="replace")
    except (av.FFmpegError, MemoryError) as error:
        raise Refused("corrupt") from error
    with container:
        if len(container.streams) > guard.MAX_STREAMS:
            raise Refused("too_many_streams")
        yield container


def look(path: str) -> Facts:
    """The facts of a file; raises Refused."""
    with opened(path) as container:
        video, audio = _video(container), known_audio(container)
        walk = _walk(container, video)
        frames = _sound(container, video, walk)
        return _facts(container, video, audio, walk, frames, path)


def _video(container: Any) -> Any:
    from av.stream import Disposition

    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        raise Refused("no_video" if container.streams.audio else "corrupt")
    video = streams[0]
    if video.codec_context is None or video.codec_context.name not in guard.VIDEO_CODECS:
        raise Refused("unsupported", video.codec_context.name if video.codec_context else "")
    if video.width * video.height > guard.MAX_PIXELS:
        raise Refused("too_large", f"{video.width}x{video.height}")
    if min(video.width, video.height) < LEAST_SIDE:
        raise Refused("too_small", f"{video.width}x{video.height}")
    video.codec_context.thread_count = 1
    return video


def known_audio(container: Any) -> Any:
    """The first sound that may be decoded: phones put a spatial track that nothing reads beside the plain one."""
    streams = [s for s in container.streams.audio if s.codec_context is not None]
    known = [s for s in streams if s.codec_context.name in guard.AUDIO_CODECS]
    if streams and not known:
        raise Refused("unsupported", streams[0].codec_context.name)
    return known[0] if known else None


def _walk(container: Any, video: Any) -> Walk:
    """Pass all packets without decoding one: only this tells how long a video truly is."""
    walk, ends = Walk(), 0.0
    step = float(1 / video.average_rate) if video.average_rate else 1 / 30
    for packet in packets(container):
        moment = packet.pts if packet.pts is not None else packet.dts
        if moment is None or packet.size == 0:
            continue
        begin = float(moment * packet.time_base)
        end = begin + (float(packet.duration * packet.time_base) if packet.duration else step)
        ends = max(ends, end)
        if packet.stream_index == video.index:
            _count(walk, packet, begin, end)
    if not walk.frames or walk.first is None:
        raise Refused("corrupt")
    _whole(container, video, walk, ends)
    return walk


def packets(container: Any) -> Iterator[Any]:
    import av

    packets = container.demux()
    while True:
        try:
            yield next(packets)
        except StopIteration:
            return
        except av.FFmpegError as error:  # what came before may still be nearly all of it: _whole decides
            sys.stderr.write(f"{error}\n")
            return


def _count(walk: Walk, packet: Any, begin: float, end: float) -> None:
    walk.packets += 1
    if packet.is_discard:  # before the edit list's beginning: decoded, never shown
        return
    walk.frames += 1
    walk.first = begin if walk.first is None else min(walk.first, begin)
    walk.last, walk.end = max(walk.last, begin), max(walk.end, end)
    if packet.is_keyframe:
        walk.keyframes.append(begin)


def _whole(container: Any, video: Any, walk: Walk, ends: float) -> None:
    """Refuse a file that holds clearly less than it declares."""
    if video.frames:
        if walk.packets < ENOUGH * video.frames:
            raise Refused("corrupt")
    elif container.duration:
        declared = container.duration / 1_000_000
        begin = (container.start_time or 0) / 1_000_000
        if declared < ABSURD_SECONDS and ends - begin < ENOUGH * declared - 0.5:
            raise Refused("corrupt")
    if walk.end - walk.first < LEAST_SECONDS:
        raise Refused("too_short")
    if walk.end - walk.first > MOST_SECONDS:
        raise Refused("too_long")


def _sound(container: Any, video: Any, walk: Walk) -> list[Any]:
    """Decode a frame at the beginning, in the middle and near the end; return them. Raises Refused."""
    length = walk.end - walk.first
    frames = [_frame_at(container, video, walk.first + length * part) for part in (0, 0.5, 0.9)]
    if frames[0].width * frames[0].height > guard.MAX_PIXELS:
        raise Refused("too_large", f"{frames[0].width}x{frames[0].height}")
    return frames


def _frame_at(container: Any, video: Any, second: float) -> Any:
    import av

    try:
        container.seek(int(second / video.time_base), stream=video, backward=True)
    except av.FFmpegError:  # a stream without an index: from where it stands
        container.seek(0)
    for packet in islice(container.demux(video), TRIES):
        try:
            for frame in packet.decode():
                return frame
        except (av.FFmpegError, MemoryError) as error:
            sys.stderr.write(f"{error}\n")
    raise Refused("corrupt")


def _facts(container: Any, video: Any, audio: Any, walk: Walk, frames: list[Any], path: str) -> Facts:
    frame = frames[0]
    sar = video.sample_aspect_ratio or Fraction(1)
    sar = sar if 0.1 <= sar <= 10 else Fraction(1)
    shown = max(round(video.width * sar), 1), video.height
    rotation = round(frame.rotation / 90) * 90 % 360
    duration = walk.end - walk.first
    return Facts(
        *(shown if rotation in (0, 180) else shown[::-1]),
        coded_width=video.width,
        coded_height=video.height,
        rotation=rotation,
        sar=float(sar),
        fps=_rate(video, walk),
        frames=walk.frames,
        duration=round(duration, 6),
        start_time=round(walk.first, 6),
        keyframe_gap=_gap(walk),
        video_codec="av1" if video.codec_context.name == "libdav1d" else video.codec_context.name,
        pix_fmt=frame.format.name,
        **_colors(video, frame),
        has_audio=audio is not None,
        audio_codec=audio.codec_context.name if audio else "",
        audio_rate=(audio.codec_context.sample_rate or 0) if audio else 0,
        audio_channels=(audio.codec_context.channels or 0) if audio else 0,
        video_index=video.index,
        audio_index=audio.index if audio else -1,
        container=_container(container, path),
        size=os.path.getsize(path),
        interlaced=any(frame.interlaced_frame for frame in frames),
        has_alpha=_has_alpha(video, frame),
    )


def _has_alpha(video: Any, frame: Any) -> bool:
    """Tell whether the picture is transparent in places: its pixels say so, or the WebM around them."""
    return video.metadata.get("alpha_mode") == "1" or any(part.is_alpha for part in frame.format.components)


def _rate(video: Any, walk: Walk) -> float:
    """Frames a second: the stream's own exact number where counting agrees with it."""
    counted = (walk.frames - 1) / (walk.last - walk.first) if walk.last > walk.first else 0.0
    told = float(video.average_rate or 0)
    return round(told if told and abs(told - counted) <= 0.02 * told else counted or told or 30.0, 6)


def _gap(walk: Walk) -> float:
    times = [walk.first, *sorted(walk.keyframes), walk.end]
    return round(max(later - earlier for earlier, later in pairwise(times)), 3)


def _colors(video: Any, frame: Any) -> dict[str, str]:
    context = video.codec_context

    def named(names: dict[int, str], *numbers: Any) -> str:
        return next((names[int(n)] for n in numbers if n is not None and int(n) in names), "")

    return {
        "color_range": named(RANGES, frame.color_range, context.color_range),
        "color_space": named(SPACES, frame.colorspace, context.colorspace),
        "color_transfer": named(TRANSFERS, frame.color_trc, context.color_trc),
        "color_primaries": named(PRIMARIES, frame.color_primaries, context.color_primaries),
    }


def _container(container: Any, path: str) -> str:
    with open(path, "rb") as file:
        head = file.read(64)
    names = container.format.name.split(",")
    if "mov" in names:
        return "mov" if head[8:12] == b"qt  " or head[4:8] != b"ftyp" else "mp4"
    if "matroska" in names:
        return "webm" if b"webm" in head else "mkv"
    return {"avi": "avi", "mpegts": "ts"}.get(names[0]) or _refuse(names[0])


def _refuse(name: str) -> str:
    raise Refused("unsupported", name)


if __name__ == "__main__":
    main(sys.argv[1])
