"""The one local owner of the embedded studio, who needs no login on a loopback address."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from ranking.models import User

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}


def is_local(request: HttpRequest) -> bool:
    """Return whether the request came straight from this machine to a loopback address.

    A proxy in front makes every client look local, so a forwarded request never counts.
    """
    if any(name in request.headers for name in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip")):
        return False
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    host = request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()
    return peer.is_loopback and host in LOOPBACK_NAMES


class LocalOwnerMiddleware:
    """Logs the local owner in where LOCAL_OWNER is on and the request is local."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LOCAL_OWNER and not request.user.is_authenticated and is_local(request):
            login(request, User.objects.local_owner(), backend="django.contrib.auth.backends.ModelBackend")
        return self.get_response(request)
