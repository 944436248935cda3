"""The time that is left is told by what was filmed in which time, laid onto the cores that film."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rendering import outlook, tasks, timing
from rendering.models import OVERDUE, Segment
from rendering.timing import USUAL_PACE, Work, film_left, filming_left, pace_of
from tests.test_renders import clips, project, render  # noqa: F401 (fixtures)


def piece(frames: int, pace: float = 1.0, ago: float = 0.0) -> Work:
    """Return a piece that was filmed at this pace."""
    return Work("clip", frames, frames, Work("clip", frames).usual * pace, ago)


def test_the_pace_is_that_of_the_pieces_once_there_are_some():
    assert pace_of([], 2.25) == 1.5, "that of earlier films, half believed, at first"
    assert pace_of([]) == USUAL_PACE, "and where there were none, the usual one"
    assert pace_of([piece(900, 3.0)] * 10, 1.0) == pytest.approx(3.0, rel=0.05)
    assert pace_of([piece(900, 3.0)], 1.0) < pace_of([piece(900, 3.0)]), "what is known is not given up at once"


def test_the_latest_pieces_say_most_of_the_pace():
    busy, calm = piece(200, 4.0, ago=20.0), piece(200, 1.0, ago=0.0)
    assert pace_of([busy, calm], 1.0) < 1.3 < pace_of([piece(200, 4.0), piece(200, 1.0, ago=20.0)], 1.0)


def test_a_piece_that_has_not_begun_says_nothing_until_it_is_late():
    assert pace_of([Work("clip", 180, 0, 0.2)], 1.0) == 1.0
    assert pace_of([Work("clip", 180, 0, 4.0)], 1.0) > 1.5


def test_a_slow_clip_is_foreseen_as_slow_and_the_others_are_not():
    slow = Work("clip", 200, 60, 6.0)
    assert slow.left(1.0) > 1.2 * Work("clip", 200, 60, 1.8).left(1.0)
    assert filming_left([slow], [Work("clip", 100)], 1.0, 2)[0] == pytest.approx(Work("clip", 100).usual)


def test_waiting_pieces_take_the_core_that_is_free_first():
    one = Work("clip", 100).usual
    assert filming_left([], [Work("clip", 100)] * 3, 1.0, 2) == pytest.approx([one, 2 * one])
    assert filming_left([], [Work("clip", 100)] * 4, 2.0, 2) == pytest.approx([4 * one, 4 * one])


def test_the_sound_is_made_on_the_core_that_is_left_free():
    """Beside one last piece it costs nothing; with no piece left, what is not made of it yet."""
    alone = film_left([Work("clip", 900)], [], 1.0, 2, 30.0)
    assert film_left([Work("clip", 900)], [], 1.0, 2, 30.0, sounding=1.0) == alone
    assert film_left([], [], 1.0, 2, 30.0) > film_left([], [], 1.0, 2, 30.0, sounding=1.0)


@pytest.mark.django_db
def test_a_film_tells_its_time_left_from_its_segments_and_not_from_its_waiting(render):  # noqa: F811
    """It waited for a minute before the first segment began: that says nothing about what is left."""
    tasks.generate_ranking_video_task(str(render.pk))
    now = timezone.now()
    type(render).objects.filter(pk=render.pk).update(started_at=now - timedelta(seconds=60))
    first, second, third = render.segments.all()
    half = Work("clip", first.frames, first.frames / 2)
    half = Work("clip", half.frames, half.done, half.worked + timing.TOLD_LATE)
    began = now - timedelta(seconds=half.seconds)
    running = {"status": Segment.Status.RUNNING, "started_at": began, "heartbeat_at": now, "percent": 50}
    Segment.objects.filter(pk__in=[first.pk, second.pk]).update(**running)
    render.refresh_from_db()
    assert render.seconds_left is None, "no worker told anything yet"
    render.add_up()
    render.refresh_from_db()
    pace = pace_of([half, half])
    rest = half.usual - half.worked + Work("clip", third.frames).usual
    left, passed = rest * pace + timing.join_left(3.0, pace), (timezone.now() - now).total_seconds()
    assert render.seconds_left == pytest.approx(left, abs=0.1 * left + passed), "the clock runs on meanwhile"


@pytest.mark.django_db
def test_what_is_told_counts_down_and_does_not_leap(render):  # noqa: F811
    tasks.generate_ranking_video_task(str(render.pk))
    render.refresh_from_db()
    render.foresee(20.0, timing.TRUST)
    render.refresh_from_db()
    assert render.seconds_left == pytest.approx(20, abs=0.5)
    render.foresee(24.0, timing.TRUST)
    render.refresh_from_db()
    assert render.seconds_left == pytest.approx(20 + 4 * timing.TRUST, abs=0.3)
    render.foresee(60.0, timing.TRUST)
    render.refresh_from_db()
    assert 28 < render.seconds_left < 36, "a machine that becomes far busier is told sooner"


@pytest.mark.django_db
def test_nothing_is_told_of_a_film_that_should_have_been_there_long_ago(render):  # noqa: F811
    tasks.generate_ranking_video_task(str(render.pk))
    render.refresh_from_db()
    render.ends_at = timezone.now() - OVERDUE / 2
    assert render.seconds_left == pytest.approx(0.1)
    render.ends_at = timezone.now() - OVERDUE * 2
    assert render.seconds_left is None


@pytest.mark.django_db
def test_earlier_films_tell_the_pace_of_the_machine(render):  # noqa: F811
    tasks.generate_ranking_video_task(str(render.pk))
    assert outlook.pace_before(render) is None
    now = timezone.now()
    for segment in render.segments.all():
        took = timedelta(seconds=segment.work().usual * 3)
        fields = {"status": Segment.Status.DONE, "started_at": now - took, "finished_at": now}
        Segment.objects.filter(pk=segment.pk).update(**fields)
    other = type(render).objects.create(project=render.project, owner=render.owner, plan=render.plan)
    assert outlook.pace_before(other) == pytest.approx(3.0)
