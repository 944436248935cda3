"""`manage.py sources`: how the sources do, for people and, with --json, for monitoring."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from ranking.command import StudioCommand
from ranking.models import User
from scraping import health
from scraping.templatetags.sources import state_words


class Command(StudioCommand):
    help = "Say how each source does, and which yt-dlp is in use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.local_owner()
        if options["json"]:
            self.stdout.write(json.dumps(health.as_json(owner), cls=DjangoJSONEncoder, ensure_ascii=False))
            return
        for found in health.sources_now(owner):
            said = f": {found.refusal} {found.next}" if found.state in ("refused", "resting") else ""
            self.stdout.write(f"{found.label}: {state_words(found)}{said}")
        self.stdout.write(f"yt-dlp {health.ytdlp_now()['version']}")
