"""The whole studio as one program: pages, workers, timer and, unless REDIS_URL names one, its own Redis."""

import contextlib
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from ranking import child, embedded
from ranking import demo as first_page
from ranking.access import password_path
from ranking.command import StudioCommand, account_language, is_behind
from ranking.models import Project, User
from ranking.processes import UNNEEDED_WARNINGS, Processes, commands
from ranking.sweep import recover

logger = logging.getLogger(__name__)

INTERRUPTED = 128 + signal.SIGINT


class Command(StudioCommand):
    help = "Run the studio on this machine until Ctrl-C."
    # Those of the studio say what is missing on this machine; all the others are `manage.py check`'s.
    requires_system_checks = ["studio"]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on (default: 8000)")
        parser.add_argument("--no-demo", action="store_true", help="leave the demo project out of an empty studio")

    def handle(self, *args: Any, host: str, port: int, no_demo: bool, **options: Any) -> None:
        # A closed terminal ends the studio like any other signal; honcho itself knows only SIGINT and SIGTERM.
        signal.signal(signal.SIGHUP, lambda *args: os.kill(os.getpid(), signal.SIGTERM))
        signal.signal(signal.SIGTERM, _leave)
        try:
            with contextlib.ExitStack() as stack:
                code = self.run(stack, host, port, demo=not no_demo)
        except embedded.StartError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            return
        if code not in (0, INTERRUPTED):
            sys.exit(code if code > 0 else 1)

    def run(self, stack: contextlib.ExitStack, host: str, port: int, *, demo: bool) -> int:
        """Start everything in order, wait for its end and return honcho's return code."""
        stack.enter_context(embedded.lock(settings.DATA_DIR / "studio.lock"))
        _claim_port(host, port)
        private = not settings.REDIS_URL
        if private:
            os.environ["REDIS_URL"] = stack.enter_context(embedded.redis_server())
        os.environ |= {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": UNNEEDED_WARNINGS}
        # HTTPS says that a proxy stands in front, and then whoever comes through it looks local.
        local = _is_loopback(host) and not settings.HTTPS
        os.environ["LOCAL_OWNER"] = str(int(local))
        self.prepare_database(private)
        self.first_login = "" if local else _first_login()
        demo = demo and "seed_demo" in get_commands() and not Project.objects.exists()
        if demo:
            first_page.tell(0)  # the page is there before whoever draws it has begun
        connection.close()
        self.stack, self.host, self.port, self.demo = stack, host, port, demo
        processes = Processes(commands(host, port), self.started)
        processes.loop()
        return processes.returncode or 0

    def prepare_database(self, private: bool) -> None:
        if is_behind():
            call_command("migrate", verbosity=0, interactive=False)
        if private and (count := recover()):
            self.stdout.write(_("%(n)d unfinished jobs of the last time go on.") % {"n": count})

    def started(self) -> None:
        """Say where the studio is as soon as it answers, then fill an empty one. Runs in a thread."""
        if not _wait_for_page(self.host, self.port):
            return
        address = f"http://{_shown(self.host)}:{self.port}"
        with translation.override(account_language()):  # a thread begins without one
            self.stdout.write(_("The studio is at %(address)s (Ctrl-C ends it)") % {"address": address})
            if self.first_login:
                words = _("Nobody can log in yet. Choose the owner's password, once, within a day: %(link)s")
                self.stdout.write(words % {"link": address + self.first_login})
        self.stdout.flush()
        if not self.demo:
            return
        # The thread stays until the demo is there: the kernel ends a child with the thread that started it.
        process = child.start([*child_command("seed_demo")], stdout=subprocess.DEVNULL)
        self.stack.callback(child.stop, process)
        if (code := process.wait()) > 0:  # a signal was ours: the studio ends, and its next start tries again
            logger.warning("The demo could not be made (code %d).", code)


def child_command(*words: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]


def _leave(*args: Any) -> None:
    """End by SIGTERM before honcho listens to it: everything that is open closes."""
    sys.exit(128 + signal.SIGTERM)


def _first_login() -> str:
    """Return the path at which the owner chooses a password; empty where somebody has one already."""
    if User.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).filter(is_active=True).exists():
        return ""
    return password_path(User.objects.local_owner())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _claim_port(host: str, port: int) -> None:
    """Raise StartError when the studio could not listen there."""
    if not 0 < port < 65536:  # the resolver would take it modulo 65536
        raise embedded.StartError(_("Port %(port)d cannot be used: ports go from 1 to 65535.") % {"port": port})
    try:
        family, kind, *_more, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        sentence = _("Port %(port)d of %(host)s cannot be used: %(reason)s. Choose another one with --port.")
        raise embedded.StartError(sentence % {"port": port, "host": host, "reason": reason}) from None


def _wait_for_page(host: str, port: int, seconds: float = 60) -> bool:
    """Return whether an answer came within that time. Asking also warms the pages up for the first visitor."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with contextlib.closing(http.client.HTTPConnection(target, port, timeout=10)) as http_connection:
                http_connection.request("GET", "/login/")
                return bool(http_connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    return False
