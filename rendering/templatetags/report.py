"""The report of a film as its page shows it."""

from dataclasses import dataclass

from django import template

from ranking.models import Entry
from rendering import behind
from rendering.models import Render
from rendering.report import words
from rendering.report.check import FAIL, FINE, NOTE, WARN, Check

register = template.Library()

ICONS = {FAIL: "x", WARN: "triangle-alert", NOTE: "info", FINE: "check"}


@dataclass(frozen=True)
class Line:
    """A line in the reader's language; `entry` is the entry of the project that it is about, if it is still there."""

    level: str
    icon: str
    name: str
    said: str
    hint: str
    entry: Entry | None


@dataclass(frozen=True)
class Report:
    """The lines that ask for a look, gravest first, and those that are right; `level` is that of the gravest."""

    level: str
    open: list[Line]
    fine: list[Line]


@register.simple_tag
def report_of(render: Render) -> Report | None:
    """Return the report of a film; None for a draft, and for one that was made before there were reports."""
    if not render.facts.get("checks"):
        return None
    entries = {entry.video.sha256: entry for entry in render.project.entries.select_related("video")}
    checks = [Check.from_json(line) for line in render.facts["checks"]]
    lines = [_line(check, entries) for check in checks]
    opened = sorted((line for line in lines if line.level != FINE), key=lambda line: list(ICONS).index(line.level))
    level = opened[0].level if opened else FINE
    return Report(level, opened, [line for line in lines if line.level == FINE])


@register.simple_tag
def is_behind(render: Render) -> bool:
    """Return whether the project was changed since this film was asked for."""
    return behind.is_behind(render)


def _line(check: Check, entries: dict[str, Entry]) -> Line:
    entry = entries.get(check.clip) if check.clip else None
    return Line(check.level, ICONS[check.level], words.name_of(check), words.said(check), words.hint(check), entry)
