"""A real studio as a child process, for tests that need pages, sockets and workers at once."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from ranking import child

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Studio:
    """`manage.py studio` on a free port. Its database is its own: look at it through `manage` and `shell`."""

    def __init__(self, data_dir: Path, *options: str, python: str = sys.executable, **variables: str) -> None:
        self.python = python
        self.data_dir, self.port, self.options = data_dir, free_port(), options
        self.log = data_dir / "studio.log"
        self.env = os.environ | {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "ranking.settings"} | variables
        # The private Redis, and SQLite, are what is tried here; those of the tests are not.
        for name in {"REDIS_URL", "DATABASE_URL"} - set(variables):
            self.env.pop(name, None)
        self.process: subprocess.Popen | None = None
        self.seconds_to_first_page = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def argv(self) -> list[str]:
        return [self.python, "manage.py", "studio", "--port", str(self.port), "--no-demo", *self.options]

    def start(self) -> Self:
        started = time.monotonic()
        with self.log.open("wb") as log:
            self.process = child.start(self.argv(), cwd=ROOT, env=self.env, stdout=log, stderr=subprocess.STDOUT)
        while not (status := self.status("/login/")):
            assert self.process.poll() is None, f"the studio ended: {self.output()}"
            assert time.monotonic() - started < 60, f"no page within a minute: {self.output()}"
            time.sleep(0.02)
        self.seconds_to_first_page = time.monotonic() - started
        assert status in (200, 302), self.output()
        return self

    def status(self, path: str) -> int:
        """Return the HTTP status of a page, or 0 when nothing listens."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            connection.request("GET", path)
            return connection.getresponse().status
        except ConnectionError:
            return 0
        finally:
            connection.close()

    def wait_for_workers(self, seconds: float = 30) -> None:
        """Wait until both workers and the timer have shown that they live."""
        deadline = time.monotonic() + seconds
        while self.status("/api/v1/health") != 200:
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.1)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, number: int = signal.SIGINT, seconds: float = 15) -> int:
        """Send a signal, wait for the end and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def manage(self, *words: str, **options: Any) -> str:
        """Run a management command on this studio's data; return what it wrote."""
        argv = [self.python, "manage.py", *words]
        answer = subprocess.run(argv, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120, **options)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def shell(self, code: str) -> str:
        """Run Python on this studio's data; return what it printed."""
        return self.manage("shell", "-v", "0", "-c", code).strip()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: Any) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()
