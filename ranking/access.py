"""What opens the studio beside a password: an invitation, or a token for programs. Only digests are kept."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

INVITED_FOR = timedelta(days=7)
MOST_TOKENS = 20  # of one user
BYTES = 32


def new_secret() -> str:
    """Return a random text that fits into an address; 32 bytes."""
    return secrets.token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256, hexadecimal. It is random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Those that can still be used."""
        return self.filter(used_at=None, expires_at__gt=timezone.now())

    def of_secret(self, secret: str) -> Self:
        return self.open().filter(digest=digest(secret))


class Invitation(models.Model):
    """Lets one person make an account, once, within a week."""

    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    note = models.CharField(_("for whom"), max_length=100, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    joined = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.note or f"{self.created_at:%F %T}"

    @property
    def has_ended(self) -> bool:
        return self.expires_at <= timezone.now()

    def use(self) -> bool:
        """Use the invitation up; return whether it was still open, which only one of two at once hears."""
        return bool(Invitation.objects.open().filter(pk=self.pk).update(used_at=timezone.now()))


def invite(by: Any, note: str = "") -> str:
    """Make an invitation; return its secret, which is shown this once."""
    secret = new_secret()
    expires_at = timezone.now() + INVITED_FOR
    Invitation.objects.create(made_by=by, note=note[:100], digest=digest(secret), expires_at=expires_at)
    return secret


def password_path(user: Any) -> str:
    """Return the path at which this user chooses a new password, once, within PASSWORD_RESET_TIMEOUT."""
    return reverse(
        "password-choose", args=[urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
    )


class ApiToken(models.Model):
    """Lets a program of its owner use the REST API, until it is deleted."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("what for"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name


def make_token(owner: Any, name: str) -> str:
    """Make a token for programs; return it, which is shown this once. Raises ValueError, a sentence, when too many."""
    if ApiToken.objects.filter(owner=owner).count() >= MOST_TOKENS:
        raise ValueError(
            _("At most %(n)d tokens are kept. Delete one that nothing uses any more.") % {"n": MOST_TOKENS}
        )
    secret = new_secret()
    ApiToken.objects.create(owner=owner, name=name, digest=digest(secret))
    return secret


def owner_of(secret: str) -> Any | None:
    """Return the active user whose token this is, and note that it was used; None for any other text."""
    token = ApiToken.objects.select_related("owner").filter(digest=digest(secret), owner__is_active=True).first()
    if token is None:
        return None
    now = timezone.now()
    if token.used_at is None or now - token.used_at > timedelta(minutes=1):  # not a write for each request
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token.owner
