"""Which workers live: each one signs in the cache every two seconds, and the timer with each sweep."""

import logging
from typing import Any

from celery.signals import beat_init, heartbeat_sent
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

EXPECTED = ("net", "media", "beat")
LIFE_SECONDS = 45  # three sweeps


def sign(name: str) -> None:
    """Note that a queue's worker, or beat, lives now. A cache that is down is logged."""
    try:
        cache.set(f"alive:{name}", True, LIFE_SECONDS)
    except (RedisError, OSError) as error:
        logger.warning("%s could not sign: %s", name, error)


def alive() -> dict[str, bool]:
    """Return for each expected name whether it signed within LIFE_SECONDS. Raises RedisError when the cache is down."""
    signed = cache.get_many([f"alive:{name}" for name in EXPECTED])
    return {name: f"alive:{name}" in signed for name in EXPECTED}


# Celery's own heartbeat knows the queues that a worker reads; asking the workers instead takes a second.
@heartbeat_sent.connect
def _sign_queues(sender: Any, **_: Any) -> None:
    for queue in sender.eventer.app.amqp.queues.consume_from:
        sign(queue)


@beat_init.connect
def _begin(sender: Any, **_: Any) -> None:
    """Sweep at once: what an earlier run left unfinished need not wait for the first turn of the timer."""
    sign("beat")
    try:
        sender.app.send_task("sweep_jobs_task")
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("the first sweep waits for its turn: %s", error)
