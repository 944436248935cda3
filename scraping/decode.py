"""The one ffmpeg that reads a new video: frames for the pictures, samples for the waveform and, if need be, a proxy."""

from collections.abc import Callable
from pathlib import Path

from ranking import ffmpeg
from scraping import pictures
from scraping.facts import Facts
from scraping.guard import input_args

Report = Callable[[float], None]

FRAME_SIDE = 720
PROXY_SIDE = 960
PROXY_RATE = 60
# Only frames that say so themselves: a file may hold both kinds.
DEINTERLACE = "bwdif=mode=send_frame:deint=interlaced"
# What shines through is black: an encoder puts anything at all where nothing is to be seen.
OPAQUE = "format=yuva420p,premultiply=inplace=1,format=yuv420p"
# HDR to bt709 after the scaling, so that few pixels are computed in floating point. 203 cd/m2 is the reference white
# of ITU-R BT.2408.
TO_SDR = (
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv:d=none"
)


def silent(percent: float) -> None:
    """The report of a caller that shows no progress."""


def read(path: Path, facts: Facts, folder: Path, *, report: Report = silent) -> Path | None:
    """Write frame-NN.png, sound.raw and, where no browser plays the file, proxy.mp4; return the proxy or None.

    Raises FFmpegError.
    """
    proxy = None if facts.plays_in_browsers else folder / "proxy.mp4"
    ffmpeg.run(arguments(path, facts, folder, proxy), seconds=facts.duration, report=report)
    return proxy


def arguments(path: Path, facts: Facts, folder: Path, proxy: Path | None) -> list[str]:
    """The argument list of that ffmpeg."""
    argv = ["-loglevel", "error", "-filter_complex_threads", "1", *input_args(path, *_input_options(facts, proxy))]
    argv += ["-filter_complex", _graph(facts, proxy is not None)]
    frames = [*("-map", "[frames]"), *("-frames:v", str(pictures.FRAMES)), *("-fps_mode", "passthrough")]
    argv += [*frames, *("-threads", "1"), *("-compression_level", "1"), f"file:{folder}/frame-%02d.png"]
    if facts.has_audio:
        sound = [*("-map", f"0:{facts.audio_index}"), *("-ac", "1"), *("-ar", str(pictures.SOUND_RATE))]
        argv += [*sound, *("-f", "s16le"), f"file:{folder}/sound.raw"]
    return argv + (_proxy(facts, proxy) if proxy else [])


def _input_options(facts: Facts, proxy: Path | None) -> list[str]:
    options = ["-threads", "1", *(["-c:v", facts.alpha_decoder] if facts.alpha_decoder else [])]
    # The pictures alone need no more than the frames that can be sought, where they lie close enough.
    if proxy is None and facts.keyframe_gap * pictures.FRAMES <= facts.duration:
        options += ["-skip_frame", "nokey"]
    return options


def _graph(facts: Facts, with_proxy: bool) -> str:
    step = facts.duration / pictures.FRAMES
    # The n-th frame is the first one after the middle of the n-th twelfth.
    choose = f"select='gte(t-{begin(facts):.6f},(selected_n+0.5)*{step:.6f})'"
    frames = ",".join([choose, *_fitted(facts, FRAME_SIDE), "format=rgb24"])
    source = f"[0:{facts.video_index}]"
    source += f"{OPAQUE}," if facts.has_alpha else ""
    if not with_proxy:
        return f"{source}{frames}[frames]"
    source += f"{DEINTERLACE}," if facts.interlaced else ""
    shown = ",".join([*_fitted(facts, PROXY_SIDE), "format=yuv420p"])
    return f"{source}split[a][b];[a]{frames}[frames];[b]{shown}[shown]"


def begin(facts: Facts) -> float:
    """Return the second of ffmpeg's clock at which the video begins: it moves the earliest stream to 0."""
    return 0.0 if facts.start_time < 1 else min(facts.start_time, facts.duration)


def _fitted(facts: Facts, side: int) -> list[str]:
    """Square pixels, even sides, the longer one at most `side`; ffmpeg has turned the picture upright by itself."""
    scale = min(1.0, side / max(facts.width, facts.height))
    width, height = (max(2, round(length * scale / 2) * 2) for length in (facts.width, facts.height))
    return [f"scale={width}:{height}:flags=area", "setsar=1", *([TO_SDR] if facts.is_hdr else [])]


def _proxy(facts: Facts, proxy: Path) -> list[str]:
    argv = ["-map", "[shown]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-g", "60", "-threads", "1"]
    argv += ["-fpsmax", str(PROXY_RATE), "-map_metadata", "-1"]
    if facts.has_audio:
        argv += ["-map", f"0:{facts.audio_index}", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"]
    return [*argv, "-movflags", "+faststart", "-f", "mp4", f"file:{proxy}"]
