"""Where a rank's voice stands in the film, and how it is made to end with its clip."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from ranking.jobs import JobError
from rendering.decoding import Part, decode
from rendering.levels import RATE, Sound
from rendering.plan import FPS, Plan

DELAY = 6  # frames: a fifth of a second after its clip begins
FASTEST = 1.25  # faster speech sounds hurried
FADE = 0.15  # seconds in which a voice that must end goes


@dataclass(frozen=True)
class Slot:
    """A voice's place: from frame `at` of the film, `room` frames at most."""

    rank: int
    voice: str
    at: int
    room: int

    @property
    def seconds(self) -> float:
        return self.room / FPS


def slots(plan: Plan) -> list[Slot]:
    """Return the places of a plan's voices, in the order of playing; a clip too short for one has none."""
    found, at = [], 0
    for piece in plan.pieces():
        if piece.kind == "clip" and plan.clip_of(piece.rank).voice and piece.frames > DELAY:
            voice = plan.clip_of(piece.rank).voice
            found.append(Slot(piece.rank, voice, at + DELAY, piece.frames - DELAY))
        at += piece.frames
    return found


def voice_path(sha256: str) -> Path:
    """Return where the voice of this hash is kept."""
    return settings.MEDIA_ROOT / "voices" / f"{sha256}.flac"


def find_voice(sha256: str) -> Path:
    """Return the file of a voice. Raises JobError when it is gone."""
    path = voice_path(sha256)
    if not path.exists():
        raise JobError(_("The voice of a rank is gone. Record it again or remove it."))
    return path


def voice_seconds(path: Path) -> float:
    """Return how long a kept voice is, from the file's first bytes (FLAC, STREAMINFO; RFC 9639 section 8.2)."""
    with path.open("rb") as file:
        head = file.read(26)
    return (int.from_bytes(head[18:26]) & (2**36 - 1)) / RATE


def tempo(seconds: float, room: float) -> float:
    """Return how much faster a voice must be to fit into this room, FASTEST at most."""
    return min(max(seconds / room, 1.0), FASTEST)


def fit_words(seconds: float, room: float) -> str:
    """Return the sentence that tells of a voice longer than its room, or an empty text where it fits."""
    if seconds <= room:
        return ""
    numbers = {"long": seconds, "room": room}
    if seconds / FASTEST <= room:
        return _("The voice takes %(long).1f s and has %(room).1f s: it is spoken a little faster.") % numbers
    return _("The voice takes %(long).1f s and has only %(room).1f s: its end is cut off. Make it shorter.") % numbers


def voice_words(plan: Plan) -> dict[int, str]:
    """Return, by rank, what is to be told of voices that are longer than their clips."""
    told = {slot.rank: fit_words(voice_seconds(find_voice(slot.voice)), slot.seconds) for slot in slots(plan)}
    return {rank: words for rank, words in told.items() if words}


def voices(plan: Plan, folder: Path, report: Callable[[float], None] = lambda percent: None) -> list[tuple[int, Sound]]:
    """Return each voice with the sample of the film at which it begins, none longer than its room."""
    places = slots(plan)
    if not places:
        return []
    parts = []
    for slot in places:
        path = find_voice(slot.voice)
        seconds = voice_seconds(path)
        parts.append(Part(path, 0, seconds, tempo(seconds, slot.seconds)))
    spoken = decode(parts, folder, "voice", report)
    return [(slot.at * RATE // FPS, _cut(sound, slot)) for slot, sound in zip(places, spoken, strict=True)]


def _cut(sound: Sound, slot: Slot) -> Sound:
    room = slot.room * RATE // FPS
    cut = np.array(sound[:room])
    if len(sound) > room:
        length = min(round(FADE * RATE), room)
        cut[-length:] *= np.linspace(1, 0, length, dtype=np.float32)[:, None]
    return cut
