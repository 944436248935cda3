"""Searches, downloads and ingests: the background work of finding and fetching, as jobs."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ranking.jobs import Job
from ranking.models import Video


class Search(Job):
    """One question to one source, and the videos that it found, in the source's order."""

    task: ClassVar = "scrape_tiktok_task"
    template: ClassVar = "scraping/_search.html"

    query = models.TextField(_("query"))
    source = models.CharField(_("source"), max_length=32)
    limit = models.PositiveSmallIntegerField(default=30)
    found = models.ManyToManyField(Video, through="Result", related_name="searches")
    note = models.CharField(max_length=300, blank=True)
    skipped = models.JSONField(default=list, blank=True, help_text=_("What was no usable video: what and reason."))

    class Meta(Job.Meta):
        verbose_name = _("search")
        verbose_name_plural = _("searches")

    def get_absolute_url(self) -> str:
        return reverse("search", args=[self.pk])

    def videos(self) -> models.QuerySet[Video]:
        """The videos found, in the source's order, without those that were hidden."""
        return self.found.filter(hidden=False).order_by("result__position")


class Result(models.Model):
    """A video's place in the answer to a search."""

    search = models.ForeignKey(Search, models.CASCADE)
    video = models.ForeignKey(Video, models.CASCADE)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["search", "video"], name="one_result_per_video")]

    def __str__(self) -> str:
        return f"{self.position}. {self.video}"


class Download(Job):
    """The fetching of one post's file."""

    task: ClassVar = "download_video_task"
    template: ClassVar = "scraping/_download.html"

    video = models.ForeignKey(Video, models.CASCADE, related_name="downloads")

    class Meta(Job.Meta):
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        constraints = [
            models.UniqueConstraint(
                fields=["video"], condition=models.Q(status__in=("queued", "running")), name="one_active_download"
            )
        ]


class Ingest(Job):
    """The making of a new file's pictures, waveform and proxy."""

    task: ClassVar = "ingest_video_task"
    template: ClassVar = "scraping/_ingest.html"

    video = models.ForeignKey(Video, models.CASCADE, related_name="ingests")

    class Meta(Job.Meta):
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        constraints = [
            models.UniqueConstraint(
                fields=["video"], condition=models.Q(status__in=("queued", "running")), name="one_active_ingest"
            )
        ]
