"""A studio that has real clips, for the benchmarks of the wait for a film; all of it is gone afterwards."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.filled import ALONE

WAIT = 240  # seconds after which a studio that answers nothing has hung

KEYS = """
from ranking.models import Video
print(*Video.objects.order_by("pk").values_list("pk", flat=True))
"""
BEGIN = """
from ranking.models import Project, User, Video
project = Project.objects.create(owner=User.objects.local_owner(), title="TOP", seconds={seconds}, **{options})
for place, pk in enumerate({videos}): project.add(Video.objects.get(pk=pk), label=f"이 순간 {{place + 1}} 🔥")
print(project.pk)
"""


@contextmanager
def studio_of(paths: list[Path], *, ahead: bool) -> Iterator[tuple[Any, list[int]]]:
    """Yield a running studio (tests.studio.Studio), and the keys of the videos that it made of these files."""
    from tests.studio import Studio

    variables = ALONE | {"MAKE_AHEAD": "1" if ahead else "0"}
    with tempfile.TemporaryDirectory(prefix="bench-real-", ignore_cleanup_errors=True) as folder:
        studio = Studio(Path(folder), **variables)
        studio.manage("migrate", "-v", "0")
        studio.manage("import_videos", *map(str, paths))
        with studio:
            studio.wait_for_workers(120)
            yield studio, [int(key) for key in studio.shell(KEYS).split()]


def begin(studio: Any, videos: list[int], seconds: float, **options: Any) -> int:
    """Make a ranking of these videos, the best first; return its key."""
    return int(studio.shell(BEGIN.format(seconds=seconds, options=options, videos=videos)))


def load() -> str:
    """Return how busy the machine is, without which no wait says anything."""
    return f"load of the machine {os.getloadavg()[0]:.1f}"
