"""The join: segments by stream copy, one audio pass, and the film put in its place."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from django.core.files.storage import default_storage

from ranking import ffmpeg
from rendering.plan import FPS, Plan
from rendering.sound import film_sound
from rendering.store import alone


def sound_of(
    plan: Plan, find_clip: Callable[[str], Path], report: Callable[[float], None] = lambda percent: None
) -> Path:
    """Return the sound of a film, made once: a second worker waits for the first and finds it kept."""
    with alone("sound", report=report):
        return film_sound(plan, find_clip, report)


def join_film(
    plan: Plan,
    segments: Sequence[Path],
    find_clip: Callable[[str], Path],
    folder: Path,
    report: Callable[[float], None] = lambda percent: None,
) -> Path:
    """Join segments in playing order and their sound into folder/film.mp4; return its path.

    Raises ffmpeg.FFmpegError. The picture is copied, so a join costs no encoding.
    """
    sound = sound_of(plan, find_clip, lambda percent: report(percent * 0.9))
    listing = folder / "segments.txt"
    # ffconcat quotes with ', and a quote inside as '\'' (ffmpeg-utils, "Quoting and escaping").
    quoted = (str(path.resolve()).replace("'", r"'\''") for path in segments)
    lines = [f"file '{path}'\nduration {piece.seconds:.6f}" for path, piece in zip(quoted, plan.pieces(), strict=True)]
    listing.write_text("ffconcat version 1.0\n" + "\n".join(lines) + "\n")
    film = folder / "film.mp4"
    ffmpeg.run(
        [
            *("-f", "concat", "-safe", "0", "-i", str(listing), "-i", str(sound), "-map", "0:v:0", "-map", "1:a:0"),
            *("-c", "copy", "-video_track_timescale", str(FPS * 512), "-movflags", "+faststart"),
            *("-map_metadata", "-1", "-metadata", f"title={' '.join(plan.title)}", str(film)),
        ],
        report=lambda percent: report(90),
    )
    with film.open("rb") as file:
        os.fsync(file.fileno())
    report(100)
    return film


def cover_of(film: Path, folder: Path, at: float, report: Callable[[float], None] = lambda percent: None) -> Path:
    """Write a picture of the film at a time in seconds; return its path. Raises ffmpeg.FFmpegError."""
    cover = folder / "cover.jpg"
    one = ["-frames:v", "1", "-vf", "scale=720:-2", "-q:v", "3", str(cover)]
    ffmpeg.run(["-ss", f"{at:.3f}", "-i", str(film), *one], report=report)
    return cover


def publish(path: Path, name: str) -> str:
    """Move a finished file into the media folder at once, so that nobody sees half of it; return its name."""
    final = Path(default_storage.path(name))
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, final)
    return name
