"""Films of projects, and the segments they are joined from, as jobs."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ranking.jobs import Job
from ranking.models import Project


class Render(Job):
    """One film of a project. Its plan is fixed when it is asked for, so later edits make another film."""

    class Stage(models.TextChoices):
        PLAN = "plan", _("planning")
        SEGMENTS = "segments", _("filming the clips")
        JOIN = "join", _("sound and join")

    task: ClassVar = "generate_ranking_video_task"
    template: ClassVar = "rendering/_render.html"

    project = models.ForeignKey(Project, models.CASCADE, related_name="renders")
    plan = models.JSONField(default=dict, editable=False)
    film = models.FileField(upload_to="films", max_length=200, blank=True)
    cover = models.FileField(upload_to="films", max_length=200, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    rendered = models.PositiveSmallIntegerField(default=0, help_text=_("Segments filmed for this film."))
    reused = models.PositiveSmallIntegerField(default=0, help_text=_("Segments kept from earlier films."))
    report = models.JSONField(default=dict, blank=True, help_text=_("The facts read back from the file."))

    class Meta(Job.Meta):
        verbose_name = _("film")
        verbose_name_plural = _("films")

    def get_absolute_url(self) -> str:
        return reverse("render", args=[self.pk])


class Segment(Job):
    """The picture of one entry in one film, kept in the segment store under its content's hash."""

    task: ClassVar = "render_segment_task"

    render = models.ForeignKey(Render, models.CASCADE, related_name="segments")
    position = models.PositiveSmallIntegerField(help_text=_("Its place in the film, from 0."))
    key = models.CharField(max_length=64, db_index=True)

    class Meta(Job.Meta):
        ordering = ["render", "position"]
        constraints = [models.UniqueConstraint(fields=["render", "position"], name="one_segment_per_position")]
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
