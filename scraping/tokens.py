"""Tokens with which a browser hands over one capture: each is good for one time, and only its digest is kept."""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from ranking.models import User
from scraping.models import CaptureToken

FOR_WINDOW = timedelta(minutes=30)  # the page that a bookmark opens
FOR_SCRIPT = timedelta(days=30)  # the script that waits in somebody's browser: each answer brings its next one
MOST = 40  # tokens of one user at a time; the oldest give way


def issue(owner: User, lifetime: timedelta = FOR_WINDOW) -> str:
    """A new token of this user; it is shown this once."""
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    CaptureToken.objects.filter(expires_at__lt=now).delete()
    CaptureToken.objects.create(owner=owner, digest=_digest(token), expires_at=now + lifetime)
    newest = CaptureToken.objects.filter(owner=owner).order_by("-created_at", "-pk").values_list("pk", flat=True)
    CaptureToken.objects.filter(pk__in=list(newest[MOST:])).delete()
    return token


def use(token: str) -> CaptureToken | None:
    """Use a token up; return its row, or None for one that is unknown, used or too old."""
    now, digest = timezone.now(), _digest(token)
    if not CaptureToken.objects.filter(digest=digest, used_at=None, expires_at__gt=now).update(used_at=now):
        return None
    return CaptureToken.objects.select_related("owner").get(digest=digest)


def lifetime(row: CaptureToken) -> timedelta:
    """For how long the token was good."""
    return row.expires_at - row.created_at


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
