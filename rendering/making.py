"""The whole main job in one process: clips or a keyword in, a finished film out. No worker is needed."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from ranking.forms import LEAST_SECONDS
from ranking.jobs import Job, JobError
from ranking.models import MAX_ENTRIES, Project, User, Video
from rendering.generate import film_here, plan_project
from rendering.ledger import sources_of
from rendering.models import Render
from rendering.plan import MAX_SECONDS, PlanError
from rendering.store import trim
from scraping import ingest
from scraping.looking import is_looked_at, look
from scraping.probe import BadFile
from scraping.providers.base import clean_text

Tell = Callable[[float, str], None]
MAX_LETTERS = 200  # of a title or a label: the columns' length
NAMED = re.compile(r"(.+?\.\w{2,4})(?:\s*=(.*))?", re.DOTALL)  # a name that ends as a video's does, then the label


@dataclass(frozen=True)
class Given:
    """A clip as the caller names it: a file, and the label that its rank shows."""

    path: Path
    label: str = ""


@dataclass
class Picked:
    """The videos to rank, best first, each with its label, and what was left out and why."""

    videos: list[tuple[Video, str]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)


def parse_clip(text: str) -> Given:
    """Read FILE or FILE=LABEL: the label starts at the first = after the name of a file that exists.

    Where none exists it starts after the first file ending, such as .mp4, or else at the first =.
    """
    if os.path.exists(text):  # unlike Path's, no error where a label makes it longer than a name may be
        return Given(Path(text))
    at = text.find("=")
    while at > 0:
        if os.path.exists(text[:at]):
            return Given(Path(text[:at]), text[at + 1 :].strip())
        at = text.find("=", at + 1)
    name, label = match.groups("") if (match := NAMED.fullmatch(text)) else text.partition("=")[::2]
    return Given(Path(name), label.strip())


def pick_clips(clips: Sequence[Given], owner: User, *, stop_at_bad: bool = False) -> Picked:
    """Take files in, best first; a bad one is left out with its reason, or ends it there."""
    picked = Picked()
    for clip in clips:
        try:
            video = ingest.accept(clip.path, owner=owner)
        except BadFile as error:
            picked.skipped.append({"clip": str(clip.path), "reason": error.message})
        else:
            if any(video == other for other, label in picked.videos):
                reason = _("This video is in the ranking already.")
                picked.skipped.append({"clip": str(clip.path), "reason": reason})
            else:
                picked.videos.append((video, clip.label))
        if picked.skipped and stop_at_bad:
            break
    return picked


def check_seconds(seconds: float | None) -> None:
    """Raise PlanError where no film can be asked to last so long; None is the target's own length."""
    if seconds is not None and not LEAST_SECONDS <= seconds <= MAX_SECONDS:
        limits = {"least": LEAST_SECONDS, "most": MAX_SECONDS}
        raise PlanError(_("--seconds takes %(least)d to %(most)d.") % limits)


def one_line(text: str) -> str:
    """Return text for a field of one line, where " | " stands for a new one, cut to what a row holds."""
    return " | ".join(text.replace("\\n", "\n").replace("\0", "").splitlines())[:MAX_LETTERS]


def make_project(owner: User, title: str, picked: Picked, **fields: object) -> Project:
    """Store the ranking; return its project. Texts are cut to what a row holds, far beyond what a film shows."""
    project = Project.objects.create(owner=owner, title=title.replace("\0", "")[:MAX_LETTERS], **fields)
    for video, label in picked.videos[:MAX_ENTRIES]:
        project.add(video, label=clean_text(label)[:MAX_LETTERS])
    return project


def complete_videos(videos: Sequence[Video]) -> None:
    """Make the pictures of videos that have none yet, so that the studio shows them."""
    for video in videos:
        if not ingest.is_complete(video):
            ingest.complete(video)


def find_moments(project: Project, tell: Tell) -> None:
    """Look at the videos that nobody has looked at, so that each clip begins at its best moment."""
    for entry in project.ranked():
        if entry.video.is_ready and not is_looked_at(entry.video):
            tell(0, _("looking for the best moments"))
            look(entry.video)


def make_film(project: Project, tell: Tell) -> Render:
    """Film a project here and now; return the finished render.

    Raises PlanError or JobError with a sentence.
    """
    find_moments(project, tell)
    fixed = {"plan": plan_project(project).to_json(), "sources": sources_of(project)}
    # As if it had just been nudged: the sweep of a running studio then leaves it to us.
    render = Render.objects.create(project=project, owner=project.owner, nudged_at=timezone.now(), **fixed)
    with render.running() as claimed:
        if claimed:
            film_here(render, lambda percent, message: _both(render, tell, percent, message))
    if not render.reload() or render.status != Job.Status.DONE:
        raise JobError(render.error or _("The film was cancelled."))
    trim()
    return render


def _both(render: Render, tell: Tell, percent: float, message: str) -> None:
    render.report(percent, message)
    tell(percent, message)
