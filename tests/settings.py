"""The studio's own settings on a data folder, and a private Valkey, that live as long as the tests."""

import atexit
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from ranking import embedded
from tests import loopback

_until_the_end = ExitStack()
atexit.register(_until_the_end.close)
_folder = tempfile.mkdtemp(prefix="studio-tests-")
_until_the_end.callback(shutil.rmtree, _folder, ignore_errors=True)

# Nothing leaves this machine: not from here, and not from any Python that a test starts (see tests/loopback.py).
LEFT_LOOPBACK = Path(_folder) / "left-loopback"
LEFT_LOOPBACK.touch()
GUARD = Path(_folder) / "guard"
GUARD.mkdir()
(GUARD / "sitecustomize.py").write_text(f"{Path(loopback.__file__).read_text()}\n\nwatch({str(LEFT_LOOPBACK)!r})\n")
# pytest-xdist's workers are bound by the process that started them, and have a log of their own all the same.
getattr(sys.modules.get("sitecustomize"), "watch", loopback.watch)(str(LEFT_LOOPBACK))

# What the developer's own .env says must not reach the tests; what a test starts inherits these.
os.environ |= {
    "DATA_DIR": _folder,
    "PYTHONPATH": os.pathsep.join(filter(None, (str(GUARD), os.environ.get("PYTHONPATH")))),
    "REDIS_URL": _until_the_end.enter_context(embedded.redis_server()),
    "DEBUG": "0",
    "LOCAL_OWNER": "0",
    "HTTPS": "0",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],testserver",
    "TIME_ZONE": "Asia/Seoul",
    # Sentences are compared in English, whatever the developer's account speaks.
    "LC_ALL": "C.UTF-8",
    "TIKTOK_PROXY": "",
    "TIKTOK_INSECURE_TLS": "0",
    "HOST_SPACING": "0",  # nobody is hurt on loopback; what is about the spacing sets it
}

from ranking.settings import *  # noqa: E402, F403
from ranking.settings import DATA_DIR, DATABASES  # noqa: E402

# A file, as in a studio: in memory there is no WAL, and threads would see another database.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
STATIC_ROOT = DATA_DIR / "static"  # WhiteNoise warns of a folder that is not there
STATIC_ROOT.mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; no test is about hashing

# A command that a test starts is the real program, not this module.
os.environ["DJANGO_SETTINGS_MODULE"] = "ranking.settings"
