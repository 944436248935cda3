"""Posts that a source told of, as Video rows: what is known stays known, and a count is never lost to a None."""

import hashlib
import io
import logging
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from PIL import Image

from ranking.jobs import Job
from ranking.models import Video
from ranking.storage import work_folder
from scraping import fetch, pace
from scraping.cookies import jar_of
from scraping.fetch_process import Cancelled, Turn, at_once
from scraping.hashing import hashes
from scraping.ingest import keep
from scraping.music import music_of
from scraping.providers.base import Post, ProviderError, clean_text
from scraping.relay import Relay

logger = logging.getLogger(__name__)

COUNTS = ("play_count", "like_count", "comment_count", "share_count", "save_count")
COVERS_AT_ONCE = 4


@sensitive_variables()
def fetch_options(owner: Any = None) -> fetch.FetchOptions:
    """How the studio reaches the network, from its settings, and with the TikTok cookies of this user."""
    return replace(
        fetch.FetchOptions(),
        proxy=settings.TIKTOK_PROXY,
        insecure_tls=settings.TIKTOK_INSECURE_TLS,
        max_bytes=settings.MAX_UPLOAD_BYTES,
        cookies_text=jar_of(owner),
        releases=str(settings.DATA_DIR / "ytdlp"),
    )


def store(posts: Iterable[Post]) -> list[Video]:
    """The Video rows of these posts, made or brought up to date, in the posts' order and once each."""
    videos: dict[int, Video] = {}
    with transaction.atomic():
        for post in posts:
            video, _made = Video.objects.get_or_create(source=post.source, external_id=post.external_id)
            update(video, post)
            videos[video.pk] = video
    return list(videos.values())


def update(video: Video, post: Post) -> None:
    """Bring a row up to date with its post and save it. What the post does not tell stays as it was."""
    told = {
        "url": post.url[:500],
        "author": clean_text(post.author)[:100],
        "author_name": clean_text(post.author_name)[:200],
        "caption": clean_text(post.caption),
        "cover_url": post.cover_url if len(post.cover_url) <= 2000 else "",
        "published_at": post.published_at,
        "duration": None if video.sha256 else post.duration,  # the file itself knows better
        **{name: getattr(post, name) for name in COUNTS},
    }
    for name, value in told.items():
        if value is not None and value != "":
            setattr(video, name, value)
    if music := music_of(post.extra):
        video.music = music
    video.is_photo = video.is_photo or post.is_photo
    if any(getattr(post, name) is not None for name in COUNTS):
        video.fetched_at, video.rounded = timezone.now(), post.rounded
    video.search_text = video.searchable()
    video.save()


def fetch_covers(videos: list[Video], job: Job | None = None) -> None:
    """Fetch the covers that are still missing, some at once; one that cannot be had is logged and stays missing.

    Hosts that say how often they may be asked are asked in turn with all else; the job keeps its lease meanwhile.
    """
    missing = [video for video in videos if video.cover_url and not video.cover]
    options, relay = fetch_options(), Relay(partial(pace.host_turn, job=job))
    pictures = relay.run(lambda video: _cover(video.cover_url, options, relay.turn), missing, COVERS_AT_ONCE)
    for video, picture in zip(missing, pictures, strict=True):
        if picture:
            _keep_cover(video, picture)


def _cover(url: str, options: fetch.FetchOptions, turn: Turn) -> bytes:
    """The picture, b"" where it cannot be had: whatever is wrong with it ends nothing."""
    try:
        host = urlsplit(url).hostname or ""
        end = (turn if host in pace.SPACING else at_once)(host)
        try:
            return fetch.cover(url, options)
        finally:
            end()
    except ProviderError as error:
        logger.info("no cover from %s: %s", url, error.message)
    except Cancelled:
        raise
    except Exception:
        logger.exception("no cover from %r", url)
    return b""


def _keep_cover(video: Video, picture: bytes) -> None:
    name = hashlib.sha256(f"{video.source} {video.external_id}".encode()).hexdigest()
    with work_folder("cover") as folder:
        path = folder / "cover.jpg"
        path.write_bytes(picture)
        video.cover.name = keep(path, Video.cover.field, f"post-{name}")
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as image:
        video.cover_hashes = hashes([image])
    Video.objects.filter(pk=video.pk).update(cover=video.cover.name, cover_hashes=video.cover_hashes)
