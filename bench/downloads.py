"""Two real workers fetch from the stand-in: 60 videos of a host asked once a second, then ten at once without spacing.

`python -m bench.downloads [SPACED [AT_ONCE]]`. A data folder, a Valkey and a stand-in are made for it and go with it.
"""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from scraping.standin.server import StandIn
from scraping.standin.wire import Reply, Request

ROOT = Path(__file__).resolve().parent.parent
SPACING = 1.0
SLOWEST_SHARE = 1.5  # the wall time of many at once, by the time of the slowest of them
LIMIT = 400.0  # seconds until a run is given up
PIECE_SECONDS = 0.05  # between two pieces of 16 kB: 320 kB a second, as from a distant server
KEYWORDS = ("춤", "고양이", "축구", "요리", "여행")


class Timed(StandIn):
    """The stand-in, with a clock at the pages of videos."""

    def __init__(self, video: bytes) -> None:
        super().__init__(video)
        self.asked: list[float] = []

    def answer(self, request: Request) -> Reply:
        if request.host == "www.tiktok.com" and "/video/" in request.path:
            self.asked.append(time.monotonic())
        return super().answer(request)

    def addresses(self, count: int) -> list[str]:
        """So many posts that this site has."""
        posts = [facts for keyword in KEYWORDS for facts in self.find(keyword) if not facts.photo and not facts.mode]
        chosen = list({facts.id: facts for facts in posts}.values())[:count]
        return [f"https://www.tiktok.com/@{facts.handle}/video/{facts.id}" for facts in chosen]


@contextmanager
def two_workers(**environment: str) -> Iterator[None]:
    """Two workers of the net queue, as a studio on two machines would have them."""
    from ranking import child, processes
    from ranking.celery import app

    env = {**os.environ, **environment, "PYTHONWARNINGS": processes.UNNEEDED_WARNINGS}
    argv = processes.commands("127.0.0.1", 0)["net"]
    argvs = [[f"net{n}@%h" if word == "net@%h" else word for word in argv] for n in (1, 2)]
    workers = [child.start(argv, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) for argv in argvs]
    try:
        while len(app.control.ping(timeout=1.0)) < len(workers):  # so that both have their share
            pass
        yield
    finally:
        for worker in workers:
            child.stop(worker)


def fetch_all(addresses: list[str]) -> list[Any]:
    """The downloads of these posts, once all of them have ended."""
    from ranking.jobs import Job
    from ranking.models import User, Video
    from ranking.sweep import sweep
    from scraping.models import Download
    from scraping.tasks import download_videos_batch_task

    owner = User.objects.local_owner()
    Video.objects.all().delete()
    videos = [Video.objects.create(source="tiktok", external_id=url.rpartition("/")[2], url=url) for url in addresses]
    download_videos_batch_task([video.pk for video in videos], owner.pk)
    end = time.monotonic() + LIMIT
    while Download.objects.filter(status__in=Job.ACTIVE).exists():
        if time.monotonic() > end:
            raise SystemExit(f"not done after {LIMIT:.0f} s")
        time.sleep(2)
        sweep()
    return list(Download.objects.all())


def spaced(site: Timed, count: int) -> bool:
    """Print how far apart the pages of one host were asked for; whether never two came within SPACING."""
    site.asked.clear()
    with two_workers(HOST_SPACING=str(SPACING)):
        jobs = fetch_all(site.addresses(count))
    times = sorted(site.asked)
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(times))
    done = sum(job.status == "done" for job in jobs)
    print(f"{count} of one host, spacing {SPACING:g} s, two workers: {done} done, {len(times)} pages asked")
    print(f"  gaps: least {gaps[0]:.3f} s, middle {gaps[len(gaps) // 2]:.3f} s, most {gaps[-1]:.3f} s")
    print(f"  {'never two' if gaps[0] >= SPACING else 'TWO CAME'} within {SPACING:g} s")
    print(f"  all in {times[-1] - times[0]:.1f} s, of which the spacing itself takes {SPACING * (count - 1):.0f} s")
    return done == count and gaps[0] >= SPACING


def at_once(site: Timed, count: int) -> bool:
    """Print the wall time of many at once beside the slowest of them; whether it is within SLOWEST_SHARE."""
    site.slow = PIECE_SECONDS
    with two_workers(HOST_SPACING="0"):
        jobs = fetch_all(site.addresses(count))
    site.slow = 0.0
    done = sum(job.status == "done" for job in jobs)
    slowest = max((job.finished_at - job.started_at).total_seconds() for job in jobs)
    wall = (max(job.finished_at for job in jobs) - min(job.created_at for job in jobs)).total_seconds()
    megabytes = len(site.video or b"") / 1e6
    print(f"{count} at once of {megabytes:.1f} MB at 0.3 MB/s each, no spacing, two workers: {done} done")
    print(f"  wall {wall:.1f} s, the slowest {slowest:.1f} s: {wall / slowest:.2f} times as long")
    return done == count and wall < SLOWEST_SHARE * slowest


def main(count: int = 60, together: int = 10) -> int:
    """Run both measurements; 1 where one of them is missed."""
    from ranking import embedded

    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-downloads-", ignore_cleanup_errors=True))
        redis_url = stack.enter_context(embedded.redis_server())
        from tests.clips import make_clip

        clip = make_clip(Path(folder) / "clip.mp4", seconds=4, size="576x1024")
        site = stack.enter_context(Timed(clip.read_bytes()))
        os.environ |= {"DATA_DIR": folder, "REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "ranking.settings"}
        os.environ |= {"TIKTOK_PROXY": site.url, "TIKTOK_INSECURE_TLS": "1"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        kept = [spaced(site, count), at_once(site, together)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(*(int(number) for number in sys.argv[1:3])))
