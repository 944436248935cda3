"""How a step of a ranking's history is called: “label of rank 2”, in the language of the page."""

from typing import Any

from django.db.models import Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ranking.models import Change, Project


def offers(project: Project, ranks: dict[int, int] | None = None) -> dict[str, Any]:
    """Return the steps that can be undone and done again now, if there are; each has its `told`.

    Whoever knows the ranks of the entries, by key, gives them: then this asks the database once.
    """
    done, undone = project.changes.filter(undone=False), project.changes.filter(undone=True)
    last, first = done.order_by("-number").values("number")[:1], undone.order_by("number").values("number")[:1]
    found = {}
    for change in project.changes.filter(Q(number=Subquery(last)) | Q(number=Subquery(first))):
        change.told = told(change, ranks_of(project) if ranks is None else ranks)
        found["redo" if change.undone else "undo"] = change
    return found


def ranks_of(project: Project) -> dict[int, int]:
    """Return the ranks of a project's entries by key, as told() wants them."""
    return dict(project.entries.values_list("pk", "rank"))


def told(change: Change, ranks: dict[int, int]) -> str:
    """Return what a step is called; ranks are those of the entries as they are now, by key."""
    if change.words:
        return _(change.words)
    entries = change.after.get("entries", {})
    if gone := [int(pk) for pk, entry in entries.items() if entry is None]:
        return _("removing rank %(n)d") % {"n": change.before["order"].index(gone[0]) + 1}
    if new := [pk for pk in entries if change.before["entries"][pk] is None]:
        return ngettext("adding %(n)d video", "adding %(n)d videos", len(new)) % {"n": len(new)}
    if entries:
        pk, fields = next(iter(entries.items()))
        return _of_rank(fields, ranks.get(int(pk), 0))
    return _of_project(change.after.get("project", {})) or _("the order of the ranks")


def _of_rank(fields: dict[str, Any], rank: int) -> str:
    """Return what of a rank was changed, said of the first field that has a name."""
    names = {
        "label": _("label of rank %(n)d"),
        "reason": _("reason of rank %(n)d"),
        "start": _("part shown of rank %(n)d"),
        "end": _("part shown of rank %(n)d"),
        "fit": _("fit of rank %(n)d"),
        "volume": _("volume of rank %(n)d"),
        "masks": _("blurred areas of rank %(n)d"),
        "voice": _("voice of rank %(n)d"),
    }
    words = next((names[name] for name in names if name in fields), _("a setting of rank %(n)d"))
    return words % {"n": rank}


def _of_project(fields: dict[str, Any]) -> str:
    """Return what of the project itself was changed: its fields' own names."""
    names = [str(Project._meta.get_field(name).verbose_name) for name in fields]
    return ", ".join(dict.fromkeys({"track start": _("music"), "track volume": _("music")}.get(n, n) for n in names))
