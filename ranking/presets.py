"""How a ranking is to be filmed: what a project has and a channel keeps."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Preset(models.Model):
    class Order(models.TextChoices):
        COUNTDOWN = "countdown", _("Countdown, #1 last")
        SHUFFLED = "shuffled", _("Shuffled, #1 last")
        LISTED = "listed", _("As listed, #1 first")

    class Transition(models.TextChoices):
        CUT = "cut", _("Hard cut")
        CROSSFADE = "crossfade", _("Crossfade")
        WHIP = "whip", _("Whip")
        BLACKOUT = "blackout", _("Blackout")

    target = models.CharField(_("made for"), max_length=20, default="shorts")
    style = models.CharField(_("style"), max_length=40, default="classic")
    order = models.CharField(_("order"), max_length=10, choices=Order, default=Order.COUNTDOWN)
    seconds = models.FloatField(_("length"), null=True, blank=True, help_text=_("Empty: the target's own length."))
    transition = models.CharField(_("transition"), max_length=10, choices=Transition, default=Transition.CUT)
    hook = models.BooleanField(_("opening flash of #1"), default=False)
    card = models.CharField(_("end card"), max_length=200, blank=True, help_text=_("Empty: none."))
    effects = models.BooleanField(_("sound effects"), default=False)
    track = models.ForeignKey("ranking.Track", models.SET_NULL, null=True, blank=True, verbose_name=_("music"))
    track_start = models.FloatField(default=0, help_text=_("Seconds into the music."))
    track_volume = models.FloatField(default=1, help_text=_("1 is the usual level under a film, 0 is mute."))

    class Meta:
        abstract = True

    def preset(self) -> dict[str, Any]:
        """Return all that is said here of how a ranking is filmed, by field."""
        return {field.name: getattr(self, field.name) for field in Preset._meta.local_fields}
