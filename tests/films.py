"""Reading a film back from its file: the facts that make it fit to publish, each of which can fail."""

import itertools
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import av

from ranking import ffmpeg
from rendering.report import is_faststart
from rendering.sound import measure


@dataclass(frozen=True)
class Picture:
    """What the video stream of a film told: times in ticks of its time base."""

    size: tuple[int, int]
    pix_fmt: str
    codec: str
    colors: tuple[int, int, int, int]
    steps: frozenset[int]
    ticks: int
    frames: int
    first: int


def look(path: Path) -> Picture:
    with av.open(str(path)) as film:
        video = film.streams.video[0]
        context = video.codec_context
        times = sorted(packet.pts for packet in film.demux(video) if packet.pts is not None)
        frame = _first_frame(path)
        steps = frozenset(after - before for before, after in itertools.pairwise(times))
        colors = (frame.color_primaries, frame.color_trc, int(frame.colorspace), int(frame.color_range))
        size = (context.width, context.height)
        ticks = int(1 / video.time_base)
        return Picture(size, context.pix_fmt, context.name, colors, steps, ticks, len(times), times[0])


def _first_frame(path: Path) -> av.VideoFrame:
    with av.open(str(path)) as film:
        return next(film.decode(video=0))


def faults(path: Path, *, seconds: float, frozen: bool = True, silent: bool = False) -> list[str]:
    """Return everything that is wrong with a film, in words; nothing when it is fit to publish."""
    picture = look(path)
    found = [] if picture.size == (1080, 1920) else [f"size {picture.size}"]
    if (picture.codec, picture.pix_fmt) != ("h264", "yuv420p"):
        found.append(f"picture {picture.codec} {picture.pix_fmt}")
    if picture.colors != (1, 1, 1, 1):  # bt709, bt709, bt709, limited, by ITU-T H.273 and libavutil
        found.append(f"colours {picture.colors}")
    if picture.steps != {picture.ticks // 30}:
        found.append(f"not 30 frames a second: steps {sorted(picture.steps)} of {picture.ticks}")
    if abs(picture.frames / 30 - seconds) > 1 / 30:
        found.append(f"{picture.frames} frames, not {seconds} s")
    if not is_faststart(path):
        found.append("the index is at the end")
    return found + sound_faults(path, seconds, silent=silent) + stillness(path, frozen=frozen)


def sound_faults(path: Path, seconds: float, *, silent: bool) -> list[str]:
    with av.open(str(path)) as film:
        if not film.streams.audio:
            return ["no sound"]
        context = film.streams.audio[0].codec_context
        found = [] if (context.name, context.sample_rate) == ("aac", 48000) else [f"sound {context.name}"]
        length = sum(frame.samples for frame in film.decode(audio=0)) / 48000
    if abs(length - seconds) > 0.05:
        found.append(f"sound lasts {length:.3f} s")
    loudness = measure(["-i", str(path)])
    if silent:
        return found + ([] if loudness.lufs is None else [f"not silent: {loudness.lufs}"])
    if loudness.lufs is None or abs(loudness.lufs + 14) > 0.3:
        found.append(f"{loudness.lufs} LUFS")
    if loudness.peak is None or loudness.peak > -1:
        found.append(f"true peak {loudness.peak} dBTP")
    return found


def stillness(path: Path, *, frozen: bool) -> list[str]:
    """Return black and, unless a clip itself stands still, frozen stretches."""
    watch = "scale=270:480,blackdetect=d=0.1:pix_th=0.1" + (",freezedetect=n=-60dB:d=0.5" if frozen else "")
    argv = [ffmpeg.exe(), "-hide_banner", "-nostdin", "-i", str(path), "-vf", watch, "-an", "-f", "null", "-"]
    log = subprocess.run(argv, capture_output=True, text=True, check=True).stderr
    return re.findall(r"black_start:\S+|freeze_start: \S+", log)


def pixel(path: Path, second: float, x: int, y: int) -> tuple[int, int, int]:
    """Return red, green and blue of one pixel as a player shows it."""
    argv = [ffmpeg.exe(), "-v", "error", "-nostdin", "-ss", f"{second}", "-i", str(path), "-frames:v", "1"]
    argv += ["-vf", f"crop=8:8:{x}:{y},scale=1:1:flags=area:in_color_matrix=bt709:in_range=limited,format=rgb24"]
    raw = subprocess.run([*argv, "-f", "rawvideo", "-"], capture_output=True, check=True).stdout
    return raw[0], raw[1], raw[2]


def frame_hashes(path: Path) -> list[str]:
    """Return a checksum of every decoded frame."""
    argv = [ffmpeg.exe(), "-v", "error", "-nostdin", "-i", str(path), "-map", "0:v", "-f", "framemd5", "-"]
    log = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return [line.rsplit(",", 1)[1].strip() for line in log.splitlines() if line and not line.startswith("#")]
