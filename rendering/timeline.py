"""The film as the editor plays it before it is made: from the clips themselves, in the plan's own order and times."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ranking.models import Entry, Project
from rendering import bed, mix
from rendering.aiming import aim
from rendering.cards import BEAT, MOMENTS, ZOOMS
from rendering.generate import plan_project
from rendering.plan import FPS, Clip, Piece, Plan, PlanError
from rendering.reason_line import is_read
from rendering.style import style_of
from rendering.targets import target
from rendering.voiceover import slots


@dataclass(frozen=True)
class Shown:
    """A stretch of the film in which one clip is shown; times in seconds, volumes 1 as the clip is.

    It begins at second `at` of the film, with second `start` of the entry's video. `bed` is how loud music is
    meanwhile. `camera` is where a smart crop looks, None while a worker looks for its subject. `zoom` and `nearer` are
    those of a moment of the opening. `begins` where the one before shows something else.
    """

    name: str
    kind: str
    entry: int
    rank: int
    words: str
    at: float
    start: float
    seconds: float
    volume: float
    bed: float
    reason: bool = False
    camera: list[list[float]] | None = field(default_factory=list)
    zoom: float = 1.0
    nearer: float = 0.0
    begins: bool = True


@dataclass(frozen=True)
class Sound:
    """What is heard beside the clips: a file from its second `start` on, from second `at` of the film on.

    A volume of None is that of music. While it is heard, clips play at `over` of their volume.
    """

    url: str
    at: float
    seconds: float
    start: float = 0.0
    volume: float | None = 1.0
    over: float = 1.0


@dataclass(frozen=True)
class Timeline:
    """A film to be: its length, the one that its target is made for, and what is shown and heard when, in seconds.

    `problem` tells why there is none, `warning` that the target does not take it. Both are sentences, or empty.
    """

    goal: float
    seconds: float = 0.0
    problem: str = ""
    warning: str = ""
    pieces: tuple[Shown, ...] = ()
    sounds: tuple[Sound, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what the page plays."""
        return {"pieces": [asdict(piece) for piece in self.pieces], "sounds": [asdict(sound) for sound in self.sounds]}

    @property
    def waits(self) -> bool:
        """Whether more will be known soon without an edit."""
        return any(piece.camera is None for piece in self.pieces)

    def stretches(self) -> list[tuple[Shown, float]]:
        """Return each stretch as people see it, with its seconds: the moments of the opening are one."""
        first = [place for place, piece in enumerate(self.pieces) if piece.begins]
        parts = [self.pieces[begin:end] for begin, end in zip(first, [*first[1:], None], strict=False)]
        return [(part[0], sum(piece.seconds for piece in part)) for part in parts]


def timeline_of(project: Project) -> Timeline:
    """Return the film that a project would be now, of those of its videos that are here."""
    goal = target(project.target)
    entries = {entry.rank: entry for entry in project.ranked() if entry.video.is_ready}
    if not entries:
        return Timeline(goal.seconds)
    try:
        plan = plan_project(project, list(entries.values()))
    except PlanError as error:
        return Timeline(goal.seconds, problem=str(error))
    pieces, sounds = tuple(_shown(plan, entries)), tuple(_sounds(plan, project, entries))
    return Timeline(goal.seconds, plan.seconds, "", goal.warning(plan.seconds), pieces, sounds)


def _shown(plan: Plan, entries: dict[int, Entry]) -> list[Shown]:
    """Return what is shown when; where one clip gives way to the next, each has half of the time."""
    shown, at, look = [], 0, style_of(plan)
    for piece in _cut(plan):
        clip = plan.clip_of(piece.rank)
        loud = min(clip.volume, 1.0) if clip.has_audio and piece.kind == "clip" else 0.0
        like = Shown(
            name=f"{piece.kind} {entries[piece.rank].pk}",
            kind=piece.kind,
            entry=entries[piece.rank].pk,
            rank=piece.rank,
            words=_words(piece),
            at=round(at / FPS, 3),
            start=round(clip.start + piece.start / FPS, 3),
            seconds=round(piece.seconds, 3),
            volume=loud,
            bed=music_level(plan, loud > 0),
            camera=aim(entries[piece.rank], clip, look) if piece.kind == "clip" else [],
            reason=piece.kind == "clip" and is_read(plan, piece.rank, look),
        )
        shown += _beats(like, clip) if piece.kind == "hook" else [like]
        at += piece.frames
    return shown


def _cut(plan: Plan) -> list[Piece]:
    """Return the plan's pieces with a cut in the middle of each change."""
    cut: list[Piece] = []
    for piece in plan.pieces():
        if piece.kind == "change":
            half = piece.frames // 2
            cut[-1] = replace(cut[-1], frames=cut[-1].frames + half)
            cut.append(replace(piece, kind="clip", start=half, frames=piece.frames - half))
        elif cut and (cut[-1].kind, cut[-1].rank) == (piece.kind, piece.rank):
            cut[-1] = replace(cut[-1], frames=cut[-1].frames + piece.frames)
        else:
            cut.append(piece)
    return cut


def _beats(hook: Shown, clip: Clip) -> list[Shown]:
    """Return the opening's three moments, as rendering.cards films them."""
    seconds = BEAT / FPS
    return [
        replace(
            hook,
            name=f"{hook.name} {beat}",
            at=round(hook.at + beat * seconds, 3),
            start=round(clip.start + int((clip.frames - BEAT) * moment) / FPS, 3),
            seconds=round(seconds, 3),
            zoom=zoom,
            nearer=nearer,
            begins=beat == 0,
        )
        for beat, (moment, (zoom, nearer)) in enumerate(zip(MOMENTS, ZOOMS, strict=True))
    ]


def _words(piece: Piece) -> str:
    if piece.kind == "clip":
        return _("Rank %(rank)d") % {"rank": piece.rank}
    return _("Opening") if piece.kind == "hook" else _("End card")


def music_level(plan: Plan, under: bool) -> float:
    """Return how loud music is beside clips at 1: in the film both are levelled, and music steps back under clips."""
    down = mix.CLIP_LUFS - bed.BED_LUFS + (bed.DUCK if under else 0.0)
    return round(plan.bed.volume * 10 ** (-down / 20), 4) if plan.bed else 0.0


def _sounds(plan: Plan, project: Project, entries: dict[int, Entry]) -> list[Sound]:
    """Return the opening's sound, the voices, and the music, which goes round."""
    over = round(10 ** (-mix.VOICE_DUCK / 20), 3)
    sounds = [
        Sound(
            f"{reverse('voice-file', args=[entries[it.rank].pk])}?v={it.voice[:12]}", it.at / FPS, it.seconds, over=over
        )
        for it in slots(plan)
    ]
    first = plan.heard()[0]
    if plan.hook and first.clip.has_audio:
        start, volume = first.clip.start + first.start / FPS, min(first.clip.volume, 1.0)
        sounds.append(Sound(_clip_url(entries[first.clip.rank]), 0.0, first.frames / FPS, round(start, 3), volume))
    if plan.bed and project.track_id:
        music = reverse("music-file", args=[project.track_id])
        sounds.append(Sound(music, 0.0, plan.seconds, plan.bed.start, None))
    return sounds


def _clip_url(entry: Entry) -> str:
    return reverse("video-proxy" if entry.video.proxy else "video-file", args=[entry.video_id])
