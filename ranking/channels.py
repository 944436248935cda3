"""Channels: how the films of one channel are made, and which videos they have shown."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from ranking.presets import Preset

STYLES = "rendering.own_styles.style_choices"  # the hub names what stands above it by dotted string only


class Channel(Preset):
    """A preset under a name; its new rankings begin with it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="channels")
    name = models.CharField(_("name"), max_length=60)
    top = models.PositiveSmallIntegerField(_("ranks"), default=5)
    voice = models.CharField(_("voice"), max_length=40, blank=True, help_text=_("That speaks typed text."))
    credit = models.CharField(_("words above the credits"), max_length=60, blank=True)
    language = models.CharField(_("language of the texts"), max_length=2, blank=True, choices=settings.LANGUAGES)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_channel_per_name")]
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("channel", args=[self.pk])

    def begins_with(self) -> dict[str, Any]:
        """Return the fields of a new ranking of this channel; a style that is gone since is the usual one."""
        values = self.preset() | {"channel": self}
        if self.style not in dict(import_string(STYLES)(self.owner)):
            del values["style"]
        return values

    def used(self) -> dict[int, datetime]:
        """Return when each video was last shown in a film of this channel, by the video's key."""
        return dict(self.uses.values_list("video", "used_at"))

    def remember(self, videos: Collection[Any]) -> None:
        """Note that these videos are shown in a film of this channel, now."""
        uses = [Use(channel=self, video=video, used_at=timezone.now()) for video in videos]
        told = {"update_conflicts": True, "update_fields": ["used_at"], "unique_fields": ["channel", "video"]}
        Use.objects.bulk_create(uses, **told)


class Use(models.Model):
    """A video that a film of a channel showed; it stays when the ranking goes."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="uses")
    video = models.ForeignKey("ranking.Video", models.CASCADE, related_name="uses")
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "video"], name="one_use_per_video")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.video}"


def chosen(user: Any, said: Any) -> Channel | None:
    """Return the channel that a form names, and remember it for the next one; where it names none, the last one."""
    if "channel" in said:
        value = said["channel"]
        user.channel = user.channels.filter(pk=value).first() if value.isascii() and value.isdigit() else None
        user.save(update_fields=["channel"])
    return user.channel


def keep_as(owner: Any, name: str, preset: Preset, top: int) -> Channel:
    """Return the owner's channel of that name with the values of a ranking; one that is there gets them anew."""
    return Channel.objects.update_or_create(owner=owner, name=name, defaults=preset.preset() | {"top": top})[0]
