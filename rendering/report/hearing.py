"""Whether every clip of a film is heard: its own sound, not only whatever plays while it is seen."""

from collections.abc import Callable, Collection
from pathlib import Path

import av
import numpy as np

from ranking.storage import work_folder
from rendering.decoding import Part, decode
from rendering.effects import cues
from rendering.levels import RATE, SILENT_LUFS, Sound, loudness
from rendering.plan import FPS, Clip, Piece, Plan
from rendering.report.stillness import starts
from rendering.voiceover import slots

WINDOW = 0.1  # seconds: the loudest of these tells whether anything was heard
SILENT_DB = -60.0  # dBFS
EDGE = 2  # frames at both ends of a clip into which AAC smears what is heard before and after
EVERY = 6  # samples that are taken together to compare two sounds: what is above 4 kHz, AAC may draw anew
COMPARED = 0.2  # seconds that are compared at a time
# A clip's own sound and the film's, alike from -1 to 1, as the mean of all COMPARED: about 0.9 over music, 0.25 where a
# voice speaks all the time, and within 0.1 of nothing where the clip is not in the film.
ALIKE = 0.15

FindClip = Callable[[str], Path]
Report = Callable[[float], None]


def levels(path: Path) -> np.ndarray:
    """Return the level in dBFS of each WINDOW of a film's sound."""
    with av.open(str(path)) as film:
        if not film.streams.audio:
            return np.zeros(0)
        rate = film.streams.audio[0].codec_context.sample_rate
        parts = [(frame.to_ndarray().astype(np.float32) ** 2).mean(axis=0) for frame in film.decode(audio=0)]
    power = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    step = round(rate * WINDOW)
    windows = power[: power.size // step * step].reshape(-1, step).mean(axis=1)
    return 10 * np.log10(np.maximum(windows, 1e-12))


def is_heard(level: np.ndarray, first: int, end: int) -> bool:
    """Return whether anything is heard from film frame `first` up to `end`."""
    low, high = (first + EDGE) / FPS / WINDOW, (end - EDGE) / FPS / WINDOW
    part = level[int(np.ceil(low)) : max(int(high), int(np.ceil(low)) + 1)]
    return bool(part.size) and float(part.max()) > SILENT_DB


def heard_clips(plan: Plan, level: np.ndarray) -> dict[int, bool]:
    """Return for each rank whether anything is heard while its clip plays."""
    return {piece.rank: is_heard(level, begin, begin + piece.frames) for piece, begin in _played(plan)}


def _played(plan: Plan) -> list[tuple[Piece, int]]:
    """Return the pieces that are clips, each with the frame of the film at which it begins."""
    pieces = plan.pieces()
    return [(piece, begin) for piece, begin in zip(pieces, starts(pieces), strict=False) if piece.kind == "clip"]


def covered(plan: Plan) -> set[int]:
    """Return the ranks over whose clips something else is heard: music, a voice, an effect."""
    if plan.bed is not None:
        return set(plan.order)
    spoken = {slot.rank for slot in slots(plan)}
    moments = [cue.at * FPS for cue in cues(plan)]
    return spoken | {
        piece.rank
        for piece, begin in _played(plan)
        if any(begin - FPS <= moment < begin + piece.frames for moment in moments)
    }


def own_sound(
    film: Path, plan: Plan, ranks: Collection[int], find_clip: FindClip, report: Report = lambda percent: None
) -> dict[int, bool]:
    """Return for each of these ranks whether the sound of its own clip is in the film; none for one that has none."""
    played = [(piece, begin) for piece, begin in _played(plan) if piece.rank in ranks]
    if not played:
        return {}
    parts = [Part(film, 0, plan.seconds)]
    for piece, _begin in played:
        clip = plan.clip_of(piece.rank)
        parts.append(Part(find_clip(clip.clip), clip.start + piece.start / FPS, piece.seconds))
    found = {}
    with work_folder("heard") as folder:
        whole, *own = decode(parts, folder, report=report)
        for (piece, begin), sound in zip(played, own, strict=True):
            if (level := loudness(sound)) is not None and level >= SILENT_LUFS:
                found[piece.rank] = alike(sound, whole[begin * RATE // FPS :]) >= ALIKE
    return found


def alike(own: Sound, film: Sound) -> float:
    """Return how alike two sounds are that begin together, from -1 to 1, whatever their levels are."""
    step, length = round(COMPARED * RATE), min(len(own), len(film))
    found = weights = 0.0
    for first in range(0, length - step + 1, step):
        mine, theirs = (_steps(sound[first : first + step]) for sound in (own, film))
        weight, other = float(np.linalg.norm(mine)), float(np.linalg.norm(theirs))
        found += float(mine @ theirs) / other if other else 0.0
        weights += weight  # the loudest moments of the clip count most: its pauses say nothing
    return found / weights if weights else 0.0


def _steps(sound: Sound) -> np.ndarray:
    """Return by how much a sound changes, coarsely: what is low does not outweigh all else."""
    coarse = sound[: len(sound) // EVERY * EVERY].reshape(-1, EVERY, 2).mean(axis=1)
    return np.diff(coarse, axis=0).ravel()


def why_silent(clip: Clip) -> str:
    """Return why a clip gives no sound of its own: muted, soundless, or an empty text where it should."""
    if not clip.has_audio:
        return "soundless"
    return "muted" if clip.volume <= 0 else ""
