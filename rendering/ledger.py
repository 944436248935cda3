"""The source ledger of a film: what each clip is, whose, what was known of it when the film was asked for."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import regex
from django.utils.translation import gettext, pgettext_lazy

from ranking.models import Entry, Project
from rendering.layers import board_of
from rendering.models import Render
from rendering.originality import Sign, signs
from rendering.plan import Plan
from rendering.reason_line import told
from rendering.style import style_of
from rendering.voiceover import slots

COUNTS = ("plays", "likes", "comments", "shares", "saves")
COLUMNS = (
    *("rank", "label", "reason", "author", "author_name", "url", "source", "caption", *COUNTS),
    *("published_at", "fetched_at", "duration", "in", "out", "voice", "music_title", "music_author", "music_original"),
    "sha256",
)
HEADINGS = {
    "rank": pgettext_lazy("column", "Rank"),
    "label": pgettext_lazy("column", "Label"),
    "reason": pgettext_lazy("column", "Reason"),
    "author": pgettext_lazy("column", "Maker"),
    "author_name": pgettext_lazy("column", "Maker's name"),
    "url": pgettext_lazy("column", "Link"),
    "source": pgettext_lazy("column", "Platform"),
    "caption": pgettext_lazy("column", "Caption"),
    "plays": pgettext_lazy("column", "Plays"),
    "likes": pgettext_lazy("column", "Likes"),
    "comments": pgettext_lazy("column", "Comments"),
    "shares": pgettext_lazy("column", "Shares"),
    "saves": pgettext_lazy("column", "Saves"),
    "published_at": pgettext_lazy("column", "Published"),
    "fetched_at": pgettext_lazy("column", "Numbers as of"),
    "duration": pgettext_lazy("column", "Length of the video (s)"),
    "in": pgettext_lazy("column", "Shown from (s)"),
    "out": pgettext_lazy("column", "Shown to (s)"),
    "voice": pgettext_lazy("column", "Own voice"),
    "music_title": pgettext_lazy("column", "Song"),
    "music_author": pgettext_lazy("column", "Song by"),
    "music_original": pgettext_lazy("column", "Original sound"),
    "sha256": pgettext_lazy("column", "File (SHA-256)"),
}
# What a spreadsheet takes for a formula where a cell begins so (OWASP, "CSV Injection"), full-width signs too.
FORMULA = regex.compile(r"^\s*[=+\-@＝＋－＠\t\r]")
BOM = "\ufeff"  # without it Excel reads UTF-8 as the machine's own code page


def sources_of(project: Project) -> list[dict[str, Any]]:
    """Return what is known now of the videos of a project, best first, to be stored with its film."""
    return [_source(entry) for entry in project.ranked()]


def _source(entry: Entry) -> dict[str, Any]:
    video = entry.video
    known = {name: getattr(video, name) for name in ("url", "author", "author_name", "source", "caption", "duration")}
    known |= {name: getattr(video, f"{name[:-1]}_count") for name in COUNTS}
    known |= {name: _iso(getattr(video, name)) for name in ("published_at", "fetched_at")}
    known |= {f"music_{name}": video.music.get(name) for name in ("title", "author", "original")}
    return known | {"rank": entry.rank, "sha256": video.sha256, "reason": entry.reason}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def rows(render: Render) -> list[dict[str, Any]]:
    """Return the ledger, best first, a dict of COLUMNS for each rank; what was not known is None.

    Label, reason, hash, in and out (seconds into the video), and whether a voice is heard come from the film's plan; a
    rank that was filmed without a reason has the one that the project has now for the same video.
    """
    known = {(source["rank"], source["sha256"]): source for source in render.sources}
    reasons = dict(render.project.entries.values_list("video__sha256", "reason"))
    plan, filmed = Plan.from_json(render.plan), []
    spoken = {slot.rank for slot in slots(plan)}
    for clip in sorted(plan.clips, key=lambda clip: clip.rank):
        source = known.get((clip.rank, clip.clip), {})
        row = dict.fromkeys(COLUMNS) | source | {"rank": clip.rank, "label": clip.label, "sha256": clip.clip}
        row |= {"in": round(clip.start, 3), "out": round(clip.start + clip.seconds, 3), "voice": clip.rank in spoken}
        row["reason"] = clip.reason or reasons.get(clip.clip, source.get("reason") or "")
        filmed.append({name: row[name] for name in COLUMNS})
    return filmed


def signs_of(render: Render, ledger: Sequence[dict[str, Any]]) -> list[Sign]:
    """Return the four signs of own work of a film, by what it shows and what is heard of it."""
    plan = Plan.from_json(render.plan)
    return signs(ledger, told(plan, board_of(plan, style_of(plan))))


def to_csv(ledger: Iterable[dict[str, Any]]) -> str:
    """Return the ledger as CSV for spreadsheets, its headings in the reader's language.

    It has a byte order mark, and no cell that is run as a formula.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writerow(HEADINGS)
    for row in ledger:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return BOM + text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
