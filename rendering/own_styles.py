"""Looks that users uploaded: the same file as the studio's own styles, kept per owner."""

import json
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ranking.models import Project
from rendering.models import OwnStyle
from rendering.style import names, style
from rendering.style_fields import Called
from rendering.style_file import parse

OWN = "own-"  # before the number of a user's own style, in Project.style
MOST_BYTES = 64 * 1024  # the studio's own take 4 KB
MOST_STYLES = 50  # of one user


def own_styles(user: Any) -> QuerySet[OwnStyle]:
    """Return the styles that a user uploaded."""
    return OwnStyle.objects.filter(owner=user)


def look_of(value: str, user: Any) -> dict[str, Any] | None:
    """Return the data of a user's own style, None for one of the studio's. Raises ValueError when there is none."""
    if value in names():
        return None
    number = value.removeprefix(OWN)
    found = own_styles(user).filter(pk=number).first() if value.startswith(OWN) and number.isdecimal() else None
    if found is None:
        raise ValueError(_("There is no style “%(name)s”.") % {"name": value})
    return found.data


def own_value(own: OwnStyle) -> str:
    """Return what a project stores as its style to have this one."""
    return f"{OWN}{own.pk}"


def style_choices(user: Any) -> list[tuple[str, str]]:
    """Return what a project of this user can have as its style, each with its name in the language of the page."""
    shipped = [(name, called(style(name).called)) for name in names()]
    return shipped + [(own_value(own), own.name) for own in own_styles(user)]


def style_name(value: str) -> str:
    """Return what people call one of the studio's styles; of a user's own one only that it is that."""
    return called(style(value).called) if value in names() else _("an own style")


def called(name: Called) -> str:
    """Return a style's name in the language of the page."""
    return name.ko if (get_language() or "").startswith("ko") else name.en


def keep_own_style(user: Any, data: bytes) -> OwnStyle:
    """Store an uploaded style; one of the same name is replaced. Raises ValueError with a sentence for people."""
    if len(data) > MOST_BYTES:
        raise ValueError(_("A style's file is at most 64 KB."))
    if not data:
        raise ValueError(_("Choose a file first."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(_("A style's file is JSON in UTF-8.")) from error
    found = parse(text)
    if found in map(style, names()):
        raise ValueError(
            _("This is the style “%(name)s” as it was. Change something in it first.") % {"name": called(found.called)}
        )
    known = own_styles(user).filter(name=found.name).exists()
    if not known and own_styles(user).count() >= MOST_STYLES:
        raise ValueError(_("You have %(n)d styles; delete one first.") % {"n": MOST_STYLES})
    stored = {"data": json.loads(text)}
    return OwnStyle.objects.update_or_create(owner=user, name=found.name, defaults=stored)[0]


def delete_own_style(own: OwnStyle) -> None:
    """Delete a style. Raises ValueError with a sentence while a ranking uses it."""
    using = Project.objects.owned_by(own.owner).filter(style=own_value(own))
    if project := using.first():
        raise ValueError(_("“%(project)s” uses this style: choose another there first.") % {"project": project.name})
    own.delete()
