"""Films of projects, and the segments they are joined from, as jobs."""

import logging
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ranking import quotas
from ranking.jobs import Job, JobQuerySet
from ranking.models import Project
from rendering import outlook, timing
from rendering.plan import Plan
from scraping.models import Download, Search

logger = logging.getLogger(__name__)

SEGMENTS_SHARE = 92  # percent of a film's work that is its segments; the rest is sound and join
ART_SHARE = 4  # percent of it at which its art is drawn
# From where to where the steps of a wish lead, in percent of the whole; filming takes what is left.
GATHERED = 40
WISH_SHARES = {"look": (0, 10), "choose": (10, GATHERED), "fetch": (10, GATHERED)}
OVERDUE = timedelta(seconds=3)  # after which nothing is said of a film that should have been there


class RenderQuerySet(JobQuerySet):
    def finished(self) -> Self:
        """Films that are there to be published: no drafts."""
        return self.filter(draft=False).exclude(film="")

    def worth_showing(self) -> Self:
        """All but those cancelled on the way: a later one hides no film, and the editor's button makes it anew."""
        return self.exclude(~models.Q(stage__in=Render.GATHERING), status=Render.Status.CANCELLED)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete films; their files go once that is committed."""
        with transaction.atomic():
            # Locked: a worker that is about to name its files finds no row, and removes them itself.
            rows = self.select_for_update().values_list("film", "cover")
            names = [name for row in rows for name in row if name]
            deleted = super().delete()
            transaction.on_commit(partial(_remove, names))
        return deleted

    delete.queryset_only = True  # as Django's own: there is no `Render.objects.delete()`


def _remove(names: list[str]) -> None:
    for name in names:
        try:
            default_storage.delete(name)
        except OSError:
            logger.exception("%s, of a deleted film, cannot be removed", name)


class Render(Job):
    """One film of a project. Its plan is fixed when it is asked for, so later edits make another film.

    While its segments are filmed it is running, but nobody's; the nudge of the last segment has it joined. One that was
    wished for by a keyword first gathers its videos (see wishes.py), and its plan is fixed once they are here.
    """

    class Stage(models.TextChoices):
        LOOK = "look", _("looking for videos")
        CHOOSE = "choose", _("choosing the best")
        FETCH = "fetch", _("fetching the videos")
        PLAN = "plan", _("planning")
        ART = "art", _("drawing titles and labels")
        SEGMENTS = "segments", _("filming the clips")
        JOIN = "join", _("sound and join")

    task: ClassVar = "generate_ranking_video_task"
    template: ClassVar = "rendering/_render.html"
    is_told: ClassVar = True
    asked_for: ClassVar = ("project", "plan", "sources", "draft", "wish")
    GATHERING: ClassVar = (Stage.LOOK, Stage.CHOOSE, Stage.FETCH)
    abreast: ClassVar = 1  # its segments take every core

    project = models.ForeignKey(Project, models.CASCADE, related_name="renders")
    plan = models.JSONField(default=dict, editable=False)
    sources = models.JSONField(default=list, editable=False, help_text="What was known of its videos, for the ledger.")
    film = models.FileField(upload_to="films", max_length=200, blank=True)
    cover = models.FileField(upload_to="films", max_length=200, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    rendered = models.PositiveSmallIntegerField(default=0, help_text=_("Segments filmed for this film."))
    reused = models.PositiveSmallIntegerField(default=0, help_text=_("Segments kept from earlier films."))
    facts = models.JSONField(default=dict, blank=True, help_text=_("What was read back from the file."))
    cover_at = models.FloatField(null=True, blank=True, editable=False, help_text="The second that its cover shows.")
    ends_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it will probably be there.")
    draft = models.BooleanField(default=False, help_text=_("Half as wide and high, to look at."))
    wish = models.JSONField(default=dict, blank=True, editable=False, help_text="keyword, source and top; or nothing.")
    search = models.ForeignKey(Search, models.SET_NULL, null=True, blank=True, editable=False, related_name="wishes")
    taken = models.JSONField(default=list, editable=False, help_text="Keys of the videos that were chosen for it.")
    left_out = models.JSONField(default=list, editable=False, help_text="What was chosen in vain: clip and reason.")

    objects = RenderQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("film")
        verbose_name_plural = _("films")

    def get_absolute_url(self) -> str:
        return reverse("render", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        return Render.objects.filter(pk=self.pk).delete()

    @property
    def subject(self) -> tuple[str, str]:
        return self.project.name, self.get_absolute_url()

    def allow(self) -> None:
        """Count one more film of today. Raises QuotaReached."""
        if not self.draft:
            quotas.count_film(self.owner)

    @property
    def cover_moment(self) -> float:
        """The second of the film that its cover shows."""
        return Plan.from_json(self.plan).cover_moment(self.cover_at)

    @property
    def finished_film(self) -> "Render | None":
        """Return the newest finished film of the same project that is no draft, or None."""
        films = Render.objects.filter(project=self.project_id, draft=False, status=self.Status.DONE)
        return films.exclude(film="").first()

    @property
    def stage_label(self) -> str:
        return str(self.Stage(self.stage).label) if self.stage in self.Stage.values else ""

    @property
    def is_gathering(self) -> bool:
        """Whether its videos are still looked for, chosen or fetched."""
        return self.stage in self.GATHERING

    @property
    def shown_percent(self) -> float:
        """How far the whole is, the gathering of its videos too: its bar does not begin anew at each step."""
        if not self.wish or self.status == self.Status.DONE:
            return self.percent
        begin, end = WISH_SHARES.get(self.stage, (GATHERED, 100))
        return begin + (end - begin) * self.percent / 100

    def nudge(self, task: str = "") -> None:
        """Tell the workers: those of the net queue while it gathers its videos, else those that film."""
        super().nudge(task or ("gather_videos_task" if self.is_gathering else ""))

    def again(self) -> "Render":
        """Queue the same film anew; one that was wished for and has no plan yet gathers its videos anew."""
        if not self.is_gathering:
            return super().again()
        with transaction.atomic():
            Project.objects.select_for_update().get(pk=self.project_id)
            active = self.project.renders.active().filter(wish=self.wish, stage__in=self.GATHERING).first()
            there = self.project.entries.filter(video__in=self.taken)
            same = {"wish": self.wish, "taken": list(there.values_list("video", flat=True))}
            return active or Render(project=self.project, owner=self.owner, stage=self.Stage.LOOK, **same).enqueue()

    def enter(self, stage: str) -> None:
        """Begin a stage, if this attempt still holds the film."""
        held = self._write(stage=stage)
        if held and stage == self.Stage.JOIN:
            self.foresee(outlook.join_left(self), timing.TRUST_JOIN)
        self.publish()

    def report_join(self, percent: float) -> None:
        """Show the progress, 0 to 100, of sound and join."""
        self.report(SEGMENTS_SHARE + percent * (100 - SEGMENTS_SHARE) / 100)

    def enter_report(self) -> None:
        """Show that the film is joined and will be read back."""
        self.report_join(50)  # the report takes the other half
        self.foresee(outlook.join_left(self, joined=True), timing.TRUST_JOIN)

    def add_up(self) -> None:
        """Show what the segments have done so far as the film's own progress."""
        total = self.segments.filter(reused=False).aggregate(
            done=Sum(F("percent") * F("frames"), output_field=models.FloatField()), frames=Sum("frames")
        )
        share = (total["done"] or 0) / (total["frames"] or 1)
        waiting = Render.objects.filter(pk=self.pk, status=self.Status.RUNNING, heartbeat_at=None)
        if waiting.update(percent=ART_SHARE + share * (SEGMENTS_SHARE - ART_SHARE) / 100):
            self.foresee(outlook.film_left(self), timing.TRUST)
        self.publish()

    def foresee(self, left: float | None, trust: float) -> None:
        """Note that the film will be there in so many seconds, as far as `trust` goes beside what was noted before."""
        if left is None:
            return
        now, row = timezone.now(), Render.objects.filter(pk=self.pk, status=self.Status.RUNNING)
        before = row.values_list("ends_at", flat=True).first()
        if before and before > now - OVERDUE:
            left = timing.smoothed((before - now).total_seconds(), left, trust)
        row.update(ends_at=now + timedelta(seconds=left))

    @property
    def seconds_left(self) -> float | None:
        """Return the time to the end as its workers foresee it; None while that is unknown, or long overdue."""
        if self.status != self.Status.RUNNING or self.is_gathering:
            return None
        if self.ends_at is None:  # nothing is filmed yet, or all of it in a process of its own
            return super().seconds_left
        left = self.ends_at - timezone.now()
        return max(left.total_seconds(), 0.1) if left > -OVERDUE else None

    def is_filmed(self) -> bool:
        """Return whether every segment is there."""
        return not self.segments.exclude(status=self.Status.DONE).exists()

    def is_waiting(self) -> bool:
        """Return whether the film is nobody's until its segments are there."""
        return self.status == self.Status.RUNNING and self.heartbeat_at is None

    def keep(self, **changes: Any) -> bool:
        """Store what the join made, if this attempt still holds the film; return whether it did."""
        return self._write(**changes)

    def nudge_join(self) -> None:
        self.nudge("join_film_task")

    def fail(self, error: str, log: str = "") -> None:
        """End the film because of one of its segments, and stop the others."""
        active = Render.objects.filter(pk=self.pk, status__in=self.ACTIVE)
        active.update(status=self.Status.FAILED, error=error, log=log, finished_at=timezone.now())
        self._stop_segments()
        self.publish()

    def cancel(self) -> bool:
        cancelled = super().cancel()
        if cancelled and self.is_gathering:
            self._stop_gathering()
        elif cancelled:
            self._stop_segments()
        return cancelled

    def _stop_gathering(self) -> None:
        """Stop what was begun for it; what has been chosen stays in the ranking."""
        if self.search:
            self.search.cancel()
        for download in Download.objects.active().owned_by(self.owner).filter(video__in=self.taken):
            download.cancel()

    def _stop_segments(self) -> None:
        active = self.segments.filter(status__in=self.ACTIVE)
        active.update(status=self.Status.CANCELLED, finished_at=timezone.now())


class OwnStyle(models.Model):
    """A look that a user uploaded; `data` is a style's file as rendering.style reads it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_style_per_name")]
        verbose_name = _("own style")
        verbose_name_plural = _("own styles")

    def __str__(self) -> str:
        return self.name


class Segment(Job):
    """The picture of one entry in one film, kept in the segment store under its content's hash."""

    task: ClassVar = "render_segment_task"
    is_part: ClassVar = True

    render = models.ForeignKey(Render, models.CASCADE, related_name="segments")
    position = models.PositiveSmallIntegerField(help_text=_("Its place in the film, from 0."))
    key = models.CharField(max_length=64, db_index=True)
    frames = models.PositiveIntegerField(help_text=_("At 30 a second."))
    share = models.FloatField(default=1.0, editable=False, help_text="Of the usual seconds, what a frame takes.")
    reused = models.BooleanField(default=False, help_text=_("It was kept from an earlier film."))

    class Meta(Job.Meta):
        ordering = ["render", "position"]
        constraints = [models.UniqueConstraint(fields=["render", "position"], name="one_segment_per_position")]
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    @property
    def subject(self) -> tuple[str, str]:
        return f"{self.render.project.name} #{self.position}", self.render.get_absolute_url()

    def work(self, kind: str = "clip") -> timing.Work:
        """Return how much of it is filmed, and in which time, as it was told last."""
        told = self.finished_at or self.heartbeat_at or self.started_at
        seconds = (told - self.started_at).total_seconds() if told and self.started_at else 0.0
        ago = (timezone.now() - told).total_seconds() if told else 0.0
        done = self.frames if self.status == self.Status.DONE else self.frames * self.percent / 100
        share = self.share * (timing.DRAFT_SHARE if self.render.draft else 1.0)
        return timing.Work(kind, self.frames, done, seconds, ago, share)

    def report(self, percent: float, message: str = "") -> bool:
        if shown := super().report(percent, message):
            self.render.add_up()
        return shown

    def ended(self) -> None:
        """Tell the film: a failure ends it, and the last segment has it joined."""
        if self.status == self.Status.FAILED:
            self.render.fail(self.error, self.log)
        elif self.status == self.Status.DONE:
            self.render.add_up()
            if self.render.is_filmed():
                self.render.nudge_join()
