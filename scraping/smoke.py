"""Whether a version of yt-dlp can do its work: a known post, fetched whole from the stand-in on loopback."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from scraping import fetch
from scraping.providers.base import ProviderError, gettext_noop
from scraping.releases import number
from scraping.standin.items import Facts, item
from scraping.standin.server import StandIn

KNOWN = Facts(
    **{"id": "7513039993741397256", "caption": "smoke test #studio", "handle": "smoke.test", "nickname": "Smoke"},
    **{"created": 1749265942, "plays": 3_000_000_000, "likes": 0, "comments": 1502, "shares": None, "saves": 5012},
    **{"clip": 0, "seconds": 4},
)
POST = f"https://www.tiktok.com/@{KNOWN.handle}/video/{KNOWN.id}"
FILE = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 256
DEADLINE = 60.0  # seconds; three are usual

OTHER = gettext_noop("Not this version but another one was loaded.")
WRONG = gettext_noop("It read the numbers of a known post wrongly.")
DAMAGED = gettext_noop("The file of a known post did not arrive as it is.")


def problem(packages: str, version: str, tick: Callable[[], None] = lambda: None) -> str:
    """Why the version in that folder cannot be used, as a sentence, or ""; `tick` is called while it works."""

    def cancelled() -> bool:
        tick()
        return False

    with StandIn(FILE) as site, tempfile.TemporaryDirectory(prefix="smoke-") as folder:
        site.items[KNOWN.id] = item(KNOWN)
        options = fetch.FetchOptions(
            proxy=site.url, insecure_tls=True, deadline=DEADLINE, keep_free=0, packages=packages
        )
        try:
            found = fetch.download(POST, Path(folder), options=options, cancelled=cancelled)
        except ProviderError as error:
            return error.message
        if number(found.release) != number(version):  # 2026.01.05 is 2026.1.5 on the index
            return OTHER
        post = found.post
        told = (post.external_id, post.author, post.caption, post.play_count, post.like_count, post.save_count)
        if told != (KNOWN.id, KNOWN.handle, KNOWN.caption, KNOWN.plays, KNOWN.likes, KNOWN.saves):
            return WRONG
        return "" if found.path.read_bytes() == FILE else DAMAGED
