"""“Make it for me”: from a keyword to a film, in steps of which each looks at what is there.

look -> choose -> fetch -> (choose again where something was refused) -> the plan is fixed, and the film is made.
Scraping calls nobody back: between two looks the film is nobody's, so a worker that dies costs nothing.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from ranking import quotas
from ranking.history import changing
from ranking.jobs import Job, JobError, Stopped, Waiting
from ranking.labelling import fill_label
from ranking.models import Entry, Project, User, Video
from ranking.titles import title_for
from rendering.choosing import best_first, left_out, once_each
from rendering.generate import plan_project
from rendering.ledger import sources_of
from rendering.making import Picked
from rendering.models import Render
from rendering.plan import PlanError
from scraping import reuploads
from scraping.addresses import count_videos
from scraping.downloading import start_download, start_ingest
from scraping.ingest import is_complete
from scraping.models import Download, Ingest
from scraping.results import found
from scraping.searching import source_for, start_search

TOP = 5  # ranks, where nobody says how many
LEAST = 3  # a ranking of fewer is none
LOOK_AGAIN = timedelta(seconds=1)
LINKS = "links"  # what was typed names the videos, and is no title
TOO_FEW_LINKS = gettext_noop(
    "A ranking needs at least three videos: paste at least three links to TikTok, YouTube Shorts or Instagram Reels, "
    "or type a keyword."
)


def start_wish(
    owner: User, keyword: str, source: str = "auto", top: int = TOP, project: Project | None = None
) -> Render:
    """Queue a film of the best `top` videos that a keyword finds, in a new project of the owner's channel; return it.

    `project` is another one to begin with, not stored yet.
    Raises ValueError, a sentence, for an unknown source and for links to fewer videos than a ranking needs, and
    QuotaReached.
    """
    keyword = keyword.replace("\0", "").strip()
    wish = {"keyword": keyword, "source": source_for(keyword, source), "top": top}
    if wish["source"] == LINKS and count_videos(keyword) < LEAST:
        raise ValueError(_(TOO_FEW_LINKS))
    with transaction.atomic():
        quotas.check_jobs(owner)
        quotas.count_film(owner)
        project = project or Project.begun(owner)
        project.title = title_of(wish)
        project.save()
        return Render(project=project, owner=owner, wish=wish, stage=Render.Stage.LOOK).enqueue()


def title_of(wish: dict[str, Any], count: int = 0) -> str:
    """Return the title that a wish begins with; "" for pasted links."""
    return "" if wish["source"] == LINKS else title_for(wish["keyword"], count or wish["top"])


def gather(render: Render) -> None:
    """Take a wish as far as it goes now. Raises Waiting, at its end too: then others film it; JobError and Stopped."""
    steps = {Render.Stage.LOOK: _look, Render.Stage.CHOOSE: _choose, Render.Stage.FETCH: _fetch}
    while render.is_gathering:
        steps[Render.Stage(render.stage)](render)
    raise Waiting


def _keep(render: Render, **changes: Any) -> None:
    """Write fields of the film, if this attempt still holds it; raises Stopped where it does not."""
    if not render.keep(**changes):
        raise Stopped


def _wait(render: Render, percent: float, message: str) -> None:
    """Show how far the step is, and let go of it until it is time to look again.

    What was done for a video that is left out is no longer counted, and the bar waits there: it never goes back.
    """
    _keep(render, percent=max(percent, render.percent), message=message[:300], not_before=timezone.now() + LOOK_AGAIN)
    raise Waiting


def _look(render: Render) -> None:
    """Search for the keyword, once."""
    if render.search is None:
        with transaction.atomic():
            search = start_search(render.wish["keyword"], render.wish["source"], render.owner)
            _keep(render, search=search)
    search = render.search
    if search.is_active:
        count = search.found.count()
        words = ngettext("%(n)d video so far", "%(n)d videos so far", count) % {"n": count}
        _wait(render, search.percent, words if count else search.message)
    if search.status != Job.Status.DONE:
        raise JobError(search.error or _("The search was cancelled."))
    _keep(render, stage=Render.Stage.CHOOSE, percent=0, message="")
    render.publish()


def _choose(render: Render) -> None:
    """Put the best that were not chosen yet into the ranking, as many as are missing."""
    missing = _missing(render)
    best = _candidates(render)[:missing] if missing > 0 else []
    with changing(render.project, gettext_noop("choosing the best videos")) as project:
        for video in best:
            fill_label(project.add(video))
            if not _is_here(video):
                _part_done(render, video)  # its row shows at once that it is fetched
        there = project.entries.count()
        _keep(render, taken=[*render.taken, *(video.pk for video in best)], stage=Render.Stage.FETCH, message="")
    if there < LEAST:
        raise JobError(_too_few(render, there))
    render.publish()


def _missing(render: Render) -> int:
    """Return how many videos the ranking lacks; one that a person took out is not made up for."""
    there = set(render.project.entries.values_list("video", flat=True))
    vain = {row["video"] for row in render.left_out}
    taken_out = set(render.taken) - vain - there
    return render.wish["top"] - len(there) - len(taken_out)


def _candidates(render: Render) -> list[Video]:
    """Return what the search found and can still be had, the best first, what shows the same only once."""
    chosen = [entry.video for entry in render.project.ranked()]
    channel = render.project.channel
    known = {*render.taken, *(video.pk for video in chosen), *(channel.used() if channel else ())}
    fresh = [video for video in found(render.search) if video.pk not in known and not _why_not(render, video)]
    best = best_first(once_each(fresh, Picked()), Picked())
    return [video for video in best if not _shows_same(video, chosen)]


def _shows_same(video: Video, chosen: Sequence[Video]) -> Video | None:
    """Return the chosen video that shows the same as this one, or None."""
    group = next((group for group in reuploads.groups([*chosen, video]) if video in group), [])
    return next((other for other in group if other != video and other in chosen), None)


def _too_few(render: Render, there: int) -> str:
    keyword = render.wish["keyword"][:60]
    if not there:
        return _("No video that can be ranked was found for “%(keyword)s”.") % {"keyword": keyword}
    words = ngettext(
        "Only %(n)d video could be had, and a ranking needs at least three. Add more, or try another keyword.",
        "Only %(n)d videos could be had, and a ranking needs at least three. Add more, or try another keyword.",
        there,
    )
    return words % {"n": there}


def _fetch(render: Render) -> None:
    """Wait until all of the ranking is here; what is refused or proves to be a re-upload gives way to the next best."""
    entries = list(render.project.ranked())
    if vain := _in_vain(render, entries):
        _drop(render, vain)
        return
    waiting = [entry.video for entry in entries if not _is_here(entry.video)]
    if not waiting:
        _hand_over(render, entries)
        return
    parts = [_part_done(render, video) for video in waiting]
    here = sum(entry.video.is_ready for entry in entries)
    words = _("%(n)d of %(all)d are here") % {"n": here, "all": len(entries)}
    if here == len(entries):
        words = _("looking for the best moments")
    _wait(render, 100 * (len(entries) - len(waiting) + sum(parts)) / len(entries), words)


def _is_here(video: Video) -> bool:
    """Whether a video can be filmed, and its best moments are known."""
    return video.is_ready and is_complete(video)


def _part_done(render: Render, video: Video) -> float:
    """See to it that a video is being fetched or prepared; return how much of that is done, 0 to 1."""
    if video.is_ready:
        return 0.7 + 0.3 * start_ingest(video, render.owner).percent / 100
    if job := Download.objects.active().filter(video=video).first():
        return 0.7 * job.percent / 100
    try:
        return 0.7 * start_download(video, render.owner).percent / 100
    except quotas.QuotaReached:  # as many as may be fetched at a time: its turn comes with the next look
        if Download.objects.active().owned_by(render.owner).exists():
            return 0.0
        raise


def _why_not(render: Render, video: Video) -> str:
    """Return why a video that is not here cannot be had, as it turned out since the wish; "" where it may be."""
    if video.is_ready and is_complete(video):
        return ""
    kind = Ingest if video.is_ready else Download
    jobs = kind.objects.filter(video=video)
    if jobs.active().exists():
        return ""
    last = jobs.filter(finished_at__gte=render.created_at).exclude(status=Job.Status.DONE).first()
    if last:
        return last.error or _("Cancelled.")
    return "" if video.is_ready or video.url else _("Its file is gone.")


def _in_vain(render: Render, entries: Sequence[Entry]) -> dict[int, tuple[Entry, str]]:
    """Return the entries that cannot be filmed, or show the same as a better one, by video, each with the reason.

    Only those that were chosen here: what a person added is theirs.
    """
    vain: dict[int, tuple[Entry, str]] = {}
    kept: list[Video] = []
    for entry in entries:
        reason, same = _why_not(render, entry.video), _shows_same(entry.video, kept)
        if same:
            reason = _("It shows the same as %(video)s.") % {"video": same.url or same}
        if not reason:
            kept.append(entry.video)
        elif entry.video_id in render.taken:
            vain[entry.video_id] = (entry, reason)
        elif not same:
            raise JobError(f"{entry.video}: {reason}")
    return vain


def _drop(render: Render, vain: dict[int, tuple[Entry, str]]) -> None:
    """Take entries out of the ranking, tell why, and choose anew."""
    rows = [left_out(entry.video, reason) | {"video": video} for video, (entry, reason) in vain.items()]
    with changing(render.project, gettext_noop("leaving out what could not be had")) as project:
        for entry in project.entries.filter(video__in=vain):
            entry.remove()
        _keep(render, left_out=[*render.left_out, *rows], stage=Render.Stage.CHOOSE)
    render.publish()


def _hand_over(render: Render, entries: Sequence[Entry]) -> None:
    """Fix the plan of the ranking as it is now; from here on it is a film like any other."""
    wish, project = render.wish, render.project
    with changing(project, gettext_noop("finishing the ranking")) as now:
        if now.title == title_of(wish) and len(entries) != wish["top"]:
            now.title = title_of(wish, len(entries))
            now.save(update_fields=["title", "updated_at"])
        if wish["source"] == LINKS:  # a link says nothing until it is fetched
            for entry in entries:
                fill_label(entry)
    try:
        fixed = {"plan": plan_project(now).to_json(), "sources": sources_of(now)}
    except PlanError as error:
        raise JobError(str(error)) from error
    began = {"percent": 0, "message": "", "not_before": None, "started_at": timezone.now()}
    _keep(render, stage=Render.Stage.PLAN, **fixed, **began)
