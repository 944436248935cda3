"""How the pages tell how far a wish is, and what it leaves to a person."""

from dataclasses import dataclass

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rendering.models import Render

register = template.Library()

# What each step is called while nobody is at it.
NAMES = {
    Render.Stage.LOOK: gettext_lazy("Look for videos"),
    Render.Stage.CHOOSE: gettext_lazy("Choose the best"),
    Render.Stage.FETCH: gettext_lazy("Fetch the videos"),
    Render.Stage.SEGMENTS: gettext_lazy("Film the clips"),
}


@dataclass(frozen=True)
class Step:
    """A step of a wish: `state` is done, now, failed or next."""

    words: str
    state: str


@dataclass(frozen=True)
class Task:
    """Something that a person may do, and the field of the page where it is done, as the end of an address."""

    words: str
    at: str


@register.simple_tag
def wish_steps(job: Render) -> list[Step]:
    """Return the steps of a wish; all of filming is one."""
    names = list(NAMES)
    now = names.index(job.stage) if job.stage in names else len(names) - 1
    states = ["done" if n < now or job.status == job.Status.DONE else "next" for n in range(len(names))]
    if job.is_active or job.status == job.Status.FAILED:
        states[now] = "now" if job.is_active else "failed"
    words = [
        job.Stage(name).label if state == "now" else NAMES[name] for name, state in zip(names, states, strict=True)
    ]
    return [Step(str(name), state) for name, state in zip(words, states, strict=True)]


@register.simple_tag
def left_to_do(job: Render) -> list[Task]:
    """Return what a wished film leaves to a person: title, labels, reasons."""
    entries = list(job.project.ranked())
    tasks = [] if job.project.title.strip() else [Task(_("Give it a title."), "title")]
    if unlabelled := [entry for entry in entries if not entry.label.strip()]:
        words = ngettext(
            "Write a label for rank %(ranks)s: its caption says nothing new.",
            "Write labels for ranks %(ranks)s: their captions say nothing new.",
            len(unlabelled),
        )
        tasks.append(Task(words % {"ranks": _ranks(unlabelled)}, f"label-{unlabelled[0].pk}"))
    if len(unlabelled) < len(entries):
        tasks.append(Task(_("Read the labels once: they are taken from the captions."), f"label-{entries[0].pk}"))
    if unreasoned := [entry for entry in entries if not entry.reason.strip()]:
        words = _("Say why at ranks %(ranks)s, in a line of your own each: that is what makes the film yours.")
        tasks.append(Task(words % {"ranks": _ranks(unreasoned)}, f"entry-{unreasoned[0].pk}"))
    return tasks


def _ranks(entries: list) -> str:
    return ", ".join(str(entry.rank) for entry in entries)
