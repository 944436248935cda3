"""Pasted links as a source: each is looked up through yt-dlp, and one that fails is told without stopping the rest."""

from threading import Event

from scraping import fetch
from scraping.addresses import PAGE_HOSTS, Link, extract_links, parse_link
from scraping.fetch_errors import NO_VIDEO, PHOTO_POST
from scraping.fetch_process import Turn, at_once
from scraping.providers.base import Page, Post, ProviderError, Query, Skipped, gettext_noop
from scraping.relay import Relay

__all__ = ["Link", "Links", "extract_links", "parse_link"]

NO_LINK = gettext_noop("There is no link in this text.")
NONE_READ = gettext_noop("None of these links could be read.")
AT_ONCE = 3  # children at a time: each costs half a second of processor time, and sites dislike haste
NOT_ASKED = gettext_noop("Not asked for: the same site had refused another link just before.")
# Asking on after one of these makes it worse.
STOPS_ALL = frozenset({"verification", "rate_limited", "blocked"})


class Links:
    """The posts behind pasted links; the query's keyword is the pasted text as it is."""

    name = "links"
    label = gettext_noop("Pasted links")
    needs = ("network",)
    turn: Turn = staticmethod(at_once)  # a host's, taken before each page is asked for

    def __init__(self, options: fetch.FetchOptions | None = None) -> None:
        self.options = options or fetch.FetchOptions()

    def search(self, query: Query, cursor: str | None = None, limit: int = 30) -> Page:
        """The next `limit` links looked up; ProviderError where there is no link, or not one could be read."""
        links = extract_links(query.keyword)
        if not links:
            raise ProviderError("not_found", NO_LINK)
        start = int(cursor or 0)
        chosen = links[start : start + limit]
        stops = {site: Event() for site in PAGE_HOSTS}
        relay = Relay(self.turn)
        found = relay.run(lambda link: self._look_up(link, stops, relay), chosen, AT_ONCE)
        following = str(start + limit) if start + limit < len(links) else None
        return _page(chosen, found, following)

    def _look_up(self, url: str, stops: dict[str, Event], relay: Relay) -> Post | ProviderError:
        try:
            link = parse_link(url)
            if stops[link.site].is_set():
                return ProviderError("blocked", NOT_ASKED)
            if link.kind == "photo":
                return ProviderError("unsupported", PHOTO_POST)
            post = fetch.metadata(url, self.options, relay.is_over, relay.turn)
        except ProviderError as error:
            if error.kind in STOPS_ALL:
                stops[link.site].set()
            return error
        return ProviderError("unsupported", NO_VIDEO) if post.is_photo else post


def _page(links: list[str], found: list[Post | ProviderError], next_cursor: str | None) -> Page:
    posts = {(post.source, post.external_id): post for post in found if isinstance(post, Post)}
    errors = [(link, error) for link, error in zip(links, found, strict=True) if isinstance(error, ProviderError)]
    skipped = tuple(Skipped(link, error.message) for link, error in errors)
    if posts or not errors:
        return Page(tuple(posts.values()), next_cursor, skipped)
    first = errors[0][1]
    same = len({error.message for _, error in errors}) == 1
    raise ProviderError(first.kind, first.message if same else NONE_READ, first.retry_after, skipped) from first
