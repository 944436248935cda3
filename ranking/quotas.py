"""What one user may take of a studio that several share: films a day, bytes of uploads, jobs at a time."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ranking import jobs

MB = 1_000_000


class QuotaReached(jobs.JobError):
    """A user has as much as they may have; the text is a sentence that says what to do."""


class Limited(models.Model):
    """The limits of one user. Empty is the studio's own limit (none for superusers), 0 is no limit."""

    films_a_day = models.PositiveIntegerField(_("films a day"), null=True, blank=True)
    uploads_mb = models.PositiveIntegerField(_("uploads in MB"), null=True, blank=True)
    active_jobs = models.PositiveIntegerField(_("jobs at a time"), null=True, blank=True)
    films_on = models.DateField(null=True, editable=False, help_text="The day that films_begun counts.")
    films_begun = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def limit(self, name: str) -> int | None:
        """Return one of the three limits, or None for no limit."""
        own = getattr(self, name)
        if own is None:
            own = 0 if self.is_superuser else getattr(settings, name.upper())
        return own or None

    @property
    def films_today(self) -> int:
        return self.films_begun if self.films_on == timezone.localdate() else 0


def count_film(user: Any) -> None:
    """Count one more film of today; deleting films brings none back. Raises QuotaReached."""
    most, today = user.limit("films_a_day"), timezone.localdate()
    row = get_user_model().objects.filter(pk=user.pk)
    row.exclude(films_on=today).update(films_on=today, films_begun=0)
    free = row if most is None else row.filter(films_begun__lt=most)
    if not free.update(films_begun=models.F("films_begun") + 1):
        words = ngettext(
            "You have made the %(n)d film that you may make a day. Tomorrow you can make more.",
            "You have made the %(n)d films that you may make a day. Tomorrow you can make more.",
            most,
        )
        raise QuotaReached(words % {"n": most})


def jobs_of(user: Any) -> int:
    """Return how many jobs of a user wait or work; the parts of a film are not counted beside it."""
    kinds = [kind for kind in jobs.kinds() if not kind.is_part]
    return sum(kind.objects.active().owned_by(user).count() for kind in kinds)


def check_jobs(user: Any, more: int = 1) -> None:
    """See whether a user may start that many more jobs. Raises QuotaReached."""
    most = user.limit("active_jobs") if user else None
    if most is not None and jobs_of(user) + more > most:
        words = ngettext(
            "At most %(n)d job of yours runs at a time. Wait until it is done, or cancel it.",
            "At most %(n)d jobs of yours run at a time. Wait until one is done, or cancel one.",
            most,
        )
        raise QuotaReached(words % {"n": most})


def uploaded_bytes(user: Any) -> int:
    """Return the bytes of all files that a user uploaded, videos and music."""
    size = Cast(models.fields.json.KT("facts__size"), models.BigIntegerField())
    videos = user.videos.exclude(file="").aggregate(size=models.Sum(size))["size"] or 0
    tracks = [track.file for track in user.tracks.all()]
    return videos + sum(file.size for file in tracks if file.storage.exists(file.name))


def check_upload(user: Any, size: int | None) -> None:
    """See whether a file of so many bytes still has room. Raises QuotaReached."""
    most = user.limit("uploads_mb")
    if most is not None and uploaded_bytes(user) + (size or 0) > most * MB:
        words = gettext("Your uploads may take %(n)d MB together, and this file no longer fits. Delete some first.")
        raise QuotaReached(words % {"n": most})


class QuotaMiddleware:
    """Answers a page's request that reached a limit with the sentence: 429 to htmx, else back where it came from."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, QuotaReached):
            return None
        if request.htmx:
            return render(request, "ranking/_quota.html", {"sentence": str(exception)}, status=429)
        messages.error(request, str(exception))
        came_from = request.headers.get("Referer", "")
        return redirect(came_from if url_has_allowed_host_and_scheme(came_from, {request.get_host()}) else "home")
