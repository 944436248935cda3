"""What is known of each source after each question to it: whether it is asked at all, how it did, when it rests."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from scraping.models import Source
from scraping.providers import youtube_api
from scraping.providers.base import ProviderError
from scraping.providers.tiktok_web import SESSION_REFUSED

OFF_AT_FIRST = frozenset({"tikwm"})  # the keyword goes to a stranger: only somebody who knows that switches it on
FAILURES = 3  # refusals in a row, after which a source rests
REST = 60.0  # seconds; each further refusal doubles it
LONGEST_REST = 900.0
FETCHING = "fetch"  # no source that is asked, but how the fetching of files does
RESTLESS = frozenset({"links"})  # they lead to several sites, and one that refuses says nothing of the others
# The asker's own matter (their cookies, their link): nobody else has to wait for it.
OWN_MATTERS = frozenset({"login_required", "credentials", "not_found", "private", "unavailable", "unsupported"})


def row(name: str) -> Source:
    """The source's row, made at the first use."""
    return Source.objects.get_or_create(name=name)[0]


def off() -> set[str]:
    """Return the sources that are switched off."""
    switched = dict(Source.objects.exclude(switched_on=None).values_list("name", "switched_on"))
    switched = dict.fromkeys(OFF_AT_FIRST, False) | switched
    return {name for name, on in switched.items() if not on}


def is_on(name: str) -> bool:
    """Whether the source is asked: as it was switched, else all but those of OFF_AT_FIRST."""
    switched = Source.objects.filter(name=name).values_list("switched_on", flat=True).first()
    return name not in OFF_AT_FIRST if switched is None else switched


def switch(name: str, on: bool) -> None:
    """Have the source asked, or no longer."""
    Source.objects.update_or_create(name=name, defaults={"switched_on": on})


def of_person(name: str, person: int) -> str:
    """The name of the row of a source as it does for one person's session."""
    return f"{name} @{person}"


def parked(name: str, person: int | None = None) -> Source | None:
    """The row of a source that rests at the moment (parked_until is later than now), else None.

    `person` asks with a session of their own, for which alone it may rest too.
    """
    names = [name] if person is None else [name, of_person(name, person)]
    return Source.objects.filter(name__in=names, parked_until__gt=timezone.now()).order_by("-parked_until").first()


def answered(name: str, seconds: float, left: int | None = None, person: int | None = None) -> None:
    """Note an answer, `seconds` after its request; `left` is how many requests the source still allows, if it says."""
    if person is not None:
        Source.objects.filter(name=of_person(name, person)).delete()
    fresh = {"answered_at": timezone.now(), "latency": seconds, "requests_left": left}
    calm = {"failures": 0, "failing_since": None, "parked_until": None}
    Source.objects.update_or_create(name=name, defaults=fresh | calm)


@transaction.atomic
def used(name: str, units: int) -> None:
    """Count what a question cost of a source's daily quota: the Data API does not say what is left."""
    Source.objects.get_or_create(name=name)
    source, today = Source.objects.select_for_update().get(name=name), quota_day()
    source.units = units + (source.units if source.units_day == today else 0)
    source.units_day = today
    source.save(update_fields=["units", "units_day"])


def quota_day() -> date:
    """The day to which the Data API counts what it is asked now."""
    return timezone.now().astimezone(ZoneInfo(youtube_api.ZONE)).date()


@transaction.atomic
def refused(name: str, error: ProviderError, person: int | None = None) -> datetime | None:
    """Note a refusal; return until when the source now rests, or None where it may be asked again at once.

    What is about the session that a person asks with has it rest for that person only.
    """
    if person is not None and _is_of_session(error):
        _note(name, error, counts=False)
        return _note(of_person(name, person), error)
    return _note(name, error, counts=error.kind not in OWN_MATTERS and name not in RESTLESS)


def _is_of_session(error: ProviderError) -> bool:
    return error.kind == "verification" or error.message == SESSION_REFUSED


def _note(name: str, error: ProviderError, *, counts: bool = True) -> datetime | None:
    """Write a refusal into a row; return until when it rests now, or None."""
    Source.objects.get_or_create(name=name)
    source = Source.objects.select_for_update().get(name=name)
    now = timezone.now()
    source.refused_at, source.refusal, source.refusal_message = now, error.kind, error.message[:300]
    source.failing_since = source.failing_since or now
    if counts:
        source.failures += 1
        if pause := _pause(source.failures, error):
            source.parked_until = now + timedelta(seconds=pause)
    source.save()
    return source.parked_until if source.parked_until and source.parked_until > now else None


def fetched() -> None:
    """Note that a file was fetched; the row of that is FETCHING's."""
    fresh = {"answered_at": timezone.now(), "failures": 0, "failing_since": None}
    Source.objects.update_or_create(name=FETCHING, defaults=fresh)


@transaction.atomic
def not_fetched(error: ProviderError) -> None:
    """Note that a file could not be fetched, unless that is about the post; nothing rests for it."""
    if error.kind in OWN_MATTERS | {"too_large"}:
        return
    Source.objects.get_or_create(name=FETCHING)
    source = Source.objects.select_for_update().get(name=FETCHING)
    source.refused_at, source.refusal, source.refusal_message = timezone.now(), error.kind, error.message[:300]
    source.failing_since, source.failures = source.failing_since or source.refused_at, source.failures + 1
    source.save()


def fetch_anew() -> None:
    """Note that what could not be fetched until now says nothing of the next fetch."""
    Source.objects.filter(name=FETCHING).update(failures=0, failing_since=None)


def _pause(failures: int, error: ProviderError) -> float:
    """For how many seconds a source rests after so many refusals in a row; 0.0 for not at all."""
    grown = REST * 2 ** min(failures - FAILURES, 10) if failures >= FAILURES else 0.0
    if error.kind in ("rate_limited", "quota"):
        grown = max(grown, error.retry_after or REST)
    return min(grown, LONGEST_REST)
