"""All settings, from the environment or an .env file; each variable is described in .env.example."""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path

import environ
from celery.schedules import crontab

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "data"))).expanduser().resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _kept_secret(path: Path) -> str:
    """Return the secret kept in a file that only its owner reads, made at the first start."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text()


# --- Security -------------------------------------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY", default="") or _kept_secret(DATA_DIR / "secret_key")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Set by `manage.py studio` on a loopback address only: the one local owner needs no password there.
LOCAL_OWNER = env.bool("LOCAL_OWNER", default=False)
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
AUTH_USER_MODEL = "ranking.User"
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "home", "login"
PASSWORD_RESET_TIMEOUT = 24 * 3600
EMAIL_URL = env("EMAIL_URL", default="")  # for forgotten passwords only
globals().update(env.email_url_config(EMAIL_URL) if EMAIL_URL else {})
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="studio@localhost")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# The API's page of documentation, from here and not from a CDN. As an app it would be loaded by every worker.
NINJA = Path(find_spec("ninja").origin).parent

# --- The program ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "ranking",
    "scraping",
    "rendering",
    # Simple: the admin's modules are loaded with the addresses, so workers and commands start without them.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_celery_results",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ranking.static_files.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ranking.owner.LocalOwnerMiddleware",
    "ranking.visits.LoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ranking.partials.PartialsMiddleware",
    "ranking.quotas.QuotaMiddleware",
    "ranking.visits.NoVisitMiddleware",
]
ROOT_URLCONF, ASGI_APPLICATION = "ranking.urls", "ranking.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", NINJA / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Where things are kept ------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'studio.sqlite3'}")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}  # for the threads of ranking/answering.py
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Without IMMEDIATE a transaction that reads first and then writes fails at once when another one writes.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT, SEGMENTS_DIR = DATA_DIR / "media", DATA_DIR / "segments"
TEMP_DIR = FILE_UPLOAD_TEMP_DIR = DATA_DIR / "tmp"
SEGMENTS_BYTES = env.int("SEGMENTS_MB", default=4000) * 1024 * 1024
CLEANERS = ["rendering.store.trim"]  # what the hourly cleaning calls beside removing old temporary files
STATIC_URL, STATIC_ROOT = "static/", BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", NINJA / "static"]
WHITENOISE_USE_FINDERS = True
STORAGES = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
STORAGES |= {"staticfiles": {"BACKEND": "ranking.static_files.VersionedStorage"}}
FILE_UPLOAD_PERMISSIONS = 0o640
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_MB", default=500) * 1024 * 1024
TEMP_DIR.mkdir(exist_ok=True)

# --- Redis: broker, channel layer, cache ----------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # redis-py 8 reads with a time limit of 5 s, and the layer blocks for 5 s: without None every idle
            # WebSocket dies (channels_redis issue 422). Its pool of 100 is too small for 1,000 sockets.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None, "max_connections": 5000}]},
        }
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- Celery ---------------------------------------------------------------------------------------------------------
# kombu spells a unix socket redis+socket:///path where redis-py says unix:///path.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1) or "memory://"
CELERY_RESULT_BACKEND, CELERY_TASK_DEFAULT_QUEUE = "django-db", "net"
CELERY_RESULT_EXTENDED = CELERY_TASK_PUBLISH_RETRY = CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TRACK_STARTED = CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER, CELERY_ACCEPT_CONTENT = "json", ["json"]
CELERY_TASK_TIME_LIMIT = 30 * 60
MEDIA_TASKS = "ingest_video generate_ranking_video render_segment join_film film_sound make_ahead find_subject"
CELERY_TASK_ROUTES = {f"{name}_task": {"queue": "media"} for name in MEDIA_TASKS.split()}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than the longest task, else a second worker gets it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    # Whoever asks for a job is answered at once also without a broker: kombu else tries again for 4 s, and a broker
    # that hangs holds a request for socket_timeout. Workers try again for ever all the same. (Their BRPOP takes 1 s.)
    "max_retries": 0,
    "socket_connect_timeout": 2,
    "socket_timeout": 3,
    "health_check_interval": 25,
}
CELERY_RESULT_EXPIRES = 7 * 24 * 3600
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "sweep_jobs_task", "schedule": 15.0},
    "cleanup": {"task": "cleanup_temp_files", "schedule": 3600.0},
    "saved-searches": {"task": "repeat_saved_searches_task", "schedule": crontab(hour=6, minute=30)},
}
CELERY_TIMEZONE = TIME_ZONE = env("TIME_ZONE", default="Asia/Seoul")

# One ffmpeg of one thread on each core: more only makes every film later.
MEDIA_WORKERS = env.int("MEDIA_WORKERS", default=os.cpu_count() or 1)
MAKE_AHEAD = env.bool("MAKE_AHEAD", default=True)

# What each user may have who is no superuser; 0 is no limit, and the admin gives somebody a limit of their own.
FILMS_A_DAY = env.int("FILMS_A_DAY", default=100)
UPLOADS_MB = env.int("UPLOADS_MB", default=50000)
ACTIVE_JOBS = env.int("ACTIVE_JOBS", default=200)

# --- Sources --------------------------------------------------------------------------------------------------------
SOURCES = env.list("SOURCES", default=["tiktok", "tikwm", "youtube", "library"])  # the order in which `auto` asks
TIKTOK_PROXY = env("TIKTOK_PROXY", default="")
TIKTOK_INSECURE_TLS = env.bool("TIKTOK_INSECURE_TLS", default=False)
YOUTUBE_API_KEY = env("YOUTUBE_API_KEY", default="")
HOST_SPACING = env.float("HOST_SPACING", default=1.0)  # seconds between two fetches from one host, over all workers
COOKIES_KEY = env("COOKIES_KEY", default="") or _kept_secret(DATA_DIR / "cookies_key")  # seals TikTok cookies

# --- Language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE, LANGUAGES = "en", [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]

LOGGING = {
    **{"version": 1, "disable_existing_loggers": False},
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
