"""Music that a user keeps to lay under films."""

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from ranking.deleting import OneByOneQuerySet, forget_file


class Track(models.Model):
    """Music that a user uploaded to lay under films."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tracks")
    name = models.CharField(_("name"), max_length=200)
    file = models.FileField(upload_to="tracks", max_length=200)
    credit = models.CharField(
        _("credit"), max_length=300, blank=True, help_text=_("Whom to name where a film with this music is published.")
    )
    seconds = models.FloatField(_("seconds"))
    sha256 = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OneByOneQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "sha256"], name="one_row_per_track")]
        verbose_name = _("music")
        verbose_name_plural = _("music")

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the music with its file; rankings that had it have none."""
        forget_file(Track.file.field, self.file.name)
        return super().delete(*args, **kwargs)
