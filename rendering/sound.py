"""The sound of a film: every clip levelled, the whole at -14 LUFS, silence where a clip has none."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ranking import ffmpeg
from ranking.storage import work_folder
from rendering.plan import FPS, Clip
from scraping.guard import input_args

VERSION = 2  # rises when the same clips would sound otherwise
RATE = 48_000
SAMPLES = RATE // FPS  # one frame of sound
MASTER_LUFS = -14.0  # what YouTube and TikTok play at; louder is turned down, quieter is not turned up
PEAK_DBTP = -1.0  # the most a platform's own encoder is sure not to clip
CLIP_LUFS = -16.0  # each clip before the master, so that no cut is a jump
MAX_GAIN = 20.0  # dB; beyond it a near silent clip would only bring up its noise
SILENT_LUFS = -60.0  # below this there is nothing to level
TOLERANCE = 0.25  # LU
MAX_PASSES = 5
FADE = 0.01  # seconds at each cut, against clicks


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP; None where there is only silence."""

    lufs: float | None
    peak: float | None


def measure(source: Sequence[str], *, peak: bool = True) -> Loudness:
    """Return the loudness (EBU R 128) of an input, given as its arguments; the true peak costs four times as much."""
    chain = f"ebur128=peak={'true' if peak else 'sample'}:framelog=quiet"
    return _told(ffmpeg.run([*source, "-map", "0:a:0", "-vn", "-af", chain, "-threads", "1", "-f", "null", "-"]))


def _told(log: str) -> Loudness:
    """Return what the ebur128 filter told at the end of ffmpeg's log."""
    summary = log.rpartition("Summary:")[2]
    lufs = re.search(r"I:\s+(-?[\d.]+|-?inf|nan) LUFS", summary)
    highest = re.search(r"Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", summary)
    if not (lufs and highest):
        raise ffmpeg.FFmpegError(f"ffmpeg told no loudness: {log[-300:]}")
    return Loudness(_finite(lufs[1]), _finite(highest[1]))


def _finite(text: str) -> float | None:
    """Return a level, or None for silence (ebur128 says -70 LUFS, -inf or nan)."""
    value = float(text)
    return value if value > SILENT_LUFS - 9 else None


def clip_loudness(clip: Clip, path: Path) -> Loudness:
    """Return the loudness of the part of a clip that is shown, kept from the first time it is asked for."""
    kept = settings.SEGMENTS_DIR / "loudness" / f"{clip.clip}-{clip.start:.3f}-{clip.frames}.json"
    if kept.exists():
        return Loudness(**json.loads(kept.read_text()))
    found = measure(input_args(path, "-ss", f"{clip.start:.3f}", "-t", f"{clip.seconds:.3f}"), peak=False)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=kept.parent, delete=False) as file:
        json.dump({"lufs": found.lufs, "peak": found.peak}, file)
    os.replace(file.name, kept)
    return found


def gain(loudness: Loudness, volume: float) -> float | None:
    """Return the gain in dB that levels a clip, or None where it stays silent."""
    if loudness.lufs is None or loudness.lufs < SILENT_LUFS or volume <= 0:
        return None
    return min(CLIP_LUFS - loudness.lufs, MAX_GAIN)


def film_sound(
    clips: Sequence[Clip], find_clip: Callable[[str], Path], report: Callable[[float], None] = lambda percent: None
) -> Path:
    """Return the film's sound, AAC at 48 kHz stereo, exactly as long as the picture; kept by what decides it."""
    heard = [[clip.clip, clip.start, clip.frames, clip.volume, clip.has_audio] for clip in clips]
    key = hashlib.sha256(json.dumps([VERSION, ffmpeg.build(), heard]).encode()).hexdigest()
    kept = settings.SEGMENTS_DIR / "sound" / f"{key}.m4a"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with work_folder("sound") as folder:
            os.replace(_write_sound(clips, find_clip, folder, report), kept)
    return kept


def _write_sound(
    clips: Sequence[Clip], find_clip: Callable[[str], Path], folder: Path, report: Callable[[float], None]
) -> Path:
    """Level the clips, lay them one after the other, and master the whole."""
    gains = []
    for number, clip in enumerate(clips):
        loudness = clip_loudness(clip, find_clip(clip.clip)) if clip.has_audio else Loudness(None, None)
        gains.append(gain(loudness, clip.volume))
        report(40 * (number + 1) / len(clips))
    mix = folder / "mix.wav"
    mixed = _told(ffmpeg.run(mix_args(clips, gains, find_clip, mix)))
    report(60)
    return master(mix, mixed.lufs, folder, report)


def mix_args(
    clips: Sequence[Clip], gains: Sequence[float | None], find_clip: Callable[[str], Path], out: Path
) -> list[str]:
    """Return the arguments that lay the levelled clips one after the other into a WAV file, and measure it."""
    inputs: list[str] = []
    steps: list[str] = []
    for number, (clip, level) in enumerate(zip(clips, gains, strict=True)):
        length = f"atrim=end_sample={clip.frames * SAMPLES}"
        if level is None:
            steps.append(f"anullsrc=r={RATE}:cl=stereo,aformat=sample_fmts=fltp,{length}[s{number}]")
            continue
        source = inputs.count("-i")
        part = ("-ss", f"{clip.start:.3f}", "-t", f"{clip.seconds + 0.1:.3f}")
        inputs += input_args(find_clip(clip.clip), *part)
        steps.append(
            f"[{source}:a:0]aresample={RATE}:async=1:first_pts=0,aformat=channel_layouts=stereo:sample_fmts=fltp,"
            f"volume={level:.2f}dB,volume={clip.volume:.3f},apad,{length},"
            f"afade=t=in:d={FADE},afade=t=out:st={clip.seconds - FADE:.4f}:d={FADE},asetpts=N/SR/TB[s{number}]"
        )
    joined = "".join(f"[s{number}]" for number in range(len(clips)))
    graph = ";".join([*steps, f"{joined}concat=n={len(clips)}:v=0:a=1,ebur128=peak=sample:framelog=quiet[a]"])
    return [*inputs, "-filter_complex", graph, "-map", "[a]", "-c:a", "pcm_f32le", "-threads", "1", str(out)]


def master(mix: Path, lufs: float | None, folder: Path, report: Callable[[float], None]) -> Path:
    """Bring a mix of this loudness to MASTER_LUFS under PEAK_DBTP and encode it, measured until it is right."""
    out = folder / "sound.m4a"
    level, ceiling = 0.0 if lufs is None else MASTER_LUFS - lufs, PEAK_DBTP - 0.5
    for number in range(MAX_PASSES):
        ffmpeg.run(_master_args(mix, level, ceiling, out))
        report(60 + 40 * (number + 1) / MAX_PASSES)
        now = measure(["-i", str(out)])
        if now.lufs is None or now.peak is None:
            return out
        too_high = now.peak - PEAK_DBTP
        if abs(now.lufs - MASTER_LUFS) <= TOLERANCE and too_high <= 0:
            return out
        level += MASTER_LUFS - now.lufs
        ceiling -= max(too_high + 0.1, 0)
    return out


def _master_args(mix: Path, level: float, ceiling: float, out: Path) -> list[str]:
    """The limiter works at twice the rate, where a sample peak is within half a decibel of the true peak."""
    limit = 10 ** (ceiling / 20)
    chain = (
        f"volume={level:.2f}dB,aresample={2 * RATE},"
        f"alimiter=limit={limit:.4f}:level=0:attack=5:release=50:latency=1,aresample={RATE}"
    )
    encode = ["-c:a", "aac", "-b:a", "192k", "-ar", str(RATE), "-ac", "2", "-threads", "1", "-fflags", "+bitexact"]
    return ["-i", str(mix), "-af", chain, *encode, "-movflags", "+faststart", str(out)]
