"""What differed from one film of a project to the next, in words, from what was fixed when each was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ranking.models import Entry, Project
from rendering.models import Render
from rendering.own_styles import called
from rendering.plan import Clip, Plan
from rendering.style import style_of
from rendering.targets import target

SEEN = 0.05  # seconds: a smaller difference is one of rounding


@dataclass(frozen=True)
class Told:
    """A film and what differed in it from the one before; None for the first one."""

    film: Render
    words: list[str] | None


def told(films: Sequence[Render]) -> list[Told]:
    """Return these films of one project, newest first, each with what differed from the one made before it."""
    films = list(films)
    found = []
    if films:
        before = films[-1].project.renders.finished().filter(created_at__lt=films[-1].created_at).first()
        found = [*films[1:], before]
    return [Told(film, between(old, film) if old else None) for film, old in zip(films, found, strict=True)]


def between(old: Render, new: Render) -> list[str]:
    """Return in sentences what differs from one film to another; one sentence where nothing does."""
    before, after = Plan.from_json(old.plan), Plan.from_json(new.plan)
    words = [*_whole(before, after), *_clips(before, after)]
    if abs(before.seconds - after.seconds) > SEEN:
        words.append(_("Length: %(old).1f s → %(new).1f s") % {"old": before.seconds, "new": after.seconds})
    return words or [_("Nothing: it was only made again.")]


def _whole(old: Plan, new: Plan) -> list[str]:
    """Return what differs in the film as a whole."""
    pairs = [
        (_("Title"), " | ".join(old.title), " | ".join(new.title)),
        (_("Style"), _style(old), _style(new)),
        (_("Made for"), target(old.target).label, target(new.target).label),
        (_("Order"), _order(old), _order(new)),
        (_("Transition"), _transition(old), _transition(new)),
        (_("Opening flash of #1"), _switch(old.hook), _switch(new.hook)),
        (_("End card"), " | ".join(old.card), " | ".join(new.card)),
        (_("Sound effects"), _switch(old.effects), _switch(new.effects)),
    ]
    words = [f"{name}: {_quoted(before)} → {_quoted(after)}" for name, before, after in pairs if before != after]
    if old.look != new.look and _style(old) == _style(new):
        words.append(_("The style's own look was changed."))
    return words + _music(old, new)


def _quoted(text: str) -> str:
    return text or _("none")


def _style(plan: Plan) -> str:
    return called(style_of(plan).called)


def _order(plan: Plan) -> str:
    """Return the order of playing by its name."""
    rising = list(plan.order) == sorted(plan.order)
    falling = list(plan.order) == sorted(plan.order, reverse=True)
    order = Project.Order.LISTED if rising else Project.Order.COUNTDOWN if falling else Project.Order.SHUFFLED
    return str(order.label)


def _transition(plan: Plan) -> str:
    return str(Project.Transition(plan.transition).label)


def _switch(on: bool) -> str:
    return _("on") if on else _("off")


def _music(old: Plan, new: Plan) -> list[str]:
    if old.bed == new.bed:
        return []
    if not old.bed or not new.bed:
        return [_("Music was added.") if new.bed else _("Music was taken out.")]
    return [
        _("Other music.") if old.bed.track != new.bed.track else _("The music starts elsewhere or is louder or softer.")
    ]


def _clips(old: Plan, new: Plan) -> list[str]:
    """Return what differs in the clips: which came and went, which moved, and what was changed of those that stayed."""
    was, now = ({clip.clip: clip for clip in plan.clips} for plan in (old, new))
    words = [_("New: %(clip)s") % {"clip": _named(clip)} for key, clip in now.items() if key not in was]
    words += [_("Taken out: %(clip)s") % {"clip": _named(clip)} for key, clip in was.items() if key not in now]
    stayed = [(was[key], clip) for key, clip in now.items() if key in was]
    # Where one came or went the others close up: only who passed another one was moved.
    earlier = sorted(stayed, key=lambda pair: pair[0].rank)
    for place, (before, clip) in enumerate(sorted(stayed, key=lambda pair: pair[1].rank)):
        if earlier[place][1] is not clip:
            words.append(_("%(clip)s: was #%(rank)d") % {"clip": _named(clip), "rank": before.rank})
    return words + [word for before, clip in stayed for word in _clip(before, clip)]


def _named(clip: Clip) -> str:
    return f"#{clip.rank} {clip.label}".strip()


def _clip(old: Clip, new: Clip) -> list[str]:
    """Return what was changed of a clip that is in both films."""
    said = []
    for name, before, after in ((_("label"), old.label, new.label), (_("reason"), old.reason, new.reason)):
        if before != after:
            said.append(f"{name} {_quoted(before)} → {_quoted(after)}")
    if old.fit != new.fit:
        said.append(f"{Entry.Fit(old.fit).label} → {Entry.Fit(new.fit).label}")
    if old.volume != new.volume:
        said.append(
            _("volume %(old)d%% → %(new)d%%") % {"old": round(old.volume * 100), "new": round(new.volume * 100)}
        )
    if abs(old.start - new.start) > SEEN:
        said.append(_("another part is shown"))
    if old.masks != new.masks:
        said.append(_("other blurred areas"))
    if old.voice != new.voice:
        said.append(
            _("another voice") if old.voice and new.voice else _("with a voice") if new.voice else _("no voice")
        )
    return [f"#{new.rank}: {', '.join(said)}"] if said else []
