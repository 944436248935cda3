"""The time that is left is told by what was filmed in which time, laid onto the cores that film."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rendering import tasks
from rendering.models import Segment
from rendering.timing import START_SECONDS, Work, join_seconds, seconds_left
from tests.test_renders import clips, project, render  # noqa: F401 (fixtures)

HALF = Work(180, 90, START_SECONDS + 6)  # 15 frames a second


def test_two_running_pieces_end_when_the_slower_one_does():
    slow = Work(180, 60, START_SECONDS + 6)
    assert seconds_left([], [HALF, slow], [], 2) == pytest.approx(12)


def test_waiting_pieces_take_the_core_that_is_free_first():
    """6 s are left of two pieces; then one more each 12 s: the third ends alone."""
    assert seconds_left([], [HALF, HALF], [180], 2) == pytest.approx(18 + START_SECONDS)
    assert seconds_left([], [HALF, HALF], [180, 180], 2) == pytest.approx(18 + START_SECONDS)
    assert seconds_left([], [HALF, HALF], [180, 180, 180], 2) == pytest.approx(30 + 2 * START_SECONDS)


def test_a_piece_without_a_speed_of_its_own_takes_the_usual_one():
    ended = Work(180, 180, START_SECONDS + 12)
    assert seconds_left([ended], [Work(150, 0, 0.1)], [], 2) == pytest.approx(10)


def test_nothing_is_said_before_a_speed_is_known_and_nothing_is_left_at_the_end():
    assert seconds_left([], [Work(180, 0, 0.2)], [180], 2) is None
    assert seconds_left([HALF], [], [], 2) == 0


def test_a_slow_machine_joins_slowly_too():
    assert join_seconds(900, 10) == 4 * join_seconds(900, 40) == join_seconds(900, None) * 4


@pytest.mark.django_db
def test_a_film_tells_its_time_left_from_its_segments_and_not_from_its_waiting(render):  # noqa: F811
    """It waited for a minute before the first segment began: that says nothing about what is left."""
    tasks.generate_ranking_video_task(str(render.pk))
    now = timezone.now()
    type(render).objects.filter(pk=render.pk).update(started_at=now - timedelta(seconds=60))
    first, second, _third = render.segments.all()
    began = now - timedelta(seconds=START_SECONDS + 1)
    running = {"status": Segment.Status.RUNNING, "started_at": began, "heartbeat_at": now, "percent": 50}
    Segment.objects.filter(pk__in=[first.pk, second.pk]).update(**running)
    render.refresh_from_db()
    # 15 frames a second: a second for the halves that are left, then two for the third, and the join.
    assert render.seconds_left == pytest.approx(1 + START_SECONDS + 2 + join_seconds(90, 15), abs=0.05)
