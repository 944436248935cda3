"""The registry of sources: one line each, imported on first use."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraping.fetch import FetchOptions
    from scraping.providers.base import Provider

PROVIDERS = {
    "tiktok": "scraping.providers.tiktok:Tiktok",
    "tikwm": "scraping.providers.tikwm:Tikwm",
    "youtube": "scraping.providers.youtube:Youtube",
    "library": "scraping.library:Library",  # reads the studio's own database, so it lives on the Django side
    "capture": "scraping.captures:Capture",  # the same: what people brought over from their browsers
    "links": "scraping.providers.links:Links",
}


def names() -> tuple[str, ...]:
    """The names of all sources, in the order of the registry."""
    return tuple(PROVIDERS)


def label(name: str) -> str:
    """What people call the source, in English; its name for one that is not there (any more)."""
    return provider_class(name).label if name in PROVIDERS else name


def provider_class(name: str) -> "type[Provider]":
    """The provider's class. Raises ValueError, a sentence, for an unknown name."""
    if name not in PROVIDERS:
        raise ValueError(f"There is no source “{name}”. Choose from: {', '.join(PROVIDERS)}.")
    module, _, cls = PROVIDERS[name].partition(":")
    return getattr(import_module(module), cls)


def provider(name: str, options: "FetchOptions | None" = None) -> "Provider":
    """A new provider; one that needs the network gets `options`. Raises ValueError, a sentence, for an unknown name."""
    found = provider_class(name)
    return found(options) if "network" in found.needs else found()
