"""The registry of sources: one line each, imported on first use."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraping.fetch import FetchOptions
    from scraping.providers.base import Provider

PROVIDERS = {
    "library": "scraping.library:Library",  # reads the studio's own database, so it lives on the Django side
    "links": "scraping.providers.links:Links",
}


def names() -> tuple[str, ...]:
    """The names of all sources, in the order of the registry."""
    return tuple(PROVIDERS)


def provider(name: str, options: "FetchOptions | None" = None) -> "Provider":
    """A new provider; one that needs the network gets `options`. Raises ValueError, a sentence, for an unknown name."""
    if name not in PROVIDERS:
        raise ValueError(f"There is no source “{name}”. Choose from: {', '.join(PROVIDERS)}.")
    module, _, cls = PROVIDERS[name].partition(":")
    found = getattr(import_module(module), cls)
    return found(options) if "network" in found.needs else found()
