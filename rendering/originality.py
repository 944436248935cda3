"""How much of a film is its maker's own, by four signs that the platforms ask for; no law, and no promise."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Our own measures: no platform gives a number.
VOICED = 0.5  # of the ranks with a voice
OWN = 0.5  # of the clips
SHOWN = 0.6  # of a video of somebody else; a film that shows more of it shows it nearly whole
AS_OF = 2026  # the year in which the pages of RULES were read


@dataclass(frozen=True)
class Sign:
    """One sign of own work: whether it is there, what the film has of it, and what to do next ("" where it is)."""

    name: str
    there: bool
    title: str
    has: str
    todo: str


@dataclass(frozen=True)
class Rule:
    """What a platform calls reused, in plain words, and the page where it says so."""

    place: str
    page: str
    words: Any


RULES = (
    Rule(
        "YouTube",
        "YouTube channel monetization policies – Reused content",
        gettext_lazy(
            "Short videos put together from other sites do not earn, even where their makers allow it. Clips of others "
            "may earn where your own commentary or story clearly makes something new of them. The whole channel counts."
        ),
    ),
    Rule(
        "Instagram",
        "Instagram for Creators – Original content guidelines",
        gettext_lazy(
            "Accounts that mostly post what others made are not recommended. To name the maker, to add a frame or to "
            "change the speed is not enough; text, commentary or a voice that adds something is."
        ),
    ),
    Rule(
        "TikTok",
        "TikTok Community Guidelines – Unoriginal content; Creator Rewards Program",
        gettext_lazy(
            "Videos of others without a new or creative edit, or with the logo of another app on them, are kept from "
            "the For You feed and earn nothing."
        ),
    ),
)


def signs(ledger: Sequence[dict[str, Any]], told: Collection[int]) -> list[Sign]:
    """Return the four signs of a film, by its ledger and by the ranks whose reason it shows."""
    return [_reasons(ledger, told), _voices(ledger), _footage(ledger), _cuts(ledger)]


def is_own(row: dict[str, Any]) -> bool:
    """Return whether a clip is a file of the user's that no post is known of; who filmed it, only they know."""
    return row["source"] == "file" and not row["url"] and not row["author"]


def _is_of_others(row: dict[str, Any]) -> bool:
    return not is_own(row) and row["source"] != "demo"


def credit_words(ledger: Sequence[dict[str, Any]]) -> str:
    """Return the sentence on whom the film names, which is fair and no sign of own work."""
    others = [row for row in ledger if _is_of_others(row)]
    if not others:
        return ""
    named = sum(1 for row in others if row["author"])
    numbers = {"named": named, "all": len(others)}
    if not named:
        return _("The film names none of the makers of its %(all)d clips.") % numbers
    return (
        _("The film names the makers of %(named)d of %(all)d clips. That is fair, but alone it counts nowhere.")
        % numbers
    )


def _reasons(ledger: Sequence[dict[str, Any]], told: Collection[int]) -> Sign:
    lacking = [str(row["rank"]) for row in ledger if row["rank"] not in told and not row["voice"]]
    has = _("Every rank says why it stands there, on the screen or aloud.")
    if lacking:
        has = _("The film shows no reason and has no voice: rank %(ranks)s.") % {"ranks": ", ".join(lacking)}
    todo = _("Write in your own words why each clip has its rank, and make the film again.")
    return Sign("reasons", not lacking, _("A reason for each rank"), has, todo if lacking else "")


def _voices(ledger: Sequence[dict[str, Any]]) -> Sign:
    voiced = sum(1 for row in ledger if row["voice"])
    there = bool(ledger) and voiced >= VOICED * len(ledger)
    has = _("%(n)d of %(all)d ranks have a voice.") % {"n": voiced, "all": len(ledger)}
    todo = _("Record a voice for at least half of the ranks: a reason that is heard counts more than one that is read.")
    return Sign("voices", there, _("Your own commentary"), has, "" if there else todo)


def _footage(ledger: Sequence[dict[str, Any]]) -> Sign:
    own = sum(1 for row in ledger if is_own(row))
    there = bool(ledger) and own >= OWN * len(ledger)
    numbers = {"n": own, "all": len(ledger)}
    has = _("%(n)d of %(all)d clips are files of yours. They count only where you filmed them.") % numbers
    todo = _("Add clips that you filmed yourself, for example your reaction or your own try.")
    return Sign("footage", there, _("Your own footage"), has, "" if there else todo)


def _cuts(ledger: Sequence[dict[str, Any]]) -> Sign:
    others = [row for row in ledger if _is_of_others(row)]
    whole = [str(row["rank"]) for row in others if _share(row) > SHOWN]
    has = _("Of each video of others, only a part is shown.") if others else _("There is no video of others in it.")
    if whole:
        has = _("Shown nearly whole, or of unknown length: rank %(ranks)s.") % {"ranks": ", ".join(whole)}
    todo = _("Cut these clips to the moment that matters; at most 60 percent of a video.")
    return Sign("cuts", not whole, _("Cuts of your own"), has, todo if whole else "")


def _share(row: dict[str, Any]) -> float:
    """Return which share of its video a clip shows, 1 where the video's length is not known."""
    return (row["out"] - row["in"]) / row["duration"] if row["duration"] else 1.0
