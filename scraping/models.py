"""Searches, downloads and ingests as jobs, and what is known of the sources that they ask."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ranking import storage
from ranking.jobs import Job, JobQuerySet, Later
from ranking.models import Video
from scraping import asked


class SavedSearch(models.Model):
    """A question that is asked again each morning."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    query = models.TextField(_("query"))
    source = models.CharField(_("source"), max_length=32, default="auto")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["query", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "query", "source"], name="one_row_per_saved_search")]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")

    def __str__(self) -> str:
        return self.query


class SearchQuerySet(JobQuerySet):
    def listed(self) -> Self:
        """Not what a wish looks for or did not find: its film says that. What it found stays at hand."""
        return self.exclude(~models.Q(status=Job.Status.DONE), wishes__isnull=False)


class Search(Job):
    """One question, and the videos that one source found, in that source's order.

    `asked` holds a line for each source that was asked: {"source", "kind", "message", "found", "until", "age"}. `kind`
    is found, empty, one of providers.base.KINDS, or off; `until` is when a parked source is asked again (ISO) or "";
    `age` how many seconds before the search that was answered. scraping.asked.words says it to people.
    """

    task: ClassVar = "scrape_tiktok_task"
    template: ClassVar = "scraping/_search.html"
    asked_for: ClassVar = ("query", "source", "limit", "saved")

    query = models.TextField(_("query"))
    source = models.CharField(_("source"), max_length=32)
    limit = models.PositiveSmallIntegerField(default=30)
    found = models.ManyToManyField(Video, through="Result", related_name="searches")
    note = models.CharField(max_length=300, blank=True)
    skipped = models.JSONField(default=list, blank=True, help_text=_("What was no usable video: what and reason."))
    asked = models.JSONField(default=list, blank=True, help_text=_("What each source said, in the order asked."))
    answered = models.CharField(max_length=32, blank=True, help_text=_("The source that the videos are from."))
    next_cursor = models.CharField(
        max_length=500, blank=True, help_text=_("Where that source goes on; empty at the end.")
    )
    saved = models.ForeignKey(SavedSearch, models.SET_NULL, null=True, blank=True, related_name="searches")

    objects = SearchQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("search")
        verbose_name_plural = _("searches")

    def get_absolute_url(self) -> str:
        return reverse("search", args=[self.pk])

    @property
    def subject(self) -> tuple[str, str]:
        return self.query, self.get_absolute_url()

    @property
    def keyword(self) -> str:
        """What was typed, "" for pasted links: they say nothing of what they show."""
        return "" if self.source == "links" else self.query

    def videos(self) -> models.QuerySet[Video]:
        """The videos found, in the source's order, without those that were hidden."""
        return self.found.filter(hidden=False).order_by("result__position")


class Result(models.Model):
    """A video's place in the answer to a search."""

    search = models.ForeignKey(Search, models.CASCADE)
    video = models.ForeignKey(Video, models.CASCADE)
    position = models.PositiveIntegerField()
    play_count = models.BigIntegerField(null=True, blank=True, help_text=_("At the time of this search."))

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["search", "video"], name="one_result_per_video")]

    def __str__(self) -> str:
        return f"{self.position}. {self.video}"


class Download(Job):
    """The fetching of one post's file."""

    task: ClassVar = "download_video_task"
    template: ClassVar = "scraping/_download.html"
    asked_for: ClassVar = ("video",)
    instead: ClassVar = _("Choose another video, or upload this one as a file.")

    MOST_PAUSES: ClassVar = 3

    video = models.ForeignKey(Video, models.CASCADE, related_name="downloads")
    pauses = models.PositiveSmallIntegerField(default=0, editable=False, help_text="How often its host asked to wait.")

    class Meta(Job.Meta):
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        constraints = [
            models.UniqueConstraint(
                fields=["video"], condition=models.Q(status__in=("queued", "running")), name="one_active_download"
            )
        ]

    @property
    def subject(self) -> tuple[str, str]:
        return str(self.video), reverse("video", args=[self.video_id])

    @property
    def folder(self) -> str:
        """The name of the folder in which what has arrived waits for the next attempt."""
        return f"download-{self.pk}"

    @property
    def seconds_left(self) -> float | None:
        """None: its message says it, from the speed of the bytes."""
        return None

    def put_off(self, until: datetime) -> None:
        """Let go of it until then, as its host asked. Raises Later; returns where it asked for that too often."""
        if self.pauses < self.MOST_PAUSES and self._write(pauses=self.pauses + 1, message=""):
            raise Later(until)

    def cancel(self) -> bool:
        cancelled = super().cancel()
        if not self.is_active:
            storage.forget_folder(self.folder)
        return cancelled

    def ended(self) -> None:
        """Nothing of the download stays but the file that it brought."""
        storage.forget_folder(self.folder)


class Ingest(Job):
    """The making of a new file's pictures, waveform and proxy."""

    task: ClassVar = "ingest_video_task"
    template: ClassVar = "scraping/_ingest.html"
    asked_for: ClassVar = ("video",)
    instead: ClassVar = _("Save it anew as an MP4 and upload that, or choose another video.")
    abreast: ClassVar = settings.MEDIA_WORKERS

    video = models.ForeignKey(Video, models.CASCADE, related_name="ingests")

    class Meta(Job.Meta):
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        constraints = [
            models.UniqueConstraint(
                fields=["video"], condition=models.Q(status__in=("queued", "running")), name="one_active_ingest"
            )
        ]

    @property
    def subject(self) -> tuple[str, str]:
        return str(self.video), reverse("video", args=[self.video_id])


class SavedView(models.Model):
    """Filters of the library under a name; `query` is the end of the library's address with them."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_name")]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """How a source does: written after each question to it, read by the health page and the chain."""

    name = models.CharField(max_length=32, unique=True)
    switched_on = models.BooleanField(null=True, blank=True, help_text=_("Empty: as the source is by default."))
    answered_at = models.DateTimeField(null=True, blank=True)
    latency = models.FloatField(null=True, blank=True, help_text=_("Of the last answer, in seconds."))
    refused_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=20, blank=True, help_text=_("The kind of the last refusal."))
    refusal_message = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True, help_text=_("The first refusal after an answer."))
    failures = models.PositiveIntegerField(default=0, help_text=_("Refusals in a row."))
    parked_until = models.DateTimeField(null=True, blank=True)
    requests_left = models.PositiveIntegerField(null=True, blank=True, help_text="As the source itself said.")
    units = models.PositiveIntegerField(default=0, help_text="Of its daily quota, used since units_day began.")
    units_day = models.DateField(null=True, blank=True, help_text="The day of its quota, in its own time zone.")

    class Meta:
        ordering = ["name"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class Trial(Job):
    """A small question to one source, to see how it does just now."""

    task: ClassVar = "try_source_task"
    template: ClassVar = "scraping/_health.html"

    source = models.CharField(_("source"), max_length=32)
    found = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(Job.Meta):
        verbose_name = _("trial of a source")
        verbose_name_plural = _("trials of sources")

    @property
    def subject(self) -> tuple[str, str]:
        return asked.name(self.source), reverse("health")


class Update(Job):
    """The bringing in of a newer yt-dlp; there is one at a time."""

    task: ClassVar = "update_ytdlp_task"
    template: ClassVar = "scraping/_ytdlp.html"

    package = models.CharField(max_length=32, default="yt-dlp", editable=False)
    wanted = models.CharField(max_length=32, blank=True, help_text=_("The version asked for; empty: the newest."))
    forced = models.BooleanField(default=False, help_text=_("Whether it is used though it fails its test."))
    before = models.CharField(max_length=32, blank=True)
    after = models.CharField(max_length=32, blank=True, help_text=_("The version in use when it ended."))

    class Meta(Job.Meta):
        verbose_name = _("update of yt-dlp")
        verbose_name_plural = _("updates of yt-dlp")
        constraints = [
            models.UniqueConstraint(
                fields=["package"], condition=models.Q(status__in=("queued", "running")), name="one_active_update"
            )
        ]

    @property
    def subject(self) -> tuple[str, str]:
        return self.package, reverse("health")


class Pace(models.Model):
    """When a source or a host may be asked next, shared by all workers (see scraping.pace)."""

    name = models.CharField(max_length=255, primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CookieJar(models.Model):
    """Somebody's TikTok session, sealed with a key that is not in the database. Its values are never shown."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="cookie_jar")
    sealed = models.BinaryField(serialize=False)  # no dumpdata, no fixture
    names = models.JSONField(default=list, help_text=_("The cookies' names, without their values."))
    expires_at = models.DateTimeField(null=True, blank=True)
    works = models.BooleanField(null=True, blank=True, help_text=_("What the last test said."))
    tested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("TikTok cookies")
        verbose_name_plural = _("TikTok cookies")

    def __str__(self) -> str:
        return f"{self.owner}"

    @property
    def has_ended(self) -> bool:
        """Whether the login (or the last cookie) has expired by the time that the cookies themselves tell."""
        return self.expires_at is not None and self.expires_at < timezone.now()


class CaptureToken(models.Model):
    """Lets a browser's own page of results post what it shows to the studio, once; only its digest is kept."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="capture_tokens")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.owner} {self.created_at:%F %T}"
