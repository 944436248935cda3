"""Users, the videos the studio knows, and the rankings made of them."""

import unicodedata
from functools import lru_cache
from typing import Any, Self

import regex
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ranking import jobs, quotas
from ranking.access import ApiToken, Invitation  # noqa: F401  (models of this app)
from ranking.channels import Channel
from ranking.deleting import OneByOneQuerySet, forget_file
from ranking.music import Track  # noqa: F401
from ranking.ordering import FallingIndex
from ranking.presets import Preset

MAX_ENTRIES = 10


OWNER = "owner"  # the user name of whoever runs the studio on this machine, until another one is chosen


class StudioUserManager(UserManager.from_queryset(OneByOneQuerySet)):
    def local_owner(self) -> "User":
        """Return the one owner of the embedded studio and of all that commands make."""
        user, created = self.get_or_create(username=OWNER, defaults={"is_staff": True, "is_superuser": True})
        if created:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return user


class User(AbstractUser, quotas.Limited):
    channel = models.ForeignKey(Channel, models.SET_NULL, null=True, editable=False, related_name="+")  # chosen last
    hints_seen = models.JSONField(default=list, editable=False, help_text="Names of the hints that were put away.")

    objects = StudioUserManager()

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the user and all that is theirs."""
        self.projects.all().delete()
        self.tracks.all().delete()
        for kind in jobs.kinds():
            kind.objects.owned_by(self).delete()
        return super().delete(*args, **kwargs)


def fold(text: str) -> str:
    """Return text as it is compared in a search: NFC, case folded, without NUL, spaces in one."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\0", "")).casefold().split())


@lru_cache(maxsize=3000)  # a page of fifty asks for the same fifty again and again
def _beginning(caption: str) -> str:
    return regex.match(r"\X{0,60}", caption)[0]


class VideoQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Posts are shared; an uploaded file is its owner's."""
        if user is None:
            return self.filter(owner=None, hidden=False)
        # Said as “nobody's or theirs”, SQLite reads a large library by the owners' index, and then sorts all of it.
        return self.filter(~(Q(owner__isnull=False) & ~Q(owner=user)), hidden=False)

    def ready(self) -> Self:
        """Videos whose file is here and was found sound."""
        return self.exclude(file="").exclude(sha256="")

    def matching(self, keyword: str) -> Self:
        """Videos that hold every word of the keyword in caption, author or title."""
        found = self
        for word in fold(keyword.replace("#", " ")).split():
            found = found.filter(search_text__contains=word)
        return found


class Video(models.Model):
    """One post known to the studio. A count that no source gave is None, never 0."""

    source = models.CharField(_("source"), max_length=32)
    external_id = models.CharField(max_length=128)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="videos")
    url = models.URLField(max_length=500, blank=True)
    author = models.CharField(_("author"), max_length=100, blank=True, help_text=_("The handle, without @."))
    author_name = models.CharField(max_length=200, blank=True)
    caption = models.TextField(_("caption"), blank=True)
    cover_url = models.URLField(max_length=2000, blank=True)
    play_count = models.BigIntegerField(_("plays"), null=True, blank=True)
    like_count = models.BigIntegerField(_("likes"), null=True, blank=True)
    comment_count = models.BigIntegerField(_("comments"), null=True, blank=True)
    share_count = models.BigIntegerField(_("shares"), null=True, blank=True)
    save_count = models.BigIntegerField(_("saves"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True, help_text=_("When the counts were read."))
    duration = models.FloatField(_("seconds"), null=True, blank=True)
    is_photo = models.BooleanField(default=False, help_text=_("A photo slideshow: there is no video in it."))
    rounded = models.BooleanField(default=False, help_text=_("The source told its counts as “1.2M”."))
    refused = models.CharField(max_length=20, blank=True, help_text=_("Why its file was not had, as a kind of error."))

    file = models.FileField(upload_to="videos", max_length=200, blank=True)
    proxy = models.FileField(upload_to="proxies", max_length=200, blank=True)
    cover = models.FileField(upload_to="covers", max_length=200, blank=True)
    filmstrip = models.FileField(upload_to="filmstrips", max_length=200, blank=True)
    waveform = models.JSONField(default=list, blank=True, help_text=_("Peaks from 0 to 1, evenly over the video."))
    facts = models.JSONField(default=dict, blank=True, help_text=_("What probing the file found."))
    moments = models.JSONField(default=dict, blank=True, help_text=_("How motion and sound go over the video."))
    music = models.JSONField(default=dict, blank=True, help_text=_("What the source says of the post's sound."))
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    hashes = models.JSONField(default=list, blank=True, help_text=_("Perceptual hashes of frames, hexadecimal."))
    cover_hashes = models.JSONField(default=list, blank=True, help_text=_("Perceptual hashes of the cover."))

    search_text = models.TextField(blank=True, editable=False)
    hidden = models.BooleanField(_("hidden"), default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = VideoQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="one_row_per_post")]
        indexes = [
            FallingIndex(fields=["play_count", "id"], name="videos_most_played"),
            FallingIndex(fields=["like_count", "id"], name="videos_most_liked"),
            FallingIndex(fields=["published_at", "id"], name="videos_newest_posts"),
        ]
        ordering = ["-created_at", "-pk"]
        verbose_name = _("video")
        verbose_name_plural = _("videos")

    def __str__(self) -> str:
        return _beginning(self.caption[:600]) or self.handle or f"{self.source} {self.external_id:.20}"

    @property
    def handle(self) -> str:
        return f"@{self.author}" if self.author else ""

    @property
    def is_ready(self) -> bool:
        return bool(self.file and self.sha256)

    @property
    def is_pickable(self) -> bool:
        """Whether it can stand in a ranking: a photo slideshow cannot, nor what its source refused to hand out."""
        return not self.is_photo and (self.is_ready or not self.refused)

    @property
    def is_demo(self) -> bool:
        return self.source == "demo"

    def searchable(self) -> str:
        """Return the text that searches look in; whoever changes caption or author stores it as search_text."""
        return fold(" ".join((self.caption, self.author, self.author_name)))


class ProjectQuerySet(OneByOneQuerySet):
    def owned_by(self, user: Any) -> Self:
        return self.filter(owner=user)

    def recent(self) -> Self:
        return self.order_by("-updated_at")

    def called(self, words: str) -> Self:
        """Return those whose title has each of the words."""
        return self.filter(*(models.Q(title__icontains=word) for word in words.split()))

    def filmed(self, there: bool = True) -> Self:
        """Return those that have a finished film, or those that have none."""
        films = self.model.renders.rel.related_model.objects.finished()
        has_one = models.Exists(films.filter(project=models.OuterRef("pk")))
        return self.filter(has_one if there else ~has_one)

    def shelved(self) -> Self:
        """Return them with what a card shows: `count` of entries, the `best` one, and `films` without their plans."""
        best = Entry.objects.filter(rank=1).select_related("video")
        best = best.only("project", "rank", "video__cover", "video__source", "video__owner")
        films = self.model.renders.rel.related_model.objects.defer("plan", "sources", "facts")
        rows = self.annotate(count=models.Count("entries"))
        return rows.prefetch_related(
            models.Prefetch("entries", best, to_attr="best"), models.Prefetch("renders", films, to_attr="films")
        )


class Project(Preset):
    """One ranking: its title, its ranked entries and how it is to be filmed."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="projects")
    title = models.CharField(_("title"), max_length=200, blank=True)
    channel = models.ForeignKey(Channel, models.SET_NULL, null=True, blank=True, verbose_name=_("channel"))
    cover_at = models.FloatField(null=True, blank=True, help_text=_("Seconds of the film that its cover shows."))
    version = models.PositiveIntegerField(default=0, editable=False, help_text=_("How often it was edited."))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.pk])

    @classmethod
    def begun(cls, owner: User, **fields: Any) -> "Project":
        """Return a new, unsaved ranking as the films of the owner's channel are made."""
        return cls(owner=owner, **(owner.channel.begins_with() if owner.channel else {}) | fields)

    @property
    def name(self) -> str:
        """The title in one line, or words for a project that has none yet."""
        return " ".join(self.title.replace("|", " ").split()) or gettext("Untitled ranking")

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the ranking with its films and their files; the videos stay."""
        self.renders.all().delete()
        self.entries.all().delete()
        self.changes.all().delete()
        return super().delete(*args, **kwargs)

    @property
    def group(self) -> str:
        """The channel on which its open pages hear that it was edited."""
        return f"project.{self.pk}"

    def ranked(self) -> models.QuerySet["Entry"]:
        """Return the entries, best first, with their videos."""
        return self.entries.select_related("video").order_by("rank")

    @transaction.atomic
    def add(self, video: Video, **fields: Any) -> "Entry":
        """Put a video at the end of the ranking; one that is in it stays where it is. Return its entry.

        Raises ValueError when the ranking is full.
        """
        ranking = Project.objects.select_for_update().get(pk=self.pk).entries
        if known := ranking.filter(video=video).first():
            return known
        count = ranking.count()
        if count >= MAX_ENTRIES:
            raise ValueError(_("A ranking holds at most %(n)d videos.") % {"n": MAX_ENTRIES})
        return Entry.objects.create(project=self, video=video, rank=count + 1, **fields)

    @transaction.atomic
    def rank_as(self, entries: list["Entry"]) -> None:
        """Store the order of all entries, best first."""
        Project.objects.select_for_update().get(pk=self.pk)
        # Two steps: while ranks change hands, none may stand twice.
        self.entries.update(rank=-F("rank"))
        for rank, entry in enumerate(entries, 1):
            entry.rank = rank
            Entry.objects.filter(pk=entry.pk, project=self).update(rank=rank)
        self.save(update_fields=["updated_at"])


class Entry(models.Model):
    """A video's place in a ranking."""

    class Fit(models.TextChoices):
        COVER = "cover", _("Fill the frame")
        SMART = "smart", _("Follow the subject")
        CONTAIN = "contain", _("Show all of it")
        BARS = "bars", _("Show all of it, plain around")

    project = models.ForeignKey(Project, models.CASCADE, related_name="entries")
    video = models.ForeignKey(Video, models.PROTECT, related_name="entries")
    rank = models.IntegerField(_("rank"))
    label = models.CharField(_("label"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    start = models.FloatField(_("from"), null=True, blank=True, help_text=_("Seconds into the video."))
    end = models.FloatField(_("to"), null=True, blank=True, help_text=_("Seconds into the video."))
    fit = models.CharField(_("fit"), max_length=10, choices=Fit, default=Fit.COVER)
    volume = models.FloatField(_("volume"), default=1.0, help_text=_("1 is as levelled, 0 is mute."))
    masks = models.JSONField(default=list, blank=True, help_text=_("Blurred rectangles, as rendering.plan.Mask."))
    voice_text = models.CharField(_("spoken text"), max_length=300, blank=True)
    voice = models.FileField(upload_to="voices", max_length=200, blank=True)
    voice_sha256 = models.CharField(max_length=64, blank=True)

    objects = OneByOneQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["project", "rank"], name="one_entry_per_rank"),
            models.UniqueConstraint(fields=["project", "video"], name="one_entry_per_video"),
            models.CheckConstraint(condition=Q(volume__gte=0, volume__lte=2), name="volume_0_to_2"),
            models.CheckConstraint(condition=Q(start=None) | Q(start__gte=0), name="start_not_negative"),
            models.CheckConstraint(
                condition=Q(end=None) | Q(start=None) | Q(end__gt=F("start")), name="end_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.rank} {self.label or self.video}"

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the entry with its voice; the video stays."""
        forget_file(Entry.voice.field, self.voice.name)
        return super().delete(*args, **kwargs)

    @transaction.atomic
    def move_to(self, rank: int) -> None:
        """Move this entry to a rank, 1 the best; the others close up."""
        others = [entry for entry in self.project.entries.order_by("rank") if entry.pk != self.pk]
        others.insert(min(max(rank, 1), len(others) + 1) - 1, self)
        self.project.rank_as(others)

    @transaction.atomic
    def remove(self) -> None:
        """Take this entry out; the others close up."""
        others = [entry for entry in self.project.entries.order_by("rank") if entry.pk != self.pk]
        self.delete()
        self.project.rank_as(others)


class ChangeQuerySet(models.QuerySet):
    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete steps with the voices that nothing else names."""
        names = {name for voices in self.values_list("voices", flat=True) for name in voices.split()}
        with transaction.atomic():
            gone = super().delete()
            for name in names:
                forget_file(Entry.voice.field, name)
        return gone

    delete.queryset_only = True


class Change(models.Model):
    """One step of a ranking's history: what was so before, and what is so after (see ranking/history.py)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    words = models.CharField(max_length=100, blank=True)
    voices = models.TextField(blank=True, help_text=_("Files of voices that undoing needs, one a line."))
    undone = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_change_per_number")]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.number}"
