"""The score, checked by its rules and on the numbers of 1,000 real videos."""

import csv
import statistics
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from ranking import scoring

NOW = datetime(2020, 12, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def real(testdata) -> list[dict]:
    with (testdata / "engagement.csv").open() as file:
        return [
            {name: int(row[name]) for name in ("views", "likes", "comments", "shares")}
            | {"published": datetime.fromisoformat(row["created_at"])}
            for row in csv.DictReader(file)
        ]


def counts(row: dict) -> dict:
    return {name: row[name] for name in ("views", "likes", "comments", "shares")}


def total(weights=scoring.WEIGHTS, published=None, **known) -> float | None:
    return scoring.score(known, published, NOW, weights).total


def test_every_real_video_scores_between_0_and_100_and_hardly_two_the_same(real):
    totals = [scoring.score(counts(row), row["published"], NOW).total for row in real]
    assert len(totals) == 1000 and all(0 < value < 100 for value in totals)
    assert len({round(value, 6) for value in totals}) == 1000
    assert max(totals) - min(totals) > 35 and statistics.stdev(totals) > 5


def test_the_best_real_videos_are_much_seen_and_much_liked(real):
    ranked = sorted(real, key=lambda row: scoring.score(counts(row), row["published"], NOW).total, reverse=True)
    typical = statistics.median(row["views"] for row in real)
    assert sum(row["views"] > typical for row in ranked[:10]) >= 8
    assert max(real, key=lambda row: row["views"]) in ranked[:20]
    assert statistics.median(row["views"] for row in ranked[:100]) > 3 * statistics.median(
        row["views"] for row in ranked[-100:]
    )
    rates = [row["likes"] / row["views"] for row in ranked]
    assert statistics.median(rates[:100]) > statistics.median(rates[-100:])


@pytest.mark.parametrize("name", ["likes", "comments", "shares"])
def test_the_typical_rates_are_the_medians_of_the_real_videos(real, name):
    median = statistics.median(row[name] / row["views"] for row in real)
    assert scoring.TYPICAL[name] == pytest.approx(median, rel=0.03)


@pytest.mark.parametrize("name", ["likes", "comments", "shares", "saves"])
def test_more_of_a_count_never_lowers_the_score(name):
    known = {"views": 100_000, "likes": 5000, "comments": 100, "shares": 80, "saves": 80}
    rising = [total(**known | {name: count}) for count in (0, 10, 1000, 50_000, 100_000, 10_000_000)]
    assert rising == sorted(rising) and len(set(rising)) == len(rising)


def test_more_views_and_a_later_day_score_higher():
    assert total(views=10) < total(views=1000) < total(views=10**8) < total(views=10**9) == 100
    days = [total(views=1000, published=NOW - timedelta(days=age)) for age in (90, 30, 1, 0)]
    assert days == sorted(days) and len(set(days)) == 4
    assert total(views=1000, published=NOW + timedelta(days=2)) == days[-1]


def test_a_missing_count_is_left_out_and_is_not_zero():
    known = {"views": 1_000_000, "likes": 200_000}
    assert total(**known, shares=None) == total(**known) > total(**known, shares=0)
    parts = {part.name: part for part in scoring.score(known, None, NOW).parts}
    assert parts["shares"].value is None and parts["shares"].weight == 0
    assert sum(part.weight for part in parts.values()) == pytest.approx(100)


def test_what_nothing_is_known_of_has_no_score():
    assert total() is None and total(views=None, likes=30) is None
    assert total(views=-1) is None
    assert "No score" in scoring.explain(scoring.score({}, None, NOW))


def test_a_rate_read_from_few_views_does_not_win():
    assert total({"likes": 100}, views=4, likes=4) < total({"likes": 100}, views=100_000, likes=30_000)


def test_weights_decide_and_cannot_be_negative():
    seen, liked = {"views": 10**8, "likes": 10**5}, {"views": 10**4, "likes": 5000}
    assert total({"views": 1}, **seen) > total({"views": 1}, **liked)
    assert total({"likes": 1}, **seen) < total({"likes": 1}, **liked)
    with pytest.raises(ValueError, match="less than 0"):
        total({"views": -1}, **seen)


def test_the_explanation_adds_up_and_names_what_is_unknown():
    result = scoring.score({"views": 1_000_000, "likes": 90_000}, None, NOW)
    assert sum(part.points for part in result.parts) == pytest.approx(result.total)
    words = scoring.explain(result)
    assert words.startswith(f"{result.total:.0f} of 100") and "shares per view" in words and "views" in words


def test_best_first_keeps_ties_and_puts_the_unknown_last():
    def entry(name: str, plays: int | None) -> SimpleNamespace:
        fields = dict.fromkeys(scoring.FIELDS.values()) | {"play_count": plays, "published_at": None}
        return SimpleNamespace(name=name, video=SimpleNamespace(**fields))

    entries = [entry("file", None), entry("small", 10), entry("big", 10**6), entry("same", 10**6), entry("none", 0)]
    assert [e.name for e in scoring.best_first(entries, NOW)] == ["big", "same", "small", "none", "file"]
