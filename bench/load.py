"""How many pages a second: `make load`, on SQLite and on a private Postgres; nothing leaves loopback.

Two uvicorn workers serve a filled studio (bench/filled.py) to VISITORS browsers that ask without a pause, each over one
connection and logged in. What asks runs on the same cores, as the visitors' browsers would not: one process, whose own
CPU is told. The CPU of a page is that of the workers (on Postgres without the server's), which other work on the
machine changes less than it changes the rate.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from bench.filled import ROOT, fill_in_child

VISITORS = 16
SECONDS = 6.0
LEAST_RATE, MOST_MS = 120.0, 250.0  # wanted of LIST, as of a list of 50
LIST = "list of videos"
PAGES = {LIST: "/library/", "start page": "/", "work": "/jobs/", "editor of ten": "/projects/1/"}


@dataclass(frozen=True)
class Found:
    """What asking for one page showed: pages a second, ms until one came, ms of CPU for one, bytes of one."""

    rate: float
    p50: float
    p95: float
    cpu: float
    asking: float
    size: int

    def __str__(self) -> str:
        times = f"{self.rate:6.0f} a second  p50 {self.p50:5.0f} ms  p95 {self.p95:5.0f} ms"
        return f"{times}  CPU {self.cpu:5.1f} ms, asking {self.asking:.1f}  {self.size // 1000:4} KB"


@contextmanager
def served(folder: str, **variables: str) -> Iterator[tuple[int, int]]:
    """Yield the port of two uvicorn workers on this data folder, and the id of the process that started them."""
    from tests.studio import free_port

    port = free_port()
    argv = [sys.executable, "-m", "uvicorn", "ranking.asgi:application", "--lifespan", "off", "--no-access-log"]
    argv += ["--log-level", "warning", "--workers", "2", "--port", str(port)]
    environment = os.environ | {"DATA_DIR": folder, "LOCAL_OWNER": "1"} | variables
    process = subprocess.Popen(argv, cwd=ROOT, env=environment)
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


class Visitor:
    """One browser: one connection, one cookie jar of what the first answer set."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies, self.pipes = port, {}, None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Return the status and the page. Raises OSError when the server does not answer."""
        if self.pipes is None or self.pipes[0].at_eof():  # the server lets go of who asks nothing for 5 s
            self.pipes = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.pipes
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept-Language: ko\r\nCookie: {cookie}\r\n\r\n"
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length = 0
        for line in answer[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, kept = value.partition(";")[0].partition("=")
                self.cookies[key] = kept
            elif name.lower() == "content-length":
                length = int(value)
        return int(answer[0].split()[1]), await reader.readexactly(length)

    async def keep_asking(self, path: str, until: float, times: list[float]) -> None:
        while time.perf_counter() < until:
            began = time.perf_counter()
            status, page = await self.get(path)
            assert status == 200 and b"</html>" in page, (status, page[:300])
            times.append(time.perf_counter() - began)


async def connected(port: int) -> list[Visitor]:
    """Return the visitors, each logged in, once both workers answer."""
    first, deadline = Visitor(port), time.monotonic() + 30
    while True:
        try:
            await first.get("/")
            break
        except OSError:
            first.pipes = None
            assert time.monotonic() < deadline, "no page within half a minute"
            await asyncio.sleep(0.1)
    await asyncio.sleep(2)  # the other worker may still be loading
    visitors = [Visitor(port) for _number in range(VISITORS)]
    for visitor in visitors:
        for path in PAGES.values():
            await visitor.get(path)
    return visitors


def cpu_ms(pid: int) -> float:
    """Return the CPU of a process and of those that it started, in ms."""
    root = psutil.Process(pid)
    return sum(1000 * sum(one.cpu_times()[:2]) for one in (root, *root.children(recursive=True)))


async def measure(port: int, pid: int) -> dict[str, Found]:
    """Return what was found of each page."""
    visitors, found = await connected(port), {}
    for name, path in PAGES.items():
        times: list[float] = []
        cpu, own, began = cpu_ms(pid), time.process_time(), time.perf_counter()
        await asyncio.gather(*(visitor.keep_asking(path, began + SECONDS, times) for visitor in visitors))
        taken, count, ranks = time.perf_counter() - began, len(times), statistics.quantiles(times, n=100)
        cpu, own = (cpu_ms(pid) - cpu) / count, 1000 * (time.process_time() - own) / count
        _status, page = await visitors[0].get(path)
        found[name] = Found(count / taken, 1000 * ranks[49], 1000 * ranks[94], cpu, own, len(page))
    for visitor in visitors:
        visitor.pipes[1].close()
    return found


def on(database: str, **variables: str) -> bool:
    """Print how a filled studio on this database does; return whether the list is served as wanted."""
    with tempfile.TemporaryDirectory(prefix="bench-load-", ignore_cleanup_errors=True) as folder:
        fill_in_child(folder, **variables)
        with served(folder, **variables) as (port, pid):
            found = asyncio.run(measure(port, pid))
    print(f"{database}; load of the machine {os.getloadavg()[0]:.1f}")
    for name, one in found.items():
        print(f"  {name:<14} {one}")
    return found[LIST].rate >= LEAST_RATE and found[LIST].p95 <= MOST_MS


def main() -> int:
    from tests.postgres import private_server

    good = on("SQLite")
    with private_server() as url:
        good = on("Postgres", DATABASE_URL=url) and good
    print(f"wanted of the {LIST}: {LEAST_RATE:.0f} a second, p95 {MOST_MS:.0f} ms: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
