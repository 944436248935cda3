"""Where files lie on this machine while the studio works on them."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

TEMP_HOURS = 24


@contextmanager
def work_folder(prefix: str) -> Iterator[Path]:
    """Give a private folder on the data disk that is removed at the end, whatever happens."""
    settings.TEMP_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{prefix}-", dir=settings.TEMP_DIR, ignore_cleanup_errors=True) as name:
        yield Path(name)


def kept_folder(name: str) -> Path:
    """Give the folder of that name on the data disk, which outlives its worker until `forget_folder` is called."""
    folder = settings.TEMP_DIR / name
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)  # it is in use: not one of the old ones that are cleaned up
    return folder


def forget_folder(name: str) -> None:
    """Remove the folder of that name with all that is in it, if it is there."""
    shutil.rmtree(settings.TEMP_DIR / name, ignore_errors=True)


def remove_old_temp_files(hours: float = TEMP_HOURS) -> int:
    """Remove what a killed process left in the temporary folder longer ago than that; return how many items."""
    limit = time.time() - hours * 3600
    count = 0
    for path in settings.TEMP_DIR.iterdir() if settings.TEMP_DIR.exists() else ():
        try:
            if path.stat().st_mtime > limit:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        except FileNotFoundError:  # somebody else cleaned it up first
            continue
        count += 1
    return count
