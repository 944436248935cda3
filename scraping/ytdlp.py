"""The update of yt-dlp as a job: the newest version is put beside the one in use, tried, and only then used."""

import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ranking.jobs import JobError
from ranking.storage import work_folder
from scraping import smoke, sources, wheels
from scraping.models import Update
from scraping.providers.base import gettext_noop
from scraping.releases import Releases, number

ASKING = gettext_noop("Asking for the newest version")
UNPACKING = gettext_noop("Putting it beside the one in use")
TRYING = gettext_noop("Trying it out on a known post")
GIVEN_UP = gettext_noop("Somebody asked for the version before it.")


def releases() -> Releases:
    """The versions of this studio."""
    return Releases(settings.DATA_DIR / "ytdlp")


def start_update(owner: Any, wanted: str = "", *, forced: bool = False, nudged: Any = None) -> Update:
    """Start an update, or return the one that is under way already; with `nudged` no worker is called for it."""
    try:
        with transaction.atomic():
            update = Update(owner=owner, wanted=wanted, forced=forced, nudged_at=nudged)
            return update.enqueue() if nudged is None else _saved(update)
    except IntegrityError:
        return Update.objects.active().first() or Update.objects.latest("created_at")


def _saved(update: Update) -> Update:
    update.save()
    return update


def run_update(pk: uuid.UUID | str) -> None:
    """Work on an update, if it is still there and nobody else does."""
    job = Update.objects.filter(pk=pk).first()
    if job is None:
        return
    with job.running() as won:
        if won:
            _update(job, releases())


def _update(job: Update, own: Releases) -> None:
    """Bring the wanted version into use, if it is another one and does its work; raises JobError, Stopped."""
    job.before = job.after = own.version()
    job.save(update_fields=["before", "after"])
    own.folder.mkdir(parents=True, exist_ok=True)
    with work_folder("ytdlp") as work, _beside(own.folder) as fresh:
        try:
            version = _bring(job, own, Path(fresh), work)
        except wheels.Refused as refused:
            raise JobError(_(str(refused))) from refused
    if version:
        job.after = version
        job.save(update_fields=["after"])


def _beside(folder: Path) -> tempfile.TemporaryDirectory:
    """A new folder on the same disk, which is gone at the end unless it was renamed."""
    return tempfile.TemporaryDirectory(prefix=".new-", dir=folder, ignore_cleanup_errors=True)


def _bring(job: Update, own: Releases, fresh: Path, work: Path) -> str:
    """The version that is in use now, or "" where the one in use is the newest; raises JobError and Refused."""
    _show(job, 5, ASKING)
    wheel = wheels.newest(work, job.wanted, lambda: job.report(5))
    if not job.wanted:
        if number(wheel.version) <= number(own.version()):
            return ""
        state = own.state()  # whoever goes back by hand may come again by hand
        if state.why != GIVEN_UP and number(wheel.version) == number(state.taken_back or "0"):
            raise JobError(_("The newest version, %(version)s, was taken back already.") % {"version": wheel.version})
    _show(job, 25, UNPACKING)
    wheels.unpack(wheel, fresh / "packages", work, lambda: job.report(25))
    _show(job, 75, TRYING)
    if (why := smoke.problem(str(fresh / "packages"), wheel.version, lambda: job.report(75))) and not job.forced:
        words = {"version": wheel.version, "why": _(why)}
        raise JobError(_("Version %(version)s failed its test, so the one in use stays: %(why)s") % words)
    _show(job, 95, TRYING)  # raises Stopped where it was cancelled meanwhile
    _put(fresh / "packages", own.folder / wheel.version, fresh)
    own.switch_to(wheel.version)
    sources.fetch_anew()
    return wheel.version


def _put(new: Path, place: Path, aside: Path) -> None:
    """Give a folder its final place; one that is there already goes aside, and then away."""
    if place.exists():
        os.rename(place, aside / "earlier")
    os.rename(new, place)
    shutil.rmtree(aside / "earlier", ignore_errors=True)


def _show(job: Update, percent: float, stage: str) -> None:
    job._reported = 0.0  # each step is shown, however soon it follows
    job.report(percent, stage)


def take_back() -> bool:
    """Use the version before the one in use again; return whether there was one to take back."""
    own = releases()
    return own.take_back(own.state().version, GIVEN_UP)
