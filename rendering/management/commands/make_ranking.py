"""manage.py make_ranking: a ranking film from clips or a keyword, in one process."""

import json
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from tqdm import tqdm

from ranking.command import StudioCommand
from ranking.jobs import JobError
from ranking.models import MAX_ENTRIES, Project, Track, User, fold
from ranking.titles import default_title
from rendering import making
from rendering.choosing import pick_by_keyword
from rendering.models import Render
from rendering.plan import PlanError
from rendering.publish import brief
from rendering.report.words import spoken
from rendering.style import names as style_names
from rendering.targets import DEFAULT, TARGETS
from rendering.tracks import add_file
from scraping.probe import BadFile
from scraping.providers import names as source_names

TOP = 5  # ranks, where nobody says how many


class Refused(Exception):
    """The command cannot go on; text for people, exit status 2."""


class Command(StudioCommand):
    help = "Make a ranking film: from clips, best first, or from the best videos that a keyword finds."
    requires_system_checks = []  # `manage.py check` is there for it; here it would load every page, half a second

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("keyword", nargs="?", default="")
        parser.add_argument("--source", default="auto", choices=["auto", *source_names()])
        parser.add_argument("--title", default="", help="a newline or ' | ' splits it into two lines")
        parser.add_argument("--clip", action="append", default=[], metavar="FILE[=LABEL]", help="best first")
        parser.add_argument("--top", type=int, help=f"how many ranks, 1 to {MAX_ENTRIES}")
        parser.add_argument("--seconds", type=float, help="of the whole film (default: the target's length)")
        parser.add_argument("--target", default=DEFAULT, choices=list(TARGETS))
        parser.add_argument("--style", default="classic", choices=style_names())
        parser.add_argument("--order", default="countdown", choices=Project.Order.values)
        parser.add_argument("--transition", default="cut", choices=Project.Transition.values, help="between clips")
        parser.add_argument("--hook", action="store_true", help="open with a flash of #1 that gives nothing away")
        parser.add_argument("--card", default="", metavar="TEXT", help="an end card; ' | ' splits its two lines")
        parser.add_argument("--effects", action="store_true", help="short sounds when a rank appears or clips change")
        parser.add_argument("--music", type=Path, metavar="FILE", help="music under the whole film")
        parser.add_argument("--output", type=Path, help="where to put the film (default: in the data folder)")
        parser.add_argument("--skip-bad", action="store_true", help="leave bad clips out and go on")
        parser.add_argument("--json", action="store_true", help="print one line of JSON at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        options["keyword"] = looked_for(options["keyword"])
        picked = making.Picked()
        try:
            self.examine(options)
            picked = self.pick(options)
            render = self.film(options, picked)
            path = self.deliver(render, options["output"])
        except (Refused, PlanError, JobError) as error:
            self.refuse(str(error), picked.skipped, options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(outcome(render, path, picked.skipped), ensure_ascii=False))
        else:
            self.stdout.write(str(path))

    def examine(self, options: dict[str, Any]) -> None:
        """Refuse what cannot work before any file is touched. Raises Refused or PlanError."""
        if bool(options["keyword"]) == bool(options["clip"]):
            raise Refused(_("Give either a keyword, or --clip for each clip, best first."))
        if options["top"] is not None and not 1 <= options["top"] <= MAX_ENTRIES:
            raise Refused(_("--top takes 1 to %(n)d.") % {"n": MAX_ENTRIES})
        making.check_seconds(options["seconds"])
        output = options["output"]
        if output and (output.is_dir() or not output.absolute().parent.is_dir()):
            raise Refused(_("--output: there is no folder %(folder)s.") % {"folder": output.parent})

    def pick(self, options: dict[str, Any]) -> making.Picked:
        """Return the videos to rank. Raises Refused where a clip is bad and --skip-bad is not given."""
        owner, top = User.objects.local_owner(), options["top"]
        if options["keyword"]:
            picked = self.pick_found(options["keyword"], options["source"], top or TOP, owner)
        else:
            clips = [making.parse_clip(text) for text in options["clip"]]
            if top is None and len(clips) > MAX_ENTRIES:
                raise Refused(
                    _("A ranking holds at most %(n)d clips; --top takes the first of them.") % {"n": MAX_ENTRIES}
                )
            picked = making.pick_clips(clips[:top], owner, stop_at_bad=not options["skip_bad"])
        for item in picked.skipped if options["skip_bad"] or options["keyword"] else ():
            self.stderr.write(_("left out: %(clip)s: %(reason)s") % item)
        if picked.skipped and not (options["skip_bad"] or options["keyword"]):
            self.refuse("{clip}: {reason}".format(**picked.skipped[0]), picked.skipped, options["json"])
        if not picked.videos:
            reason = _("Nothing usable is left.") if picked.skipped else _("No video was found.")
            self.refuse(reason, picked.skipped, options["json"])
        return picked

    def pick_found(self, keyword: str, source: str, top: int, owner: User) -> making.Picked:
        """Return the best videos that a keyword finds, fetched with a progress bar."""
        with progress() as tell:
            picked = pick_by_keyword(keyword, source, top, owner, tell)
        if 0 < len(picked.videos) < top:
            words = _("Only %(n)d of %(all)d videos could be had.") % {"n": len(picked.videos), "all": top}
            self.stderr.write(words)
        return picked

    def film(self, options: dict[str, Any], picked: making.Picked) -> Render:
        """Make the project and its film with a progress bar."""
        names = ("target", "style", "order", "seconds", "transition", "hook", "effects")
        fields = {name: options[name] for name in names} | {"card": making.one_line(options["card"])}
        fields |= {"track": music(options["music"])} if options["music"] else {}
        title = options["title"].replace("\\n", "\n") or default_title(options["keyword"], len(picked.videos))
        project = making.make_project(User.objects.local_owner(), title, picked, **fields)
        making.complete_videos([video for video, label in picked.videos])
        with progress() as tell:
            return making.make_film(project, tell)

    def deliver(self, render: Render, output: Path | None) -> Path:
        """Copy the film to where it is wanted; return its path."""
        path = Path(render.film.path)
        if not output:
            return path
        try:
            shutil.copyfile(path, output)
        except OSError as error:
            raise Refused(_("The film is made, but cannot be written to %(path)s.") % {"path": output}) from error
        return output.absolute()

    def refuse(self, error: str, skipped: list[dict[str, str]], as_json: bool) -> None:
        """Say one sentence and end with status 2."""
        self.stderr.write(" ".join(error.split()))
        if as_json:
            self.stdout.write(json.dumps({"error": error, "skipped": skipped}, ensure_ascii=False))
        sys.exit(2)


@contextmanager
def progress() -> Iterator[making.Tell]:
    """Yield what shows percent and a word as a bar, where somebody looks on."""
    with tqdm(total=100, unit="%", disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar}| {elapsed}") as bar:

        def tell(percent: float, message: str) -> None:
            bar.set_description(message)
            bar.update(percent - bar.n)

        yield tell


def looked_for(keyword: str) -> str:
    """Return a keyword, or "" where there is no word in it to look for: that would be found in every video."""
    return keyword.strip() if fold(keyword.replace("#", " ")) else ""


def music(path: Path) -> Track:
    """Return the music of a file. Raises Refused where nothing is heard in it."""
    try:
        return add_file(path, User.objects.local_owner())
    except BadFile as bad:
        raise Refused(f"{path}: {bad.message}") from bad


def outcome(render: Render, path: Path, skipped: list[dict[str, str]]) -> dict[str, Any]:
    """Return what --json prints: the contract of this command."""
    return {
        "project": render.project_id,
        "render": str(render.pk),
        "path": str(path),
        "seconds": render.seconds,
        "segments": {"rendered": render.rendered, "reused": render.reused},
        "skipped": skipped,
        "report": spoken(render.facts),
        "publish": brief(render, get_language()),
    }
