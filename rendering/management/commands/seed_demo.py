"""manage.py seed_demo: a ranking of five animations that the program draws itself."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import translation
from tqdm import tqdm

from ranking import demo
from ranking.command import StudioCommand, account_locale
from ranking.jobs import JobError
from ranking.models import Project, User, Video
from rendering import making
from rendering.demo import CLIPS, TITLE_EN, TITLE_KO, make_clips
from rendering.plan import PlanError
from scraping import ingest

SOURCE = "demo"
DRAWN = 70  # percent that are done once the clips are drawn; the rest is taking them in


class Command(StudioCommand):
    help = "Draw the demo clips and put them into a ranking, unless there is one already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", choices=["ko", "en"], default=default_language())
        parser.add_argument("--film", action="store_true", help="make the demo's film too, and print its path last")
        parser.add_argument("--seconds", type=float, default=30.0, help="of the film")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            making.check_seconds(options["seconds"])
        except PlanError as error:
            raise CommandError(str(error)) from error
        with (
            translation.override(options["language"]),
            tqdm(total=100, unit="%", disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar}| {elapsed}") as bar,
        ):

            def tell(percent: float, message: str) -> None:
                bar.set_description(message)
                bar.update(percent - bar.n)

            def draw(percent: float, message: str) -> None:
                demo.tell(percent)
                tell(percent, message)

            draw(0, "")
            try:
                project = demo_project(options["language"], options["seconds"], draw)
            finally:
                demo.ended()
            if not options["film"]:
                return
            bar.reset()
            try:
                render = making.make_film(project, tell)
            except (PlanError, JobError) as error:
                raise CommandError(str(error)) from error
        self.stdout.write(render.film.path)


def default_language() -> str:
    """Return the language of the demo: Korean, unless this account's own language is English."""
    return "en" if account_locale().startswith("en") else "ko"


def demo_project(language: str, seconds: float, tell: making.Tell) -> Project:
    """Return the local owner's demo ranking, made at the first call."""
    owner = User.objects.local_owner()
    if known := Project.objects.owned_by(owner).filter(entries__video__source=SOURCE).order_by("pk").first():
        return known
    paths = make_clips(
        settings.DATA_DIR / "demo",
        lambda percent, message: tell(DRAWN * percent / 100, message),
        processes=settings.MEDIA_WORKERS,
    )
    videos = []
    for number, (clip, path) in enumerate(zip(CLIPS, paths, strict=True)):
        tell(DRAWN + (100 - DRAWN) * number / len(CLIPS), "")
        videos.append(demo_video(clip, path, language))
    with transaction.atomic():
        title = TITLE_KO if language == "ko" else TITLE_EN
        project = Project.objects.create(owner=owner, title=title, seconds=seconds)
        for clip, video in zip(CLIPS, videos, strict=True):
            project.add(video, label=clip.label_ko if language == "ko" else clip.label_en)
    return project


def demo_video(clip: Any, path: Path, language: str) -> Video:
    """Take a demo clip in like any other file; it has no counts, for nobody has watched it."""
    caption = clip.caption_ko if language == "ko" else clip.caption_en
    video = ingest.ingest_file(path, owner=None, source=SOURCE, external_id=clip.file_name, caption=caption)
    video.author = clip.author
    video.search_text = video.searchable()
    video.save(update_fields=["author", "search_text"])
    return video
