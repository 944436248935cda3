"""The sound of a film: mixed once, at -14 LUFS under -1 dBTP, exactly as long as the picture."""

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from ranking import ffmpeg
from ranking.storage import work_folder
from rendering import effects, store, voiceover
from rendering.levels import RATE, STEP, Curve, Sound, fitted, measure, profile, put_on
from rendering.mix import FindClip, mix
from rendering.plan import Plan

__all__ = ["film_sound", "master", "measure"]

VERSION = 4  # rises when the same plan would sound otherwise
MASTER_LUFS = -14.0  # what YouTube and TikTok play at; louder is turned down, quieter is not turned up
PEAK_DBTP = -1.0  # the most a platform's own encoder is sure not to clip
HEADROOM = 0.5  # dB that an encoder may overshoot
TOLERANCE = 0.15  # LU
MAX_PASSES = 5


def film_sound(plan: Plan, find_clip: FindClip, report: Callable[[float], None] = lambda percent: None) -> Path:
    """Return the film's sound, AAC at 48 kHz stereo, exactly as long as the picture; kept by what decides it.

    Raises JobError where a file is gone, ffmpeg.FFmpegError where one cannot be read.
    """
    key = hashlib.sha256(json.dumps([VERSION, ffmpeg.build(), *_heard(plan)]).encode()).hexdigest()
    kept = settings.SEGMENTS_DIR / "sound" / f"{key}.m4a"
    if store.used(kept):
        return kept
    with work_folder("sound") as folder:
        mixed = mix(plan, find_clip, folder, lambda percent: report(percent * 0.6))
        return store.put(master(mixed, folder, report), kept)


def _heard(plan: Plan) -> list[Any]:
    """Return all of a plan that is heard, and nothing else: a label changes no sound."""
    stretches = [
        [it.clip.clip, it.clip.start, it.clip.frames, it.clip.volume, *dataclasses.astuple(it)[1:]]
        for it in plan.heard()
        if it.clip.has_audio and it.clip.volume > 0
    ]
    spoken = [dataclasses.astuple(slot) for slot in voiceover.slots(plan)]
    played = [[effects.VERSION, *dataclasses.astuple(cue)] for cue in effects.cues(plan)]
    return [plan.frames, stretches, spoken, played, plan.bed and dataclasses.astuple(plan.bed)]


def master(sound: Sound, folder: Path, report: Callable[[float], None] = lambda percent: None) -> Path:
    """Encode a sound at MASTER_LUFS under PEAK_DBTP, measured until the encoded file is right; silence stays so.

    What cannot be made right in MAX_PASSES is the nearest that was found: under the ceiling first, then the loudness.
    """
    out, tried, levels, least = folder / "sound.m4a", folder / "tried.m4a", profile(sound), (True, float("inf"))
    wanted, ceiling = MASTER_LUFS, PEAK_DBTP - HEADROOM
    for number in range(MAX_PASSES):
        tell = partial(_at, report, 60 + 40 * number / MAX_PASSES)
        _encode(sound, fitted(levels, wanted, ceiling), tried, tell)
        now = measure(["-i", str(tried)], report=tell)
        if now.lufs is None or now.peak is None:
            return tried
        too_high, off = now.peak - PEAK_DBTP, MASTER_LUFS - now.lufs
        miss = too_high > 0, abs(off)
        if miss < least or not number:
            least = miss
            os.replace(tried, out)
        if miss <= (False, TOLERANCE):
            break
        wanted += off
        ceiling -= max(too_high + 0.1, 0)
    return out


def _at(report: Callable[[float], None], percent: float, _percent: float) -> None:
    """Report where the whole is, whatever percentage a part of it tells."""
    report(percent)


def _encode(sound: Sound, curve: Curve, out: Path, report: Callable[[float], None]) -> None:
    """Write the sound with the gain put on, as AAC."""
    raw = out.with_suffix(".raw")
    with raw.open("wb") as file:
        for first in range(0, len(sound), 10 * RATE):
            part = np.array(sound[first : first + 10 * RATE])
            put_on(part, curve[first // STEP :])
            file.write(part.tobytes())
    encode = ["-c:a", "aac", "-b:a", "192k", "-ar", str(RATE), "-ac", "2", "-threads", "1", "-fflags", "+bitexact"]
    source = ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", str(raw)]
    ffmpeg.run([*source, *encode, "-movflags", "+faststart", str(out)], report=report)
