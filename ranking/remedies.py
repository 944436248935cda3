"""The page that helps where a job failed, known by the sentence that tells why."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy, gettext_noop


@dataclass(frozen=True)
class Remedy:
    """A page by the name of its address, and the words of the link to it."""

    page: str
    words: Any


ROOM = Remedy("storage", gettext_lazy("Clear some storage"))
SOURCES = Remedy("health", gettext_lazy("See how the sources do"))
# The sentences are those of the workers; what follows such a beginning tells more.
REMEDIES = {
    gettext_noop("The disk is full. Free some space and try again."): ROOM,
    gettext_noop("There is no room left on the disk for the video."): ROOM,
    gettext_noop("There is no room left on the disk for this file."): ROOM,
    gettext_noop("No source answered."): SOURCES,
}


@lru_cache(maxsize=1)
def _beginnings() -> dict[str, Remedy]:
    """Return the sentences in every language: a job notes them in that of who asked for it."""
    known = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            known |= {gettext(sentence): remedy for sentence, remedy in REMEDIES.items()}
    return known | REMEDIES


def remedy_of(error: str) -> Remedy | None:
    """Return the page that helps where a job failed with this sentence, or None where none does."""
    return next((remedy for sentence, remedy in _beginnings().items() if error.startswith(sentence)), None)
