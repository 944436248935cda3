"""What is said about a rank, recorded or spoken: trimmed, levelled, and kept by its content."""

from pathlib import Path

import numpy as np
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from ranking import ffmpeg
from ranking.clashes import Changed, check
from ranking.deleting import forget_file
from ranking.history import changing
from ranking.models import Entry
from ranking.storage import work_folder
from rendering import voice
from rendering.decoding import Part, decode
from rendering.levels import RATE, Sound, fitted, profile, put_on
from scraping.ingest import keep, sha256
from scraping.probe import BadFile, probe_sound
from scraping.uploads import on_disk

VOICE_LUFS = -15.0  # a little above the clips, which stand at -16 and step back besides
CEILING = -3.0  # dBTP
LONGEST = 60.0  # seconds; no rank is shown for longer
LEAST = 0.2  # seconds of speech
FLOOR = 30.0  # dB below the loudest 20 ms: what is softer at the ends is room, breath or noise
MARGIN = 0.06  # seconds kept at both ends
STEP = RATE // 50


def record(entry: Entry, upload: UploadedFile, was: str = "") -> None:
    """Make a recording from a browser the voice of an entry; `was` is the voice that the browser knew, if it says so.

    Raises BadFile or Changed; then the entry is as it was.
    """
    with on_disk(upload) as path, work_folder("voice") as folder:
        _keep(entry, _heard(path, folder), folder, "", was)


def say(entry: Entry, text: str, name: str = "", was: str = "") -> None:
    """Have a text spoken as the voice of an entry, by the voice of this name or the usual one; `was` as in record().

    Raises voice.VoiceError, BadFile or Changed; then the entry is as it was.
    """
    with work_folder("voice") as folder:
        path = folder / "spoken.wav"
        voice.voice_named(name).speak(text, path)
        _keep(entry, _heard(path, folder), folder, text, was)


def _heard(path: Path, folder: Path) -> Sound:
    """Return what is heard in a file, trimmed and levelled. Raises BadFile."""
    facts = probe_sound(path)
    if facts["seconds"] > LONGEST:
        raise BadFile("sound_too_long", _("A voice lasts at most %(n)d seconds.") % {"n": LONGEST})
    try:
        (sound,) = decode([Part(path, 0, LONGEST)], folder)
    except ffmpeg.FFmpegError as error:
        raise BadFile("corrupt_sound") from error
    # One voice in the middle, as two channels: a file of one would be played 3 dB softer.
    return levelled(trimmed(np.repeat(sound.mean(axis=1, keepdims=True), 2, axis=1)))


def trimmed(sound: Sound) -> Sound:
    """Return a recording without the silence at its ends. Raises BadFile where nothing is said."""
    blocks = sound[: len(sound) // STEP * STEP].reshape(-1, STEP * 2)
    power = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-10) if len(blocks) else np.full(1, -100.0)
    loud = np.flatnonzero(power > max(power.max() - FLOOR, -60.0))
    if len(loud) * STEP < LEAST * RATE:
        raise BadFile("no_sound", _("Nothing is heard in this recording. Is the right microphone on?"))
    margin = round(MARGIN * RATE)
    cut = sound[max(loud[0] * STEP - margin, 0) : (loud[-1] + 1) * STEP + margin]
    edge = np.linspace(0, 1, margin // 4, dtype=np.float32)[:, None]
    cut[: len(edge)] *= edge
    cut[-len(edge) :] *= edge[::-1]
    return cut


def levelled(sound: Sound) -> Sound:
    """Bring a voice to VOICE_LUFS under CEILING, in place; return it."""
    put_on(sound, fitted(profile(sound), VOICE_LUFS, CEILING))
    return sound


def _keep(entry: Entry, sound: Sound, folder: Path, text: str, was: str) -> None:
    raw, made = folder / "voice.raw", folder / "voice.flac"
    raw.write_bytes(sound.tobytes())
    source = ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", str(raw)]
    ffmpeg.run([*source, "-c:a", "flac", "-sample_fmt", "s16", "-fflags", "+bitexact", "-threads", "1", str(made)])
    digest = sha256(made)
    name = keep(made, Entry.voice.field, digest)
    try:
        _name(entry, name, digest, text, was)
    except Changed:
        forget_file(Entry.voice.field, name)
        raise


def remove(entry: Entry, was: str = "") -> None:
    """Take the voice of an entry away; its text stays to be changed and spoken again. Raises Changed."""
    _name(entry, "", "", entry.voice_text, was)


def named(entry: Entry) -> str:
    """Return how a form names the voice that it knew of an entry."""
    return entry.voice_sha256 or "none"


def _name(entry: Entry, name: str, digest: str, text: str, was: str) -> None:
    """Store what an entry's voice is; the file that it had goes, unless it is still named."""
    with changing(entry.project):
        entry.refresh_from_db(fields=["voice", "voice_sha256"])
        before = entry.voice.name
        check(was, named(entry))
        entry.voice.name, entry.voice_sha256, entry.voice_text = name, digest, text[:300]
        entry.save(update_fields=["voice", "voice_sha256", "voice_text"])
        if before != name:
            forget_file(Entry.voice.field, before)
