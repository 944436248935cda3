"""`manage.py search KEYWORD`: asks a source and lists what it found."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from ranking.command import StudioCommand
from ranking.models import User, Video
from scraping.asked import name as name_of
from scraping.asked import words
from scraping.models import Search
from scraping.providers import names
from scraping.searching import LIMIT, run_to_end, source_for


class Command(StudioCommand):
    help = "Search for videos and list them. Exit status 2 when the source could not answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("keyword", metavar="KEYWORD", help="a keyword, or links")
        parser.add_argument("--source", default="auto", metavar="NAME", help=", ".join(("auto", *names())))
        parser.add_argument("--limit", type=int, default=LIMIT, metavar="N")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, keyword: str, source: str, limit: int, json: bool, **options: Any) -> None:
        if not keyword.strip():
            raise CommandError(_("Type a keyword or paste links first."), returncode=2)
        if limit < 1:
            raise CommandError(_("The limit must be at least 1."), returncode=2)
        try:
            name = source_for(keyword, source)
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        search = Search(query=keyword, source=name, owner=User.objects.local_owner(), limit=min(limit, 1000))
        search.nudged_at = timezone.now()  # the studio's workers leave it to this process
        search.save()
        run_to_end(search)
        self.tell(search, as_json=json)

    def tell(self, search: Search, *, as_json: bool) -> None:
        """Print what was found and what was left out; ends the program with status 2 when the search failed."""
        videos = list(search.videos())
        skipped = [{"what": item["what"], "reason": _(item["reason"])} for item in search.skipped]
        if as_json:
            asked = [{**line, "words": words(line)} for line in search.asked]
            told = {"id": str(search.pk), "source": search.source, "answered": search.answered, "asked": asked}
            told |= {"error": search.error, "skipped": skipped}
            self.stdout.write(json.dumps(told | {"videos": [as_dict(video) for video in videos]}, ensure_ascii=False))
        else:
            for video in videos:
                self.stdout.write(f"{video.pk}\t{video.play_count if video.play_count is not None else '-'}\t{video}")
        # One source alone says by its videos, or by the error below, what there is to say.
        for line in search.asked if not as_json and len(search.asked) > 1 else ():
            self.stderr.write(f"{name_of(line['source'])}: {words(line)}")
        for item in skipped:
            if item["reason"] != search.error:  # that is told below
                self.stderr.write(f"{item['what']}: {item['reason']}")
        if search.error:
            raise CommandError(search.error, returncode=2)
        if not videos:
            self.stderr.write(_("No video was found."))


def as_dict(video: Video) -> dict[str, Any]:
    """A video as plain values, as the API gives it."""
    from scraping.api import VideoOut

    return VideoOut.from_orm(video).model_dump(mode="json")
