"""How far the drawing of the demo is, told from the command that draws it to the first page. Needs no Redis."""

import time
from pathlib import Path

from django.conf import settings

SILENT_SECONDS = 180  # a drawing that said nothing for so long, on a busy machine too, has ended some other way


def tell(percent: float) -> None:
    """Say that the demo is drawn to so many percent."""
    _path().write_text(f"{percent:.0f}")


def ended() -> None:
    """Say that the demo is there, or will not come."""
    _path().unlink(missing_ok=True)


def percent() -> float | None:
    """Return how far the drawing is, or None while nobody draws."""
    try:
        fresh = time.time() - _path().stat().st_mtime < SILENT_SECONDS
        return float(_path().read_text() or 0) if fresh else None
    except FileNotFoundError:
        return None


def _path() -> Path:
    return settings.TEMP_DIR / "demo-percent"
