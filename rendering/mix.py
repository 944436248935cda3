"""The mix: clips, voices, effects and music laid into one sound, each levelled and each making room for the next."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from rendering import ducking, voiceover
from rendering.bed import DUCK, bed_sound
from rendering.decoding import Part, decode
from rendering.effects import cues, samples
from rendering.levels import RATE, SILENT_LUFS, Sound, loudness, put_on
from rendering.plan import FPS, Heard, Plan
from rendering.tracks import find_track

SAMPLES = RATE // FPS  # one frame of sound
CLIP_LUFS = -16.0  # each clip before the master, so that no cut is a jump
MAX_GAIN = 20.0  # dB; beyond it a near silent clip would only bring up its noise
VOICE_DUCK = 11.0  # dB that clips step back under a voice
EDGE = RATE // 100  # samples: a cut's own fade, against clicks

FindClip = Callable[[str], Path]


def mix(plan: Plan, find_clip: FindClip, folder: Path, report: Callable[[float], None] = lambda percent: None) -> Sound:
    """Return the whole sound of a film, exactly as long as its frames, not yet mastered.

    `report` gets a percentage; whatever it raises ends the work. Raises JobError where a file is gone,
    ffmpeg.FFmpegError where one cannot be read.
    """
    film = np.zeros((plan.frames * SAMPLES, 2), np.float32)
    _lay_clips(film, plan, find_clip, folder, report)
    if spoken := voiceover.voices(plan, folder, lambda percent: report(60)):
        voices = np.zeros_like(film)
        for at, sound in spoken:
            lay(voices, sound, at)
        put_on(film, ducking.duck_curve(voices, VOICE_DUCK), ducking.STEP)
        film += voices
    for cue in cues(plan):
        lay(film, samples(cue.name) * np.float32(cue.gain), round(cue.at * RATE))
    if plan.bed:
        music = bed_sound(plan.bed, find_track(plan.bed.track), len(film), folder, lambda percent: report(80))
        put_on(music, ducking.duck_curve(film, DUCK), ducking.STEP)
        film += music
    report(100)
    return film


def lay(film: Sound, sound: Sound, at: int) -> None:
    """Add a sound to the film from a sample on; what lies outside of the film is left out."""
    begin, end = max(at, 0), min(at + len(sound), len(film))
    if end > begin:
        film[begin:end] += sound[begin - at : end - at]


def _lay_clips(film: Sound, plan: Plan, find_clip: FindClip, folder: Path, report: Callable[[float], None]) -> None:
    """Lay the clips' own sound: every stretch of a clip at the gain that levels its part."""
    heard = [it for it in plan.heard() if it.clip.has_audio and it.clip.volume > 0 and it.frames > 0]
    parts = [Part(find_clip(it.clip.clip), it.clip.start + it.start / FPS, it.frames / FPS) for it in heard]
    sounds = decode(parts, folder, report=report)
    gains = {
        stretch.clip.rank: gain(loudness(sound[: stretch.clip.frames * SAMPLES]))
        for stretch, sound in zip(heard, sounds, strict=True)
        if not stretch.start and stretch.frames >= stretch.clip.frames
    }
    for stretch, sound in zip(heard, sounds, strict=True):
        report(50)
        if (level := gains[stretch.clip.rank]) is not None:
            volume = np.float32(10 ** (level / 20) * stretch.clip.volume)
            lay(film, faded(sound[: stretch.frames * SAMPLES] * volume, stretch), stretch.at * SAMPLES)


def gain(lufs: float | None) -> float | None:
    """Return the gain in dB that levels a clip of this loudness, or None where it stays silent."""
    return None if lufs is None or lufs < SILENT_LUFS else min(CLIP_LUFS - lufs, MAX_GAIN)


def faded(sound: Sound, stretch: Heard) -> Sound:
    """Fade both ends, in place, at equal power: two clips that give way to each other stay as loud as one."""
    length = stretch.frames * SAMPLES
    up = min(max(stretch.fade_in * SAMPLES, EDGE), length)
    down = min(max(stretch.fade_out * SAMPLES, EDGE), length)
    start = sound[:up]
    start *= np.sin(np.linspace(0, np.pi / 2, up, dtype=np.float32))[: len(start), None]
    # Counted from where the stretch ends, which may lie beyond the end of the file.
    end = sound[length - down :]
    end *= np.cos(np.linspace(0, np.pi / 2, down, dtype=np.float32))[: len(end), None]
    return sound
