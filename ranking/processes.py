"""The processes of a studio: their commands, and honcho running them as one program."""

import io
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import honcho.manager
from django.conf import settings
from django.utils.translation import gettext as _
from honcho.process import Process

from ranking import child

NET_THREADS = 16  # searches and downloads at once; each download is a child process that mostly waits
# Films never make pages slow, and at the start the pages come first.
NICENESS = {"web": 0, "net": 5, "media": 10, "beat": 5}
KILL_SECONDS = 2.0
ASKED = (128 + signal.SIGINT, 128 + signal.SIGTERM)
# A container has no other user; WhiteNoise finds the files where they lie; a demo cut short leaves nothing that stays.
UNNEEDED_WARNINGS = "ignore:You're running the worker,ignore:No directory at,ignore:resource_tracker"


def commands(host: str, port: int) -> dict[str, list[str]]:
    """Return the argument lists of web, both workers and beat; the Procfile holds the same ones, made nice."""
    celery = [sys.executable, "-m", "celery", "-q", "-A", "ranking"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    web = "-m uvicorn ranking.asgi:application --lifespan off --no-access-log --log-level warning --ws-ping-interval 20"
    cores = str(settings.MEDIA_WORKERS)
    return {
        "web": [sys.executable, *web.split(), "--host", host, "--port", str(port)],
        "net": [*worker, "-n", "net@%h", "-Q", "net", "--pool", "threads", "-c", str(NET_THREADS)],
        "media": [*worker, "-n", "media@%h", "-Q", "media", "--pool", "prefork", "-c", cores],
        "beat": [*celery, "beat", "--loglevel", "WARNING"],
    }


class _Child(Process):
    """A command that is no shell line, and that ends with the studio however the studio ends."""

    def __init__(self, cmd: list[str], **options: Any) -> None:
        super().__init__(cmd, **options)
        self._child_ctor = partial(_start, niceness=NICENESS[self.name])

    def run(self, *args: Any, **kwargs: Any) -> None:
        child.die_with_parent()
        super().run(*args, **kwargs)


def _start(argv: list[str], **options: Any) -> subprocess.Popen:
    # Everything inheritable goes along: the studio's lock is then held as long as one of its processes lives.
    return child.start(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, close_fds=False, **options)


class Processes(honcho.manager.Manager):
    """Runs the commands until one ends or a signal comes, then ends them all; `started` is called once they run."""

    def __init__(self, argvs: dict[str, list[str]], started: Callable[[], None]) -> None:
        super().__init__()
        self._process_ctor = _Child
        self._started = started
        self._nowhere = io.StringIO()
        # SIGTERM is enough for all of ours; a worker that waits for a download is not waited for longer than this.
        honcho.manager.KILL_WAIT = KILL_SECONDS
        for name, argv in argvs.items():
            self.add_process(name, argv)

    def _start(self) -> None:
        super()._start()
        # Only now: a fork while another thread holds a lock would leave that lock held in the child.
        threading.Thread(target=self._started, daemon=True).start()

    def terminate(self) -> None:
        """End everything. What processes say while they end as asked is no news."""
        if self.returncode in ASKED:
            self._printer.output = self._nowhere
        super().terminate()

    def _system_print(self, data: str) -> None:
        """Say only what is out of order, not what starts and stops as asked."""
        if " stopped " in data and not self._terminating:
            said = _("%(what)s: the studio ends. The lines above say why.") % {"what": data.strip()}
            super()._system_print(f"{said}\n")
