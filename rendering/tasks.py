"""The Celery tasks of films: an id in, one call out."""

from contextlib import suppress

from celery import shared_task

from ranking.jobs import Stopped
from rendering.ahead import make_ahead
from rendering.aiming import find_subject
from rendering.generate import film_one, generate, make_sound
from rendering.models import Render, Segment
from rendering.store import trim
from rendering.wishes import gather


@shared_task(name="generate_ranking_video_task")
def generate_ranking_video_task(render_id: str) -> None:
    render = Render.objects.filter(pk=render_id).first()
    if render is None or render.is_gathering:  # deleted with its project, or this message is an old one
        return
    with render.running() as claimed:
        if claimed:
            generate(render)
    # A segment that ended before the film was let go could not have it joined: look once more.
    if claimed and render.reload() and render.is_waiting() and render.is_filmed():
        render.nudge_join()
    if claimed and render.status == Render.Status.DONE:
        trim()


@shared_task(name="gather_videos_task", ignore_result=True)
def gather_videos_task(render_id: str) -> None:
    render = Render.objects.select_related("project", "owner", "search").filter(pk=render_id).first()
    if render is None or not render.is_gathering:
        return
    with render.running() as claimed:
        if claimed:
            gather(render)
    # Only now that it is nobody's: the next look at it, or the media workers' turn to film it.
    if claimed and render.reload() and render.is_waiting():
        render.nudge()


@shared_task(name="render_segment_task")
def render_segment_task(segment_id: str) -> None:
    segment = Segment.objects.select_related("render").filter(pk=segment_id).first()
    if segment is None:
        return
    with segment.running() as claimed:
        if claimed:
            film_one(segment)


@shared_task(name="join_film_task")
def join_film_task(render_id: str) -> None:
    generate_ranking_video_task(render_id)


@shared_task(name="film_sound_task", ignore_result=True)
def film_sound_task(render_id: str) -> None:
    render = Render.objects.active().filter(pk=render_id).first()
    if render is not None:
        with suppress(Stopped):
            make_sound(render)


@shared_task(name="make_ahead_task", ignore_result=True)
def make_ahead_task(project_id: int, language: str | None = None) -> None:
    make_ahead(project_id, language)


@shared_task(name="find_subject_task", ignore_result=True)
def find_subject_task(entry_id: int) -> None:
    find_subject(entry_id)
