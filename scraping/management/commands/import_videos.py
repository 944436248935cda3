"""`manage.py import_videos FILE...`: puts video files into the studio's library."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from ranking.command import StudioCommand
from ranking.models import User
from scraping.ingest import ingest_file
from scraping.probe import BadFile

CAPTURES = (".json", ".ndjson", ".jsonl", ".csv")


class Command(StudioCommand):
    help = "Put video files into the studio's library. Exit status 2 when none of them could be used."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, files: list[Path], json: bool, **options: Any) -> None:
        owner, begun = User.objects.local_owner(), timezone.now()
        found: dict[int, bool] = {}
        skipped: list[dict[str, str]] = []
        for path in tqdm(files, disable=json or len(files) < 2, unit="file", leave=False):
            try:
                video = take(path, owner)
            except BadFile as bad:
                skipped.append({"what": str(path), "reason": bad.message})
            else:
                found.setdefault(video.pk, video.created_at >= begun)
        self.tell({"found": len(found), "new": sum(found.values()), "skipped": skipped}, as_json=json)

    def tell(self, told: dict[str, Any], *, as_json: bool) -> None:
        """Print what came of it; ends the program with status 2 when nothing was found."""
        if as_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(_("%(found)d videos, %(new)d of them new.") % told)
        for item in told["skipped"]:
            self.stderr.write(f"{item['what']}: {item['reason']}")
        if not told["found"]:
            raise SystemExit(2)


def take(path: Path, owner: User) -> Any:
    """The Video of one file; raises BadFile."""
    if path.suffix.lower() in CAPTURES:
        raise BadFile("not_media", _("Captures of search answers cannot be imported yet, only video files."))
    return ingest_file(path, owner=owner)
