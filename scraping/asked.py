"""The lines of Search.asked: what each source said when it was asked, as it is stored and as people read it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scraping.providers import label

# The source was reached and refused: then it is not the connection that is to be mended first.
REACHED = frozenset({"verification", "rate_limited", "blocked", "bad_response", "quota"})


def line(
    source: str, kind: str, message: str = "", *, found: int = 0, until: datetime | None = None, age: float = 0.0
) -> dict[str, Any]:
    """A line as Search.asked keeps it; `message` is an English msgid, `age` how many seconds ago that was answered."""
    rest = until.isoformat() if until else ""
    return {"source": source, "kind": kind, "message": message, "found": found, "until": rest, "age": round(age)}


def words(told: Mapping[str, Any]) -> str:
    """The line as people read it, in their language, without the name of the source."""
    if told["kind"] == "found":
        found = ngettext("%(n)d found", "%(n)d found", told["found"]) % {"n": told["found"]}
        return f"{found} ({_minutes(told['age'])})" if told.get("age") else found
    if told["kind"] == "empty":
        return _("found nothing")
    if told["kind"] == "off":
        return _("is switched off")
    message = _(told["message"]) if told["message"] else told["kind"]
    return f"{message} {_resting(told['until'])}" if told.get("until") else message


def name(source: str) -> str:
    """What people call a source, in their language."""
    return _(label(source))


def problem(asked: list[dict[str, Any]]) -> str:
    """The words of the refusal that is to be dealt with first, or "" where no source refused."""
    refused = [told for told in asked if told["kind"] not in ("found", "empty", "off")]
    if not any(told["kind"] in REACHED for told in refused):
        refused.sort(key=lambda told: told["kind"] != "network")
    return words(refused[0]) if refused else ""


def _minutes(age: float) -> str:
    minutes = max(1, round(age / 60))
    return ngettext("from %(n)d minute ago", "from %(n)d minutes ago", minutes) % {"n": minutes}


def _resting(until: str) -> str:
    moment = timezone.localtime(datetime.fromisoformat(until))
    return _("It is asked again from %(time)s.") % {"time": f"{moment:%H:%M}"}
