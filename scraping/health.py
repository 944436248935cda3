"""How the sources do: what each is, what it last said, what helps next; and a small question to see how it does now."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from ranking.jobs import JobError
from scraping import asked, sources
from scraping.models import CookieJar, Source, Trial
from scraping.pages import Pages
from scraping.providers import names, provider_class, youtube_api
from scraping.providers.base import ProviderError, gettext_noop
from scraping.releases import OLD_DAYS, age_in_days
from scraping.ytdlp import releases

WORD = "춤"  # what a trial asks for: short, and no source is without it
SHOWN = ("tiktok", "tikwm", "youtube", "links", "capture", "library")
TRIED = frozenset({"tiktok", "tikwm", "youtube"})  # the others ask nobody without somebody's own links

ABOUT = {
    "tiktok": gettext_noop("TikTok's own web search, asked in your name."),
    "tikwm": gettext_noop("A stranger's website that searches TikTok without an account: your keyword goes to them."),
    "youtube": gettext_noop("YouTube Shorts and short videos, asked without an account."),
    "links": gettext_noop("Links that you paste, to TikTok, YouTube Shorts and Instagram reels."),
    "capture": gettext_noop("Search results that you bring over from your own browser."),
    "library": gettext_noop("What this studio knows already."),
}
_ANOTHER = gettext_noop("Use another source: this one answers in a new way, which the studio has yet to learn.")
_NOTHING = gettext_noop("Nothing is to be done: what was asked for is not there.")
# What to do next about each kind of refusal, in one sentence.
NEXT = {
    "verification": gettext_noop("Wait an hour, try another network, or use another source."),
    "login_required": gettext_noop("Use another source, or upload the file."),
    "rate_limited": gettext_noop("Wait a few minutes; it is asked again by itself."),
    "quota": gettext_noop("Wait until tomorrow, or use another source for today."),
    "blocked": gettext_noop("Try another network or a proxy, or use another source."),
    "bad_response": _ANOTHER,
    "network": gettext_noop("Check this machine's connection and its proxy, then try it again."),
    "credentials": gettext_noop("Check its key in the settings."),
    "not_found": _NOTHING,
    "unavailable": _NOTHING,
    "private": gettext_noop("Nothing is to be done: the post is private."),
    "unsupported": gettext_noop("Choose another video: there is none in this one."),
    "too_large": gettext_noop("Choose a shorter video, or raise MAX_UPLOAD_MB."),
}
_NEWER = gettext_noop("Update yt-dlp, then try it again.")
# Where something else helps at one source.
NEXT_AT = {
    ("tiktok", "verification"): gettext_noop("Add the cookies of a TikTok session, or use another source for today."),
    ("tiktok", "login_required"): gettext_noop("Add the cookies of a logged-in TikTok session."),
    ("tiktok", "blocked"): gettext_noop("Export your cookies again while logged in, or use another source."),
    ("tiktok", "credentials"): gettext_noop("Add the cookies again."),
    ("youtube", "bad_response"): _NEWER,
    ("links", "bad_response"): _NEWER,
    ("links", "verification"): gettext_noop("Add the cookies of a TikTok session, or try again later."),
    ("links", "login_required"): gettext_noop("Add the cookies of a logged-in TikTok session, or upload the file."),
}
NEWER_HELPS = frozenset({"bad_response", "verification", "blocked"})  # where fetching fails so, yt-dlp may be too old
COOKIES_HELP = frozenset({"verification", "login_required", "blocked", "credentials"})


@dataclass(frozen=True)
class Health:
    """One source as one user sees it; `state` is ok, refused, resting, off, unasked, or local where nobody is asked."""

    name: str
    user: Any
    on: bool
    row: Source
    needs: tuple[str, ...]
    jar: CookieJar | None = None
    trial: Trial | None = None

    @property
    def state(self) -> str:
        if not self.goes_out:
            return "local"
        if not self.on:
            return "off"
        if self.row.parked_until and self.row.parked_until > timezone.now():
            return "resting"
        if self.row.failing_since:
            return "refused"
        return "ok" if self.row.answered_at else "unasked"

    @property
    def label(self) -> str:
        return asked.name(self.name)

    @property
    def about(self) -> str:
        return _(ABOUT[self.name])

    @property
    def refusal(self) -> str:
        """The sentence of the last refusal, in the language of the page."""
        return _(self.row.refusal_message) if self.row.refusal_message else ""

    @property
    def next(self) -> str:
        """What helps, in one sentence; "" where all is well, or nothing was asked yet."""
        if self.state in ("refused", "resting"):
            return _(NEXT_AT.get((self.name, self.row.refusal)) or NEXT[self.row.refusal])
        if self.name == "tiktok" and self.jar is None:
            return _("For keywords, add the cookies of a logged-in TikTok session.")
        return ""

    @property
    def units_left(self) -> int | None:
        """What is left of today's quota of the Data API as counted here; None without a key, and for other sources."""
        if self.name != "youtube" or not settings.YOUTUBE_API_KEY:
            return None
        spent = self.row.units if self.row.units_day == sources.quota_day() else 0
        return max(youtube_api.A_DAY - spent, 0)

    @property
    def goes_out(self) -> bool:
        """Whether it asks somebody outside, so that there is something to measure."""
        return "network" in self.needs

    @property
    def can_try(self) -> bool:
        return self.name in TRIED and self.on

    @property
    def can_switch(self) -> bool:
        """Whether this user may have it asked, or no longer: it is so for everybody in the studio."""
        return self.goes_out and self.user.is_staff

    @property
    def page(self) -> str:
        """The page that helps with what is to be done next, by its name, or ""."""
        refuses = self.state in ("refused", "resting")
        wanted = self.row.refusal in COOKIES_HELP if refuses else self.jar is None
        return "cookies" if self.name == "tiktok" and wanted else ""


def sources_now(user: Any) -> list[Health]:
    """How each source does, in the order of the page; the cookies and trials are this user's. Four queries."""
    rows = {row.name: row for row in Source.objects.all()}
    jar = CookieJar.objects.filter(owner=user).first()
    trials: dict[str, Trial] = {}
    for trial in Trial.objects.owned_by(user).order_by("-created_at")[:50]:
        trials.setdefault(trial.source, trial)
    return [_health(name, user, _row(name, user, rows), jar, trials.get(name)) for name in SHOWN]


def _row(name: str, user: Any, rows: dict[str, Source]) -> Source:
    """The row of a source, which may rest for this user's session alone."""
    row = rows.get(name) or Source(name=name)
    own = rows.get(sources.of_person(name, user.pk)) if user else None
    if own and not (row.parked_until and own.parked_until and row.parked_until > own.parked_until):
        row.parked_until, row.failures = own.parked_until, max(own.failures, row.failures)
    return row


def source_now(name: str, user: Any) -> Health | None:
    """How one source does, or None where there is no such source."""
    return next((found for found in sources_now(user) if found.name == name), None)


def _health(name: str, user: Any, row: Source, jar: CookieJar | None, trial: Trial | None) -> Health:
    on = name not in sources.OFF_AT_FIRST if row.switched_on is None else row.switched_on
    needs = tuple(provider_class(name).needs)
    return Health(name, user, on, row, needs, jar if "cookies" in needs else None, trial)


def ytdlp_now() -> dict[str, Any]:
    """yt-dlp's version in use, its age in days, what was before it, and the row that says how fetching does."""
    own = releases()
    state, version = own.state(), own.version()
    age = age_in_days(version)
    told = {"version": version, "age": age, "old": age is not None and age >= OLD_DAYS, "previous": state.previous}
    since = datetime.fromisoformat(state.since) if state.since else None
    told |= {"updated": bool(state.version), "since": since, "taken_back": state.taken_back, "why": state.why}
    row = Source.objects.filter(name=sources.FETCHING).first() or Source(name=sources.FETCHING)
    return told | {"row": row, "newer_helps": row.failing_since is not None and row.refusal in NEWER_HELPS}


def as_json(user: Any) -> dict[str, Any]:
    """All of it for monitoring: status is ok, or degraded where a source that is on does not answer."""
    found = [_as_json(health) for health in sources_now(user)]
    bad = [told for told in found if told["state"] in ("refused", "resting")]
    now = ytdlp_now()
    told = {name: now[name] for name in ("version", "age", "old", "previous", "since", "taken_back")}
    row = now["row"]
    told |= {"fetched_at": row.answered_at, "failing_since": row.failing_since}
    told |= {"refusal": row.refusal, "refusal_message": row.refusal_message}
    return {"status": "degraded" if bad or row.failing_since else "ok", "sources": found, "ytdlp": told}


def _as_json(health: Health) -> dict[str, Any]:
    row = health.row
    times = {name: getattr(row, name) for name in ("answered_at", "refused_at", "failing_since", "parked_until")}
    told = {"name": health.name, "state": health.state, "on": health.on, "needs": list(health.needs)}
    refusal = {"refusal": row.refusal, "refusal_message": row.refusal_message, "failures": row.failures}
    cookies = {"cookies_set": health.jar.created_at if health.jar else None}
    left = {"requests_left": row.requests_left, "units_left": health.units_left}
    return told | times | refusal | cookies | left | {"latency": row.latency}


def start_trial(name: str, owner: Any) -> Trial:
    """Ask one source a small question, or return the question that is under way; ValueError for one that is not."""
    if name not in TRIED or name not in names():
        raise ValueError(_("This source cannot be tried by itself."))
    if not sources.is_on(name):
        raise ValueError(_("This source is switched off."))
    active = Trial.objects.owned_by(owner).active().filter(source=name).first()
    return active or Trial(source=name, owner=owner).enqueue()


def run_trial(pk: uuid.UUID | str) -> None:
    """Work on a trial, if it is still there and nobody else does."""
    trial = Trial.objects.select_related("owner").filter(pk=pk).first()
    if trial is None:
        return
    with trial.running() as won:
        if won:
            _ask(trial)


def _ask(trial: Trial) -> None:
    """One page of the source, of now and not of the cache; raises JobError with its words, Later, Stopped."""
    trial.query = WORD
    try:
        page = Pages(trial, trial.source, fresh=True).read(None)
    except ProviderError as error:
        raise JobError(error.message) from error
    trial.found = len(page.posts)
    trial.save(update_fields=["found"])
