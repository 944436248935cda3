"""The one local owner of the embedded studio, who needs no login on a loopback address."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from ranking.models import OWNER, User

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}
# What proxies, tunnels and CDNs add; whatever begins with X-Forwarded counts too.
FORWARDED = {
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "cf-connecting-ip",
    "true-client-ip",
}


def is_owner(user: User) -> bool:
    """Return whether this is the account that the studio made by itself for whoever runs it."""
    return user.get_username() == OWNER


def is_local(request: HttpRequest) -> bool:
    """Return whether the request came straight from this machine, to a loopback address, for a page of the studio.

    A proxy in front makes every client look local, so what shows signs of one never counts.
    """
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    host = request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()
    return peer.is_loopback and host in LOOPBACK_NAMES and not _is_forwarded(request) and not _is_of_a_page(request)


def _is_forwarded(request: HttpRequest) -> bool:
    """Whether a proxy passed this on. nginx by default says so by nothing but HTTP/1.0, which browsers do not speak."""
    names = {name.lower() for name in request.headers}
    told = bool(FORWARDED & names) or any(name.startswith("x-forwarded") for name in names)
    return told or getattr(request, "scope", {}).get("http_version") == "1.0"


def _is_of_a_page(request: HttpRequest) -> bool:
    """Whether a page of another site asks on its own, say for a picture; that somebody follows a link is no harm."""
    headers = request.headers
    return headers.get("Sec-Fetch-Site") == "cross-site" and headers.get("Sec-Fetch-Mode") != "navigate"


class LocalOwnerMiddleware:
    """Logs the local owner in where LOCAL_OWNER is on and the request is local."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LOCAL_OWNER and not request.user.is_authenticated and is_local(request):
            login(request, User.objects.local_owner(), backend="django.contrib.auth.backends.ModelBackend")
        return self.get_response(request)
