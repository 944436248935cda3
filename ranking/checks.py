"""What `manage.py check` says about this machine: what is missing, and how to mend it."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

import PIL
import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from ranking import ffmpeg

STUDIO = "studio"  # the tag of what `manage.py studio` looks at before it starts
LEAST_FREE_BYTES = 2 * 1024**3
PATCHED_PILLOW = (12, 3)  # the first release without a known hole in what we open (GHSA-whj4-6x5x-4v2j and others)
FONTS = ("Pretendard-Black.otf", "Pretendard-Bold.otf", "NotoSansCJKkr-Bold.otf", "NotoColorEmoji.ttf")
EXPECTED_PRAGMAS = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}


@register(STUDIO)
def check_ffmpeg(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    try:
        ffmpeg.build()
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        hint = "Run `make setup` again, or name a working ffmpeg in IMAGEIO_FFMPEG_EXE."
        return [Error(f"ffmpeg does not run: {error}", hint=hint, id="studio.E001")]
    return []


@register(STUDIO)
def check_fonts(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    missing = [name for name in FONTS if not (settings.BASE_DIR / "rendering" / "fonts" / name).is_file()]
    if missing:
        hint = "They belong to the program: fetch it again, or `git checkout rendering/fonts`."
        return [Error(f"Fonts are missing: {', '.join(missing)}.", hint=hint, id="studio.E002")]
    return []


@register(STUDIO)
def check_data_folder(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    folder = settings.DATA_DIR
    if not os.access(folder, os.W_OK | os.X_OK):
        hint = "Give this user the folder, or name another one in DATA_DIR."
        return [Error(f"{folder} cannot be written to.", hint=hint, id="studio.E003")]
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        hint = "Delete old films, or name a folder on a larger disk in DATA_DIR."
        return [Warning(f"Only {free / 1024**3:.1f} GB are free for films.", hint=hint, id="studio.W001")]
    return []


@register(STUDIO)
def check_redis(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if not settings.REDIS_URL:
        return []
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as connection:
            connection.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        hint = "Start it, or leave REDIS_URL out: `manage.py studio` then brings its own. Until then jobs only wait."
        return [Warning(f"REDIS_URL does not answer: {error}", hint=hint, id="studio.W002")]
    return []


@register(STUDIO)
def check_pillow(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if tuple(int(part) for part in PIL.__version__.split(".")[:2]) >= PATCHED_PILLOW:
        return []
    hint = "`make setup` installs the patched one. Plain pip cannot, because moviepy asks for an older one."
    return [Warning(f"Pillow {PIL.__version__} has known holes.", hint=hint, id="studio.W003")]


@register(Tags.database)
def check_pragmas(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """SQLite's options once stood at a level where they had no effect, in other programs, for years."""
    if DEFAULT_DB_ALIAS not in (databases or ()) or connections[DEFAULT_DB_ALIAS].vendor != "sqlite":
        return []
    try:
        found = {name: _pragma(name) for name in EXPECTED_PRAGMAS}
    except DatabaseError as error:
        return [Error(f"The database cannot be opened: {error}", hint="Look at DATA_DIR.", id="studio.E004")]
    wrong = [f"{name} is {found[name]}" for name, value in EXPECTED_PRAGMAS.items() if found[name] != value]
    if not wrong:
        return []
    hint = "WAL needs a local disk: no network folder. Else look at DATABASES in ranking/settings.py."
    return [Warning(f"SQLite is not set up for several writers: {', '.join(wrong)}.", hint=hint, id="studio.W004")]


def _pragma(name: str) -> Any:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


@register(Tags.security)
def check_public_debug(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    public = [host for host in settings.ALLOWED_HOSTS if host not in ("localhost", "127.0.0.1", "[::1]", "testserver")]
    if settings.DEBUG and public:
        hint = "Leave DEBUG out where others reach the studio: its error pages show settings and code."
        return [Error(f"DEBUG is on for {', '.join(public)}.", hint=hint, id="studio.E005")]
    return []


@register(Tags.security)
def check_local_owner(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.LOCAL_OWNER and settings.HTTPS:
        hint = "Leave LOCAL_OWNER out on a server: whoever reaches it from the same machine is logged in."
        return [Warning("LOCAL_OWNER is on together with HTTPS.", hint=hint, id="studio.W005")]
    return []


@register(Tags.security)
def check_mail_links(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.EMAIL_URL and "*" in settings.ALLOWED_HOSTS:
        hint = "Name the studio's hosts in ALLOWED_HOSTS: the link in a mail is made of the host that was asked."
        return [Warning("Mails about passwords can be led astray.", hint=hint, id="studio.W007")]
    return []


@register(STUDIO, Tags.security)
def check_tls(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.TIKTOK_INSECURE_TLS:
        hint = "Leave TIKTOK_INSECURE_TLS out, unless a proxy of your own opens the connections."
        return [Warning("Certificates of video sites are not checked.", hint=hint, id="studio.W006")]
    return []
