"""`manage.py standin`: a TikTok on loopback, to try the program without a network or an account."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from ranking.command import StudioCommand
from scraping.standin.modes import names
from scraping.standin.server import StandIn, the_end

COOKIES = "# Netscape HTTP Cookie File\n.tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tof-the-stand-in\n"


class Command(StudioCommand):
    help = "Run a stand-in of TikTok on this machine. Nothing is asked of any network. Ctrl-C ends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8790, metavar="N", help="0: any that is free")
        parser.add_argument("--mode", default="", metavar="NAME", help=f"answer every request so: {', '.join(names())}")
        parser.add_argument("--cookies", type=Path, metavar="FILE", help="write a cookies.txt that it takes as a login")

    def handle(self, *args: Any, port: int, mode: str, cookies: Path | None, **options: Any) -> None:
        if mode and mode not in names():
            raise CommandError(_("There is no such mode. Choose from: %s.") % ", ".join(names()), returncode=2)
        if cookies:
            cookies.write_text(COOKIES)
        try:
            standin = StandIn(folder=settings.DATA_DIR / "standin", port=port)
        except OSError as error:
            raise CommandError(_("Port %s is taken; choose another with --port.") % port, returncode=2) from error
        standin.mode, over = mode, the_end()
        with standin:
            self.tell(standin.url, cookies)
            over.wait()

    def tell(self, url: str, cookies: Path | None) -> None:
        """Print how the studio is led to the stand-in."""
        self.stdout.write(_("A stand-in of TikTok answers here. Start the studio with these settings:"))
        self.stdout.write(f"\n    TIKTOK_PROXY={url} TIKTOK_INSECURE_TLS=1 make run\n")
        if cookies:
            self.stdout.write(_("Add this file as your TikTok cookies: %s") % cookies)
        self.stdout.write(_("Ctrl-C ends it."))
        self.stdout.flush()
