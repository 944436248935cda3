"""`manage.py import_videos FILE...`: puts video files and saved search results into the studio's library."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from ranking.command import StudioCommand
from ranking.models import User, Video
from scraping import captures
from scraping.ingest import ingest_file
from scraping.probe import BadFile
from scraping.providers.base import ProviderError, Skipped


class Command(StudioCommand):
    help = (
        "Put video files, and search results saved as JSON, NDJSON, CSV or a page, into the studio's library."
        " Exit status 2 when none of them could be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, files: list[Path], json: bool, **options: Any) -> None:
        owner, begun = User.objects.local_owner(), timezone.now()
        found: dict[int, bool] = {}
        skipped: list[dict[str, str]] = []
        for path in tqdm(files, disable=json or len(files) < 2, unit="file", leave=False):
            try:
                videos, left_out = take(path, owner)
            except BadFile as bad:
                videos, left_out = (), [Skipped(str(path), bad.message)]
            for video in videos:
                found.setdefault(video.pk, video.created_at >= begun)
            skipped += [{"what": item.what, "reason": _(item.reason)} for item in left_out]
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


def take(path: Path, owner: User) -> tuple[tuple[Video, ...], list[Skipped]]:
    """The videos of one file, and what in it is none; raises BadFile where the file itself is unusable."""
    if not captures.is_capture(path.name):
        return (ingest_file(path, owner=owner),), []
    if path.exists() and not path.is_file():  # a folder cannot be read, and a pipe would be waited for
        raise BadFile("not_media", _("The file cannot be read."))
    try:
        kept = captures.keep(captures.read_file(path), owner, path.stem)
    except FileNotFoundError as error:
        raise BadFile("missing") from error
    except OSError as error:
        raise BadFile("not_media", _("The file cannot be read.")) from error
    except ProviderError as error:
        return (), [*error.skipped, Skipped(str(path), error.message)]
    return kept.videos, list(kept.skipped)
