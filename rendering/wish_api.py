"""The REST API of “Make it for me”: what a wish says, and the ranking that it begins with."""

from typing import Any

from django.forms import model_to_dict
from django.utils.translation import gettext as _
from ninja import Field, Schema

from ranking.channels import Channel
from ranking.forms import SettingsForm, first_error
from ranking.models import MAX_ENTRIES, Project
from rendering.models import Render
from rendering.wishes import LEAST, TOP, start_wish


class WishIn(Schema):
    keyword: str = Field(min_length=1, max_length=2000, description="A keyword, or at least three pasted links")
    source: str = Field("auto", max_length=32)
    top: int | None = Field(None, ge=LEAST, le=MAX_ENTRIES, description="Ranks; null is the channel's number, or 5")
    target: str | None = Field(None, description="shorts, tiktok, reels or free; null is the channel's, or shorts")
    seconds: float | None = Field(None, description="Of the film; null is the channel's length, or the target's")
    channel: str | None = Field(None, description="The name of one of your channels; null is none")


def make_wish(owner: Any, data: WishIn) -> Render:
    """Queue the film of a wish, and return it.

    Raises ValueError, a sentence, with nothing stored, for what makes no sense, and QuotaReached.
    """
    channel = _channel(owner, data.channel)
    project = Project(owner=owner, **(channel.begins_with() if channel else {}))
    said = {name: value for name in ("target", "seconds") if (value := getattr(data, name)) is not None}
    form = SettingsForm(model_to_dict(project, SettingsForm.Meta.fields) | said, instance=project)
    if not form.is_valid():
        raise ValueError(first_error(form))
    top = data.top or (channel.top if channel else TOP)
    return start_wish(owner, data.keyword, data.source, top, form.instance)


def _channel(owner: Any, name: str | None) -> Channel | None:
    if name is None:
        return None
    if found := owner.channels.filter(name=name.replace("\0", "")).first():
        return found
    raise ValueError(_("You have no channel “%(name)s”.") % {"name": name})
