"""One segment: a piece of the film as a file without sound, kept by the hash of all that decides it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ranking import ffmpeg
from ranking.storage import work_folder
from rendering import store
from rendering.cards import film_card, film_hook
from rendering.changes import film_change
from rendering.plan import FPS, Piece, Plan
from rendering.recipes import FindClip, Recipe, film_clip
from rendering.reframe import aimed
from rendering.style import style_of
from rendering.targets import HEIGHT, WIDTH

# Chosen on the curve of `python -m bench.quality` (docs/measurements.md): half of the CPU of veryfast crf 20 for a
# smaller file and an SSIM 0.0015 lower. B-frames cost superfast more than they save. One thread each: two segments fill
# two cores.
ENCODER = [
    *("-c:v", "libx264", "-preset", "superfast", "-crf", "22", "-pix_fmt", "yuv420p", "-profile:v", "high"),
    *("-x264-params", "open-gop=0:mbtree=1:rc-lookahead=10:weightp=1:bframes=0"),
]
# A draft is filmed by the very same graph, and made small at its end: what it shows is what the film will show.
DRAFT_ENCODER = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-pix_fmt", "yuv420p"]
DRAFT = f"[v]scale={WIDTH // 2}:{HEIGHT // 2}:flags=fast_bilinear,setsar=1[d]"


@dataclass(frozen=True)
class Prepared:
    """A segment that is ready to be filmed: its key, and the arguments up to the output's name."""

    key: str
    args: tuple[str, ...]
    seconds: float
    frames: int


def kept(key: str) -> Path | None:
    """Return the file of a segment that is already filmed, or None."""
    path = place_of(key)
    return path if store.used(path) else None


def place_of(key: str) -> Path:
    """Return where the store keeps the segment of this key."""
    return settings.SEGMENTS_DIR / key[:2] / f"{key}.mp4"


def prepare(
    plan: Plan, position: int, find_clip: FindClip, report: Callable[[float], None] = lambda percent: None
) -> Prepared:
    """Draw the art of the piece at this position and return what films it; `find_clip` tells the file of a hash.

    A smart crop is looked for first where that was never done; whatever `report` raises ends it. Raises JobError.
    """
    piece = plan.pieces()[position]
    ranks = {piece.rank, piece.leaving} if piece.kind in ("clip", "change") else set()
    plan = aimed(plan, ranks, find_clip, report)
    recipe = RECIPES[piece.kind](plan, piece, find_clip)
    graph, out, encoder = recipe.graph, "[v]", ENCODER
    if plan.draft:
        graph, out, encoder = f"{recipe.graph};{DRAFT}", "[d]", DRAFT_ENCODER
    args = (
        *("-filter_threads", "1", "-filter_complex_threads", "1", "-threads", "1", *recipe.inputs),
        *("-filter_complex", graph, "-map", out, "-an", *encoder, "-frames:v", str(piece.frames)),
        *("-video_track_timescale", str(FPS * 512), "-threads", "1", "-map_metadata", "-1", "-fflags", "+bitexact"),
    )
    plain = [_renamed(word, recipe.sources) for word in args]
    key = hashlib.sha256(json.dumps([ffmpeg.build(), style_of(plan).version, plain]).encode()).hexdigest()
    return Prepared(key, args, piece.seconds, piece.frames)


def _renamed(word: str, names: dict[str, str]) -> str:
    """Return an argument with paths replaced by the hashes of what they hold."""
    for path, name in names.items():
        word = word.replace(path, name)
    return word


def film_segment(prepared: Prepared, report: Callable[[float], None] = lambda percent: None) -> Path:
    """Film a segment, or return the one that is kept; report a percentage. Raises ffmpeg.FFmpegError."""
    if found := kept(prepared.key):
        return found
    with work_folder("segment") as folder:
        made = folder / "segment.mp4"
        ffmpeg.run([*prepared.args, str(made)], seconds=prepared.seconds, report=report)
        return store.put(made, place_of(prepared.key))


RECIPES: dict[str, Callable[[Plan, Piece, FindClip], Recipe]] = {
    "clip": film_clip,
    "change": film_change,
    "hook": film_hook,
    "card": film_card,
}
