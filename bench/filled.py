"""A studio with a full shelf, for the benchmarks of its pages: real small clips, a film, and rows by the dozen.

Another process fills it (`python -m bench.filled`, with DATA_DIR set), so that a benchmark itself needs no database.
"""

import io
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = 10
PROJECTS, VIDEOS, JOBS = 60, 300, 60
# Whatever is pressed in it, such a studio asks nobody: what it would fetch comes by a port that nobody listens on.
NOWHERE = "http://127.0.0.1:9"
ALONE = {"SOURCES": "library", "TIKTOK_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE}
ALONE |= {"NO_PROXY": "localhost,127.0.0.1", "MAKE_AHEAD": "0"}
EACH = 5  # videos in a project that is only there to be listed


@contextmanager
def filled_studio(**variables: str) -> Iterator[Any]:
    """Yield a running studio (tests.studio.Studio) of its own that has just been filled; it is gone afterwards."""
    from tests.studio import Studio

    with tempfile.TemporaryDirectory(prefix="bench-filled-", ignore_cleanup_errors=True) as folder:
        fill_in_child(folder)
        with Studio(Path(folder), **(ALONE | variables)) as studio:
            studio.wait_for_workers(120)  # a busy machine starts them slowly
            yield studio


def fill_in_child(folder: str, **variables: str) -> None:
    """Fill the studio of this data folder, or of the DATABASE_URL among the variables. Raises CalledProcessError."""
    environment = os.environ | {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "ranking.settings"} | variables
    subprocess.run([sys.executable, "-m", "bench.filled"], cwd=ROOT, env=environment, check=True)


def clips(folder: Path) -> list[Path]:
    """Draw short clips of the film's own shape, each of another colour and pitch."""
    from ranking import ffmpeg

    paths = [folder / f"clip {number}.mp4" for number in range(1, ENTRIES + 1)]
    for number, path in enumerate(paths):
        picture = f"testsrc2=s=360x640:r=30,hue=h={36 * number},noise=alls=12:allf=t"
        inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=f={220 + 40 * number}:r=48000"]
        argv = [ffmpeg.exe(), "-v", "error", "-y", *inputs, "-t", "4", "-threads", "1", "-preset", "ultrafast"]
        subprocess.run([*argv, "-pix_fmt", "yuv420p", str(path)], check=True)
    return paths


def film(folder: Path) -> None:
    """Make the ranking of ten that the editor opens, and its film."""
    from django.core.management import call_command

    named = [f"--clip={path}=순간 {rank} 🔥" for rank, path in enumerate(clips(folder), 1)]
    call_command("make_ranking", *named, title="심장이 뛰는 순간 | TOP 10", seconds=12, stdout=io.StringIO())


def shelve() -> None:
    """List what one film cannot: many projects, posts with numbers and covers, and jobs that ended."""
    from bench.library import rows
    from ranking.models import Entry, Project, User, Video
    from scraping.models import Download

    owner, covers = User.objects.local_owner(), list(Video.objects.exclude(cover="").order_by("pk"))
    posts = list(rows(VIDEOS))
    for post, like in zip(posts, itertools.cycle(covers), strict=False):
        post.cover, post.file, post.sha256 = like.cover, "", ""
    Video.objects.bulk_create(posts)
    posts = list(Video.objects.exclude(pk__in=[cover.pk for cover in covers]).order_by("pk"))
    for number in range(PROJECTS):
        project = Project.objects.create(owner=owner, title=f"웃긴 순간 {number} | TOP {EACH}")
        for post in posts[number : number + EACH]:
            project.add(post)
    Entry.objects.filter(label="").update(label="이 순간 🔥")
    ended = {"owner": owner, "status": "done", "percent": 100}
    Download.objects.bulk_create([Download(video=post, **ended) for post in posts[:JOBS]])


def main() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory(prefix="bench-clips-") as folder:
        film(Path(folder))
    shelve()


if __name__ == "__main__":
    main()
