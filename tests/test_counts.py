"""Numbers and times as the pages write them."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from ranking.templatetags import studio


@pytest.mark.parametrize(
    ("count", "korean", "english"),
    [
        (None, "—", "—"),
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1,000", "1K"),
        (9_999, "9,999", "9.9K"),
        (10_000, "1만", "10K"),
        (12_345, "1.2만", "12.3K"),
        (999_999, "99.9만", "999K"),
        (1_234_567, "123만", "1.2M"),
        (99_999_999, "9,999만", "99.9M"),
        (450_000_000, "4.5억", "450M"),
        (2_000_000_000, "20억", "2B"),
        (10**12, "1조", "1,000B"),
    ],
)
def test_counts_are_written_as_people_say_them(count, korean, english):
    with translation.override("ko"):
        assert studio.human_count(count) == korean
    with translation.override("en"):
        assert studio.human_count(count) == english


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "—"), (0, "0:00"), (9.6, "0:10"), (75, "1:15"), (3725, "1:02:05")]
)
def test_durations(seconds, words):
    assert studio.duration(seconds) == words


def test_an_unfinished_job_never_says_100_percent():
    assert [studio.percent(value) for value in (None, 0, 41.9, 99.99, 100)] == ["0%", "0%", "41%", "99%", "100%"]


def test_the_time_left_is_silent_while_unknown_and_never_too_short():
    with translation.override("en"):
        said = [studio.time_left(value) for value in (None, 0, 0.2, 11.3, 61)]
    assert said == ["", "about 1 second left", "about 1 second left", "about 12 seconds left", "about 2 minutes left"]
    with translation.override("ko"):
        assert studio.time_left(12) == "약 12초 남음"


def test_how_long_ago_is_said_in_its_largest_unit():
    now = timezone.now()
    with translation.override("ko"):
        assert [studio.ago(now), studio.ago(None)] == ["방금", "—"]
        assert studio.ago(now - timedelta(days=3, hours=4)).replace("\xa0", "") == "3일 전"


def test_an_icon_is_decoration_unless_it_is_named():
    assert 'aria-hidden="true"' in studio.icon("play")
    assert 'aria-label="&lt;Play&gt;"' in studio.icon("play", "<Play>")
