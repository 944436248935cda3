"""How long is the wait for a film: `python -m bench.ahead [--tries 8] [--idle 20]`.

A real studio and its editor in Chromium, a TOP 5 of 30 s of real clips. Each try changes the title, so that every piece
is new, leaves the editor alone, presses Generate, and waits until the film can be played. Ends by itself.
"""

import argparse
import sys
import time
from typing import Any

import bench.alone  # noqa: F401 (first)
from bench.browser import DESK, chromium
from bench.real import WAIT, begin, load, studio_of

MOST = 3.0  # seconds, of the middle one
OTHER = """(before) => {
  const film = document.querySelector("#film video");
  return film && film.getAttribute("src") !== before;
}"""
MADE = """
from rendering.models import Render
film = Render.objects.filter(draft=False).first()
print(film.status, film.rendered, film.reused)
"""


def try_once(page: Any, number: int, idle: float) -> float:
    """Change the title and idle; return the seconds from the press to the film."""
    film = page.locator("#film video")
    before = film.get_attribute("src") if film.count() else ""
    page.locator("[name=title]").first.fill(f"심장이 뛰는 순간 {number} | TOP 5")
    page.keyboard.press("Tab")
    page.wait_for_timeout(idle * 1000)
    pressed = time.perf_counter()
    page.locator("#generate .gold").click()
    page.wait_for_function(OTHER, arg=before, timeout=WAIT * 1000)
    return time.perf_counter() - pressed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=8)
    parser.add_argument("--idle", type=float, default=20.0, help="seconds in which nobody touches the editor")
    options = parser.parse_args()
    from bench.material import CLIPS, clips_folder

    paths, waits = [clips_folder() / name for name in CLIPS], []
    with studio_of(paths, ahead=True) as (studio, videos), chromium() as browser:
        page = browser.new_context(viewport=DESK, locale="ko-KR", base_url=studio.url).new_page()
        page.goto(f"/projects/{begin(studio, videos, 30)}/")
        for number in range(1, options.tries + 1):
            waits.append(try_once(page, number, options.idle))
            status, rendered, reused = studio.shell(MADE).split()
            made = f"{reused} pieces were there, {rendered} were filmed"
            print(f"  {number}: {waits[-1]:5.2f} s  {status}, {made}; {load()}", flush=True)
    middle = sorted(waits)[len(waits) // 2]
    print(f"press to film after {options.idle:g} s idle, p50 of {len(waits)}: {middle:.2f} s (at most {MOST:g})")
    print(f"  from {min(waits):.2f} to {max(waits):.2f} s; {load()}")
    return 0 if middle <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
