"""How often somebody may try: counted in the cache, which all web processes share."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

SECONDS = 60
MOST_TRIES = 5  # a minute, of one address at one name
MOST_OF_ADDRESS = 30  # a minute, of one address at all names


def may_try(what: str, *who: str, most: int = MOST_TRIES) -> bool:
    """Count one more try; return whether it is within so many a minute. A cache that is down raises its own error."""
    key = f"tries.{what}.{hashlib.sha256(chr(0).join(who).encode()).hexdigest()}"
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the minute ended between the two
        return True


def address_of(request: HttpRequest) -> str:
    """Return the client's address; behind a proxy on this machine uvicorn puts the one there that the proxy tells."""
    return request.META.get("REMOTE_ADDR", "")
