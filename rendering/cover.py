"""The cover picture of a film: a moment of it, as it is or without its text."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from ranking import ffmpeg
from ranking.storage import work_folder
from rendering import store
from rendering.film import cover_of, publish
from rendering.generate import find_clip
from rendering.models import Render
from rendering.picture import picture_steps
from rendering.plan import FPS, Plan
from rendering.recipes import part_input
from rendering.reframe import aimed
from rendering.style import style_of

EARLIER = 6  # frames: so much before its frame a clip is opened, because an odd one may end too early
QUALITY = "2"  # of JPEG as ffmpeg counts it: 2 is the best, 31 the least


def clip_at(plan: Plan, second: float) -> tuple[int, int]:
    """Return the rank whose clip is seen at this second of a film, and which frame of its part."""
    left = max(int(second * FPS + 0.01), 0)
    for piece in plan.pieces():
        if left < piece.frames:
            break
        left -= piece.frames
    return piece.rank, min(piece.start + left, plan.clip_of(piece.rank).frames - 1)


def export(render: Render, *, text: bool) -> Path:
    """Return the cover as a JPEG of 1080x1920, kept from the first time it is asked for.

    Without text it is the same moment of the clip in its frame, before anything was laid over it. Raises JobError
    where the clip's file is gone, ffmpeg.FFmpegError where it cannot be read.
    """
    plan = Plan.from_json(render.plan)
    second = plan.cover_moment(render.cover_at)
    name = f"{render.pk}-{render.attempt}-{round(second * FPS)}{'' if text else '-plain'}.jpg"
    place = settings.SEGMENTS_DIR / "covers" / name
    if store.used(place):
        return place
    inputs = film_frame(render, second) if text else clip_frame(plan, second)
    with work_folder("cover") as folder:
        made = folder / name
        ffmpeg.run([*inputs, "-frames:v", "1", "-q:v", QUALITY, "-threads", "1", str(made)])
        return store.put(made, place)


def film_frame(render: Render, second: float) -> list[str]:
    """Return the arguments that read the frame of the finished film that stands at a second."""
    at = max(int(second * FPS + 0.01) - 0.5, 0) / FPS
    return ["-ss", f"{at:.4f}", "-i", render.film.path, "-map", "0:v:0"]


def clip_frame(plan: Plan, second: float) -> list[str]:
    """Return the arguments that film this second of a plan without its art."""
    rank, frame = clip_at(plan, second)
    clip = aimed(plan, (rank,), find_clip).clip_of(rank)
    first = max(frame - EARLIER, 0)
    last = f"[x0]tpad=stop_mode=clone:stop={EARLIER},trim=start_frame={frame - first}[cover]"
    graph = ";".join([*picture_steps(clip, style_of(plan), since=first), last])
    read = part_input(find_clip(clip.clip), clip, first, EARLIER + 1)
    return ["-threads", "1", *read, "-filter_complex", graph, "-map", "[cover]"]


def choose(render: Render, second: float) -> None:
    """Have the cover of this film show this second, and those of films that its project makes from now on.

    Other films that are there keep theirs. Raises ffmpeg.FFmpegError; then all is as it was.
    """
    project, old = render.project, render.cover.name
    with work_folder("cover") as folder:
        made = cover_of(Path(render.film.path), folder, second)
        name = publish(made, f"films/{render.pk}-{render.attempt}-{round(second * FPS)}.jpg")
    render.cover.name, render.cover_at, project.cover_at = name, second, second
    render.save(update_fields=["cover", "cover_at"])
    project.save(update_fields=["cover_at"])
    if old != name:
        default_storage.delete(old)
