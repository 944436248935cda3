"""How quick and how calm is each page at its first visit: `python -m bench.pages`, in Chromium on a filled studio.

For each page, on a desk and on a phone, with nothing kept by the browser: largest contentful paint, layout shift, and
what travelled without fonts, pictures and films, as it came and as it is when packed by gzip; and all that travelled.
"""

import gzip
import os
import sys
from typing import Any

from bench.browser import DESK, PHONE, chromium
from bench.filled import filled_studio

TURNS = 3
MOST_MS, MOST_SHIFT, MOST_BYTES = 500.0, 0.02, 150_000
APART = {"font", "image", "media"}
WATCH = """
window.seen = { paint: 0, what: '', shift: 0, moved: [] };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    seen.paint = entry.startTime;
    seen.what = (entry.element?.tagName ?? '') + '.' + (entry.element?.className ?? '');
  }
}).observe({ type: 'largest-contentful-paint', buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    seen.shift += entry.value;
    for (const { node } of entry.sources) seen.moved.push(node?.id || node?.getAttribute?.('class') || node?.nodeName);
  }
}).observe({ type: 'layout-shift', buffered: true });
"""


def addresses(studio: Any) -> dict[str, str]:
    """Return the pages that a person comes to, by name."""
    film = studio.shell("from rendering.models import Render; print(Render.objects.get().pk)")
    video = studio.shell("from ranking.models import Video; print(Video.objects.ready().first().pk)")
    return {
        "start page": "/",
        "library": "/library/",
        "work": "/jobs/",
        "sources": "/sources/",
        "capture": "/capture/",
        "one video": f"/videos/{video}/",
        "editor of ten": "/projects/1/",
        "film": f"/films/{film}/",
        "publish": f"/films/{film}/publish/",
    }


def visit(browser: Any, url: str, path: str, size: dict[str, int]) -> dict[str, Any]:
    """Return what one first visit showed and took."""
    context = browser.new_context(viewport=size, locale="ko-KR", base_url=url)
    page = context.new_page()
    page.add_init_script(WATCH)
    came: list[Any] = []
    page.on("requestfinished", lambda request: came.append(request))
    answer = page.goto(path, wait_until="load")
    assert answer.status == 200, (path, answer.status)
    page.wait_for_timeout(700)  # what moves things does so soon after
    seen = page.evaluate("window.seen")
    bodies = [request for request in came if request.resource_type not in APART]
    seen["bytes"] = sum(request.sizes()["responseBodySize"] for request in bodies)
    sizes = [request.sizes() for request in came]
    seen["wire"] = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    seen["packed"] = sum(len(gzip.compress(request.response().body(), 6)) for request in bodies)
    seen["requests"] = len(came)
    context.close()
    return seen


def main() -> int:
    missed = 0
    with filled_studio() as studio, chromium() as browser:
        for size, where in ((DESK, "desk"), (PHONE, "phone")):
            print(f"{where}, {size['width']} x {size['height']}; load of the machine {os.getloadavg()[0]:.1f}")
            for name, path in addresses(studio).items():
                tries = [visit(browser, studio.url, path, size) for _turn in range(TURNS)]
                paint = sorted(seen["paint"] for seen in tries)[TURNS // 2]
                shift = max(seen["shift"] for seen in tries)
                last = tries[-1]
                missed += paint > MOST_MS or shift > MOST_SHIFT or last["packed"] > MOST_BYTES
                moved = f"  moved: {', '.join(sorted(set(last['moved'])))[:70]}" if shift > MOST_SHIFT / 2 else ""
                size_said = (
                    f"{last['bytes'] // 1000:4} KB, packed {last['packed'] // 1000:3} KB, {last['requests']} files, "
                    f"{last['wire'] // 1000} KB on the wire"
                )
                print(
                    f"  {name:<14} paint {paint:5.0f} ms ({last['what'][:24]})  shift {shift:.3f}  {size_said}{moved}"
                )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
