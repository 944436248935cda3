"""`manage.py update_ytdlp`: puts a newer yt-dlp beside the one in use, tries it out and uses it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from ranking.command import StudioCommand
from ranking.models import User
from scraping.models import Update
from scraping.ytdlp import run_update, start_update


class Command(StudioCommand):
    help = "Update yt-dlp. Exit status 2 when the version in use had to stay."

    def create_parser(self, *names: str, **more: Any) -> CommandParser:
        """Make the parser, in which --version is not Django's but yt-dlp's."""
        return super().create_parser(*names, conflict_handler="resolve", **more)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--version", dest="wanted", default="", metavar="VERSION", help="not the newest but this")
        parser.add_argument("--force", action="store_true", help="use it even if it fails its test")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, wanted: str, force: bool, json: bool, **options: Any) -> None:
        mine = timezone.now()  # the studio's workers leave it to this process
        update = start_update(User.objects.local_owner(), wanted, forced=force, nudged=mine)
        if update.nudged_at != mine:
            raise CommandError(_("An update is under way already."), returncode=2)
        run_update(update.pk)
        update.refresh_from_db()
        self.tell(update, as_json=json)

    def tell(self, update: Update, *, as_json: bool) -> None:
        """Print what came of it; ends the program with status 2 when the update failed."""
        if as_json:
            told = {"before": update.before, "after": update.after, "status": update.status, "error": update.error}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        if update.status != Update.Status.DONE:
            raise CommandError(update.error or _("Cancelled."), returncode=2)
        if not as_json and update.after == update.before:
            self.stdout.write(_("%(version)s is the newest there is.") % {"version": update.after})
        elif not as_json:
            words = {"before": update.before, "after": update.after}
            self.stdout.write(_("Updated from %(before)s to %(after)s.") % words)
