"""The browser of the benchmarks: the Chromium of this machine, which stays on loopback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
ON_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1"


@contextmanager
def chromium() -> Iterator[Any]:
    """Yield a Playwright browser. Ends the program with a sentence where there is no Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import find_chromium

    path = find_chromium()
    if not path:
        sys.exit("This benchmark wants Chromium; install one or name it in CHROMIUM.")
    quiet = ["--no-proxy-server", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[ON_LOOPBACK, "--autoplay-policy=no-user-gesture-required", *quiet]
        )
        yield browser
        browser.close()


def p95(times: list[float]) -> float:
    """Return the 95th percentile, of few numbers the largest but one in twenty."""
    ranked = sorted(times)
    return ranked[min(round(0.95 * len(ranked)), len(ranked) - 1)]
