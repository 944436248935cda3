"""How fast is a library of 100,000 videos: `python -m bench.library [VIDEOS]`, on SQLite and on a private Postgres.

Each kind of page is asked for TIMES times through Django's client, as its owner's browser would: keywords that are
common, rare, of one letter, of two words and in no video; every order; the first page, one in the middle, the last.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TIMES = 10
MOST_MS = 150.0
BATCH = 5000
READY_SHARE = 20  # one video in so many has its file, with waveform, curves and hashes
TOPICS = (
    "춤 연습",
    "고양이 하루",
    "축구 하이라이트",
    "dance challenge",
    "요리 꿀팁",
    "여행 브이로그",
    "웃긴 순간",
    "메이크업",
)
RARE = "수달"  # in one of 5,000
PAGES = {
    "no keyword": "",
    "no keyword, page 50": "page=50",
    "no keyword, last page": "page=99999",
    "common keyword": "q=고양이",
    "one letter": "q=춤",
    "two words": "q=고양이 레전드",
    "hashtag, page 9": "q=%23고양이&page=9",
    "common keyword, most played": "q=고양이&sort=plays",
    "common keyword, most liked": "q=고양이&sort=likes",
    "common keyword, newest posts": "q=고양이&sort=published",
    "no keyword, most played": "sort=plays",
    "rare keyword": f"q={RARE}",
    "rare keyword, most played": f"q={RARE}&sort=plays",
    "creator": "q=creator4711",
    "in no video": "q=없는낱말",
    "in no video, most liked": "q=없는낱말&sort=likes",
}


def rows(count: int) -> Iterator[Any]:
    """So many posts as a studio has them: some 100 letters each, some with a file and all that is made of it."""
    import random

    from django.utils import timezone

    from ranking.models import Video

    dice, now = random.Random(7), timezone.now()
    for number in range(count):
        topic, author = TOPICS[number % len(TOPICS)], f"creator{dice.randrange(9000)}"
        rare = f" {RARE}" if number % 5000 == 77 else ""
        caption = (
            f"{topic} 레전드 모음 {number}{rare} 끝까지 보면 놀라는 영상 #{topic.split()[0]} #fyp #추천 "
            + "ㅋ" * (number % 40)
        )
        plays = int(10 ** dice.uniform(2, 8)) if number % 50 else None
        video = Video(
            source=("tiktok", "youtube", "tikwm")[number % 3],
            external_id=f"{7_000_000_000_000_000_000 + number}",
            url=f"https://www.tiktok.com/@{author}/video/{7_000_000_000_000_000_000 + number}",
            author=author,
            author_name=f"크리에이터 {author[7:]}",
            caption=caption,
            cover_url="https://p16-sign.tiktokcdn-us.com/" + "x" * 180,
            play_count=plays,
            like_count=plays and plays // 11,
            published_at=now - timedelta(minutes=dice.randrange(900_000)),
            duration=dice.uniform(5, 60),
            cover_hashes=[f"{dice.getrandbits(64 * 17):0272x}"],
        )
        if number % READY_SHARE == 0:
            video.file, video.sha256 = f"videos/{number}.mp4", f"{number:064x}"
            video.hashes = [f"{dice.getrandbits(64 * 17):0272x}" for _frame in range(6)]
            video.waveform = [round(dice.random(), 3) for _peak in range(200)]
            video.moments = {"motion": "x" * 900, "sound": "y" * 900}
            video.facts = {"width": 576, "height": 1024, "video_codec": "h264", "more": "z" * 700}
        video.search_text = video.searchable()
        yield video


def fill(count: int) -> None:
    import itertools

    from ranking.models import Video

    made = rows(count)
    while batch := list(itertools.islice(made, BATCH)):
        Video.objects.bulk_create(batch)


def measure() -> bool:
    """Print a line for each kind of page; return whether all are within MOST_MS with the same few queries.

    CPU time is what a page takes on a machine at rest; the wall time beside it tells how busy this one was.
    """
    owner = logged_in()
    counts, all_times, worst = set(), [], 0.0
    for name, query in PAGES.items():
        walls, cpus, queries, shown = asked(owner, query)
        counts.add(queries)
        all_times += cpus
        worst = max(worst, p95(cpus))
        print(
            f"  {name:<30}{shown:>3} shown, {queries} queries; CPU p50 {p50(cpus):4.0f} p95 {p95(cpus):5.0f} ms;"
            f" wall p50 {p50(walls):4.0f} p95 {p95(walls):5.0f} ms"
        )
    print(f"  all, CPU: p50 {p50(all_times):.0f} ms, p95 {p95(all_times):.0f} ms; slowest kind {worst:.0f} ms")
    return p95(all_times) < MOST_MS and max(counts) - min(counts) <= 1  # no video: no query for videos


def server_cpu() -> float:
    """CPU seconds of the Postgres process that serves us, as Linux counts them; 0.0 for SQLite."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # so that one process does it all
    return int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9


def logged_in() -> Any:
    from django.test import Client

    from ranking.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.local_owner())
    return client


def asked(client: Any, query: str) -> tuple[list[float], list[float], int, int]:
    """Ask for a page TIMES times: wall and CPU milliseconds of each, its queries, and how many videos it shows.

    CPU is that of this process, which is SQLite's too, and of the Postgres process that answers.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    walls, cpus = [], []
    for _time in range(TIMES + 1):
        began, before = time.perf_counter(), time.process_time() + server_cpu()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/library/?" + query)
        walls.append(1000 * (time.perf_counter() - began))
        cpus.append(1000 * (time.process_time() + server_cpu() - before))
        if answer.status_code != 200:
            raise SystemExit(f"{query}: {answer.status_code}")
    shown = answer.content.count(b'class="card video-card')
    return walls[1:], cpus[1:], len(queries), shown  # the first one reads templates


def p50(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def p95(times: list[float]) -> float:
    return sorted(times)[min(int(0.95 * len(times)), len(times) - 1)]


def on_this_database(count: int) -> int:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    fill(count)
    if connection.vendor == "postgresql":  # which does so by itself after a while; SQLite never does
        connection.cursor().execute("ANALYZE")
    print(f"{connection.vendor}: {count} videos in {time.perf_counter() - began:.0f} s; load {os.getloadavg()[0]:.1f}")
    return 0 if measure() else 1


def main(count: int = 100_000) -> int:
    """Measure on both databases, each in a process of its own; 1 where one of them misses."""
    from tests.postgres import private_server

    statuses = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-library-", ignore_cleanup_errors=True))
        url = stack.enter_context(private_server())
        for database in ("", url):
            environment = {**os.environ, "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "ranking.settings"}
            environment |= {"DATABASE_URL": database} if database else {}
            argv = [sys.executable, "-m", "bench.library", str(count), "here"]
            statuses.append(subprocess.run(argv, cwd=ROOT, env=environment).returncode)
    return max(statuses)


if __name__ == "__main__":
    if sys.argv[2:] == ["here"]:
        sys.exit(on_this_database(int(sys.argv[1])))
    sys.exit(main(*(int(number) for number in sys.argv[1:2])))
