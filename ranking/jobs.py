"""Background work as rows. The row is the truth; a broker message is only a nudge that carries its id.

queued -> running -> done | failed | cancelled      queued -> cancelled
running -> queued, when its worker vanished (see sweep), or its turn comes later (see Later)
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ranking import job_log
from ranking.celery import app

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)  # a running job without a heartbeat for this long has lost its worker
RENUDGE = timedelta(minutes=2)  # a queued job this old may have lost its message
ENOUGH_PERCENT = 8  # before this, what is left cannot be told from how long the start took
PARTIALS = {"row": "ranking/_job_row.html", "making": "ranking/_making.html"}
REPORT_SECONDS = 0.5  # at most two reports a second reach the database and the pages


class JobError(Exception):
    """The work cannot be done; its text is a sentence for people. `for_good`: nor could it when it is tried again."""

    def __init__(self, words: str, *, for_good: bool = False) -> None:
        super().__init__(words)
        self.for_good = for_good


class Stopped(Exception):
    """The job was cancelled, or another worker took it over: stop and leave the row alone."""


class Waiting(Exception):
    """The job waits for its parts: let go of it, and whoever is nudged next takes it on."""


class Later(Exception):
    """The job may go on at a certain moment only: let go of it until then, so that no worker stands waiting."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self.moment = moment


class JobQuerySet(models.QuerySet):
    def owned_by(self, user: Any) -> Self:
        return self.filter(owner=user)

    def active(self) -> Self:
        return self.filter(status__in=Job.ACTIVE)

    def listed(self) -> Self:
        """Jobs that people see as such: a part of another one is not shown beside it."""
        return self.none() if self.model.is_part else self

    def lost(self) -> Self:
        return self.filter(status=Job.Status.RUNNING, heartbeat_at__lt=timezone.now() - LEASE)

    def unheard(self) -> Self:
        """Jobs that nobody holds and whose nudge may have been lost."""
        free = Q(status=Job.Status.QUEUED) | Q(status=Job.Status.RUNNING, heartbeat_at=None)
        due = Q(not_before=None) | Q(not_before__lt=timezone.now())
        return self.filter(free, due).filter(Q(nudged_at=None) | Q(nudged_at__lt=timezone.now() - RENUDGE))


def _asked_in() -> str:
    """Return the language of whoever asks for the work: it is told in it what came of that."""
    return translation.get_language() or ""


class Job(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("working")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    ACTIVE: ClassVar = (Status.QUEUED, Status.RUNNING)
    FOR_GOOD: ClassVar = "for good"  # the stage of what failed and would fail again
    task: ClassVar[str]  # the Celery task that works on this kind of job
    template: ClassVar[str] = "ranking/_job.html"  # the partial that page, fragment and WebSocket render alike
    is_told: ClassVar[bool] = False  # on every page, while it goes on, and that it ended
    is_part: ClassVar[bool] = False  # of another job: not listed and not counted beside it
    asked_for: ClassVar[tuple[str, ...]] = ()  # the fields that say what is to be done; none: it is not done again
    instead: ClassVar[Any] = ""  # what a person may do where trying again is in vain
    abreast: ClassVar[int] = 16  # so many of this kind are worked on at the same time

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED, db_index=True)
    attempt = models.PositiveIntegerField(default=0)
    lost_workers = models.PositiveSmallIntegerField(default=0)
    percent = models.FloatField(default=0)
    stage = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    log = models.TextField(blank=True, editable=False, help_text="The end of what its workers noted, for the curious.")
    language = models.CharField(max_length=10, blank=True, default=_asked_in, help_text=_("Of messages and errors."))
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True, help_text=_("Its turn at a source that is asked slowly."))

    objects = JobQuerySet.as_manager()
    _reported: float = 0.0
    _noted: Sequence[str] = ()

    class Meta:
        abstract = True
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.subject[0] or self.mark} ({self.get_status_display()})"

    @property
    def mark(self) -> str:
        """What the log calls it: its kind and the beginning of its id, for which nothing is read."""
        return f"{self._meta.model_name} {str(self.pk)[:8]}"

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def failed_for_good(self) -> bool:
        return self.status == self.Status.FAILED and self.stage == self.FOR_GOOD

    @property
    def may_work_again(self) -> bool:
        """Whether it has ended without a result, and the same work may bring one."""
        return (
            bool(self.asked_for)
            and self.status in (self.Status.FAILED, self.Status.CANCELLED)
            and not self.failed_for_good
        )

    @property
    def group(self) -> str:
        return f"job.{self.pk}"

    @property
    def is_measured(self) -> bool:
        """Whether a percentage says anything yet; before that the work only goes on."""
        return self.status == self.Status.RUNNING and self.shown_percent >= 1

    @property
    def shown_percent(self) -> float:
        """What its bars show, 0 to 100: of all its work, also where `percent` is that of a step."""
        return self.percent

    @property
    def seconds_left(self) -> float | None:
        """Return the estimated time to the end in seconds, or None while too little is known."""
        if self.status != self.Status.RUNNING or not self.started_at or self.percent < ENOUGH_PERCENT:
            return None
        elapsed = (timezone.now() - self.started_at).total_seconds()
        return elapsed * (100 - self.percent) / self.percent

    @property
    def subject(self) -> tuple[str, str]:
        """What it works on, in words, and the address of that; "" where there is none."""
        return "", ""

    def as_dict(self) -> dict[str, Any]:
        names = ("status", "percent", "stage", "message", "error", "attempt")
        told = {name: getattr(self, name) for name in names} | {"percent": self.shown_percent}
        return {"id": str(self.pk), "kind": self._meta.model_name} | told

    def enqueue(self) -> Self:
        """Save the job and send its nudge once the transaction is committed; return the job."""
        self.save()
        transaction.on_commit(self.nudge)
        return self

    def again(self) -> Self:
        """Queue the same work anew; return its job, or the one that is at it already."""
        same = {name: getattr(self, name) for name in self.asked_for}
        with transaction.atomic():
            type(self).objects.select_for_update().get(pk=self.pk)
            if active := type(self).objects.active().filter(**same).first():
                return active
            self.allow()
            return type(self)(**same, owner=self.owner).enqueue()

    def allow(self) -> None:
        """Raise where its owner may not have one more of this kind now; by default nothing speaks against it."""

    def nudge(self, task: str = "") -> None:
        """Tell the workers about the job. A broker that is down is logged: the sweep sends it again."""
        if not settings.REDIS_URL:  # a command beside the embedded studio: its sweep finds the row
            return
        now: Any = timezone.now()
        try:
            app.send_task(task or self.task, args=[str(self.pk)], eta=self.not_before)
        except (OperationalError, RedisError, OSError) as error:
            logger.warning("%s waits for the broker: %s", self.mark, error)
            now = None
        type(self).objects.filter(pk=self.pk).update(nudged_at=now)

    @contextmanager
    def running(self) -> Iterator[bool]:
        """Claim the job, yield whether the claim was won, and record how the work ended."""
        if not self._claim():
            yield False
            return
        with translation.override(self.language or settings.LANGUAGE_CODE), job_log.listening() as self._noted:
            try:
                yield True
            except Stopped:
                logger.info("%s was stopped", self.mark)
            except Waiting:
                self._write(heartbeat_at=None)
                self.publish()
            except Later as later:
                self._write(status=self.Status.QUEUED, heartbeat_at=None, not_before=later.moment)
                self.nudge()
                self.publish()
            except JobError as error:
                self._noted += job_log.causes(error)
                stage = {"stage": self.FOR_GOOD} if error.for_good else {}
                self.finish(self.Status.FAILED, error=str(error), **stage)
            except Exception as error:
                if not self.reload():  # what is left to do for a row that is deleted goes wrong in many ways
                    logger.info("%s was deleted meanwhile", self.mark, exc_info=True)
                    return
                self._noted += job_log.causes(error)
                sentence = gettext("Something went wrong in the studio; its log says what.")
                self.finish(self.Status.FAILED, error=sentence)
                raise
            else:
                self.finish(self.Status.DONE, percent=100)

    def _claim(self) -> bool:
        now = timezone.now()
        nobodys = Q(heartbeat_at=None) | Q(heartbeat_at__lt=now - LEASE)
        free = Q(status=self.Status.QUEUED) | Q(nobodys, status=self.Status.RUNNING)
        due = Q(not_before=None) | Q(not_before__lte=now)
        won = (
            type(self)
            .objects.filter(free, due, pk=self.pk)
            .update(
                status=self.Status.RUNNING,
                attempt=F("attempt") + 1,
                heartbeat_at=now,
                started_at=Coalesce("started_at", now),
                error="",
            )
        )
        if not self.reload():
            return False
        if won:
            self.publish()
        return bool(won)

    def reload(self) -> bool:
        """Read the row anew; return whether it is still there."""
        try:
            self.refresh_from_db()
        except self.DoesNotExist:
            return False
        return True

    def _write(self, **changes: Any) -> bool:
        """Write fields if this attempt still holds the job; return whether it does."""
        mine = type(self).objects.filter(pk=self.pk, status=self.Status.RUNNING, attempt=self.attempt)
        if not mine.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    def report(self, percent: float, message: str = "") -> bool:
        """Show progress, percent 0 to 100, and keep the lease; return whether it was time for that again.

        Raises Stopped when the job was cancelled or taken over.
        """
        now = time.monotonic()
        if now - self._reported < REPORT_SECONDS:
            return False
        self._reported = now
        changes = {"percent": min(max(percent, 0), 100), "heartbeat_at": timezone.now()}
        if message:
            changes["message"] = message[:300]
        if not self._write(**changes):
            raise Stopped
        self.publish()
        return True

    def finish(self, status: str, **changes: Any) -> bool:
        """Record the end if this attempt still holds the job; return whether it did."""
        changes["log"] = job_log.tail(self.log, self.attempt, self._noted)
        ended = self._write(status=status, finished_at=timezone.now(), **changes)
        if ended:
            self.ended()
        self.publish()
        return ended

    def ended(self) -> None:
        """What follows from the end of this job, whoever ended it; nothing by default."""

    def cancel(self) -> bool:
        """Cancel a waiting or working job; its worker stops at its next report. Return whether there was one."""
        active = type(self).objects.filter(pk=self.pk, status__in=self.ACTIVE)
        changed = active.update(status=self.Status.CANCELLED, finished_at=timezone.now())
        self.reload()
        self.publish()
        return bool(changed)

    def publish(self) -> None:
        tell(self.group)


def tell(group: str) -> None:
    """Tell the open pages of a group that its row changed. They read the row, so a lost message does no harm."""
    try:
        async_to_sync(_send)(get_channel_layer(), group)
    except (OSError, TimeoutError, RedisError) as error:
        logger.warning("pages were not told about %s: %s %s", group, type(error).__name__, error)


async def _send(layer: Any, group: str) -> None:
    async with asyncio.timeout(1):
        await layer.group_send(group, {"type": "job.changed"})


def kinds() -> list[type[Job]]:
    """Return the concrete kinds of jobs."""
    return [kind for kind in Job.__subclasses__() if not kind._meta.abstract]


def find(pk: uuid.UUID | str) -> Job | None:
    """Return the job of that id, of whatever kind, or None."""
    return next((job for kind in kinds() if (job := kind.objects.filter(pk=pk).first())), None)


def last_of(videos: Iterable[Any]) -> dict[int, Job]:
    """Return the newest job on each of these videos that has one, of whatever kind, by the video's id."""
    if not (wanted := list(videos)):
        return {}
    kinds_of_videos = [kind for kind in kinds() if any(field.name == "video" for field in kind._meta.fields)]
    found = [job for kind in kinds_of_videos for job in kind.objects.filter(video__in=wanted).select_related("video")]
    return {job.video_id: job for job in sorted(found, key=lambda job: job.created_at)}


def partial(job: Job, query: Mapping[str, str]) -> str:
    """Return the partial that shows a job: as a row or in every page's bar where the query says so, else its own."""
    return next((PARTIALS[name] for name in PARTIALS if name in query), job.template)
