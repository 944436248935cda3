"""How often somebody may try: counted in the cache, which all web processes share."""

import hashlib
import logging

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

SECONDS = 60
MOST_TRIES = 5  # a minute, of one address at one name
MOST_OF_ADDRESS = 30  # a minute, of one address at all names


def may_try(what: str, *who: str, most: int = MOST_TRIES) -> bool:
    """Count one more try; return whether it is within so many a minute. While nothing can be counted, it is not."""
    key = f"tries.{what}.{hashlib.sha256(chr(0).join(who).encode()).hexdigest()}"
    try:
        cache.add(key, 0, SECONDS)
        return cache.incr(key) <= most
    except ValueError:  # the minute ended between the two
        return True
    except RedisError as error:
        logger.error("nobody can log in, for Redis does not count the tries: %s", error)
        return False


def address_of(request: HttpRequest) -> str:
    """Return the client's address; behind a proxy on this machine uvicorn puts the one there that the proxy tells."""
    return request.META.get("REMOTE_ADDR", "")
