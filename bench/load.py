"""How many pages a second: `make load`, on SQLite and on a private Postgres; nothing leaves loopback.

Two uvicorn workers serve a filled studio (bench/filled.py) to VISITORS browsers that ask without a pause, each over one
connection and logged in. What asks runs on the same cores, as the two workers' browsers would not.
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

from bench.filled import ROOT, fill_in_child

VISITORS = 16
SECONDS = 6.0
LEAST_RATE, MOST_MS = 120.0, 250.0  # wanted of LIST, as of a list of 50
LIST = "list of videos"
PAGES = {LIST: "/library/", "start page": "/", "work": "/jobs/", "editor of ten": "/projects/1/"}


@contextmanager
def served(folder: str, **variables: str) -> Iterator[int]:
    """Yield the port of two uvicorn workers on this data folder."""
    from tests.studio import free_port

    port = free_port()
    argv = [sys.executable, "-m", "uvicorn", "ranking.asgi:application", "--lifespan", "off", "--no-access-log"]
    argv += ["--log-level", "warning", "--workers", "2", "--port", str(port)]
    environment = os.environ | {"DATA_DIR": folder, "LOCAL_OWNER": "1"} | variables
    process = subprocess.Popen(argv, cwd=ROOT, env=environment)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)


class Visitor:
    """One browser: one connection, one cookie jar of what the first answer set."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies, self.pipes = port, {}, None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Return the status and the page. Raises OSError when the server does not answer."""
        if self.pipes is None:
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


async def measure(port: int) -> dict[str, tuple[float, float, float, int]]:
    """Return for each page the pages a second, p50 and p95 in ms, and the bytes of it."""
    visitors, found = await connected(port), {}
    for name, path in PAGES.items():
        times: list[float] = []
        began = time.perf_counter()
        await asyncio.gather(*(visitor.keep_asking(path, began + SECONDS, times) for visitor in visitors))
        taken = time.perf_counter() - began
        _status, page = await visitors[0].get(path)
        ranks = statistics.quantiles(times, n=100)
        found[name] = (len(times) / taken, 1000 * ranks[49], 1000 * ranks[94], len(page))
    for visitor in visitors:
        visitor.pipes[1].close()
    return found


def on(database: str, **variables: str) -> bool:
    """Print how a filled studio on this database does; return whether the list is served as wanted."""
    with tempfile.TemporaryDirectory(prefix="bench-load-", ignore_cleanup_errors=True) as folder:
        fill_in_child(folder, **variables)
        with served(folder, **variables) as port:
            found = asyncio.run(measure(port))
    print(f"{database}; load of the machine {os.getloadavg()[0]:.1f}")
    for name, (rate, p50, p95, size) in found.items():
        print(f"  {name:<14} {rate:6.0f} a second  p50 {p50:5.0f} ms  p95 {p95:5.0f} ms  {size // 1000:4} KB")
    rate, _p50, p95, _size = found[LIST]
    return rate >= LEAST_RATE and p95 <= MOST_MS


def main() -> int:
    from tests.postgres import private_server

    good = on("SQLite")
    with private_server() as url:
        good = on("Postgres", DATABASE_URL=url) and good
    print(f"wanted of the {LIST}: {LEAST_RATE:.0f} a second, p95 {MOST_MS:.0f} ms: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
