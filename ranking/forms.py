"""What the pages accept, and the sentences for what they do not."""

from typing import Any

from django import forms
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ranking import scoring
from ranking.models import Entry, Project, Video

# The hub names what stands above it by dotted string only.
TARGETS = "rendering.targets.TARGETS"
STYLES = "rendering.own_styles.style_choices"
STYLE_NAME = "rendering.own_styles.style_name"
_("Free length")  # a target's label, here to be found by makemessages
SOURCES = "scraping.providers.names"
VOICES = "rendering.voice.VOICES"
LEAST_SECONDS = 3.0  # a shorter film shows nothing
SOURCE_NAME = "scraping.asked.name"
TOLD_BY_THEMSELVES = "links"  # a source that nobody need choose: what is pasted says it


def target_choices() -> list[tuple[str, str]]:
    """Return the places a film can be made for, each with the longest film it takes."""
    words = gettext("%(name)s, up to %(n)d s")
    targets = import_string(TARGETS).items()
    return [(name, words % {"name": gettext(target.label), "n": target.max_seconds}) for name, target in targets]


def target_name(name: str) -> str:
    """Return what people call a place a film can be made for; its name for one that is not there (any more)."""
    found = import_string(TARGETS).get(name)
    return gettext(found.label) if found else name


def style_choices(owner: Any) -> list[tuple[str, str]]:
    """Return the styles a film of this user can have, their own ones last."""
    return import_string(STYLES)(owner)


def style_name(value: str) -> str:
    """Return what people call a style."""
    return import_string(STYLE_NAME)(value)


def voice_choices() -> list[tuple[str, str]]:
    """Return the voices that may read typed text, on this machine or on another one."""
    return [("", _("Whichever fits")), *((voice.name, voice.called) for voice in import_string(VOICES))]


def source_choices() -> list[tuple[str, str]]:
    """Return the sources a keyword can be looked for in; auto decides by what was typed."""
    names = [name for name in import_string(SOURCES)() if name != TOLD_BY_THEMSELVES]
    return [("auto", _("Automatic")), *((name, import_string(SOURCE_NAME)(name)) for name in names)]


def first_error(form: forms.BaseForm) -> str:
    """Return the first sentence that says what is wrong with a form."""
    return next(iter(errors[0] for errors in form.errors.values()), "")


TOO_LONG = {"max_length": _("At most %(limit_value)d letters fit here: these are %(show_value)d.")}


class TitleForm(forms.ModelForm):
    class Meta:
        model = Project
        fields = ("title",)
        error_messages = {"title": TOO_LONG}


class SettingsForm(forms.ModelForm):
    target = forms.ChoiceField(choices=target_choices, label=_("Made for"))
    style = forms.ChoiceField(label=_("Style"))
    seconds = forms.FloatField(
        required=False,
        label=_("Length in seconds"),
        min_value=LEAST_SECONDS,
        widget=forms.NumberInput({"placeholder": _("automatic"), "inputmode": "decimal"}),
        help_text=_("Empty: as long as it may be where it is shown."),
        error_messages={"min_value": _("A film lasts at least %(limit_value)d seconds.")},
    )

    class Meta:
        model = Project
        fields = ("target", "style", "order", "seconds", "transition", "hook", "card", "effects")
        error_messages = {"card": TOO_LONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["style"].choices = style_choices(self.instance.owner)
        if self.is_bound and "style" not in self.data:  # the gallery stores it
            del self.fields["style"]
        if self.is_bound and "transition" not in self.data:  # what is not sent keeps its value, a box that is off too
            for name in ("transition", "hook", "card", "effects"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        seconds, target = values.get("seconds"), import_string(TARGETS).get(values.get("target"))
        if seconds and target and seconds > target.max_seconds:
            limits = {"name": gettext(target.label), "n": int(target.max_seconds)}
            self.add_error("seconds", _("%(name)s takes at most %(n)d seconds.") % limits)
        return values


class EntryForm(forms.ModelForm):
    """The editable parts of an entry. A field that was not sent keeps its value."""

    class Meta:
        model = Entry
        fields = ("label", "reason", "fit", "volume", "start", "end")
        error_messages = {"label": TOO_LONG, "reason": TOO_LONG}

    def __init__(self, data: Any, instance: Entry) -> None:
        super().__init__(data, instance=instance)
        for name in [name for name in self.fields if name not in data]:
            del self.fields[name]
        if "volume" in self.fields:
            self.fields["volume"].widget.attrs |= {"min": 0, "max": 2}

    def clean_volume(self) -> float:
        volume = self.cleaned_data["volume"]
        if not 0 <= volume <= 2:
            raise forms.ValidationError(_("The volume goes from 0 to 2."))
        return volume

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        start = values.get("start", self.instance.start if "start" not in self.fields else None)
        end = values.get("end", self.instance.end if "end" not in self.fields else None)
        length = self.instance.video.duration
        if any(value is not None and value < 0 for value in (start, end)):
            raise forms.ValidationError(_("A time cannot be less than 0 seconds."))
        if start is not None and end is not None and end <= start:
            raise forms.ValidationError(_("The end must come after the start."))
        if length and any(value is not None and value > length + 0.05 for value in (start, end)):
            raise forms.ValidationError(_("This video is only %(n).1f seconds long.") % {"n": length})
        if length and start is not None and start >= length:
            raise forms.ValidationError(_("The start must come before the end of the video."))
        return values


class MoveForm(forms.Form):
    rank = forms.IntegerField(min_value=1, error_messages={"min_value": _("Ranks begin at 1.")})
    was = forms.IntegerField(required=False)  # the rank that the page knew
    placed = forms.BooleanField(required=False)  # the page shows it there already


class WeightsForm(forms.Form):
    """The weights of the score, 0 to 100 each; one that was not sent is the usual one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, usual in scoring.WEIGHTS.items():
            self.fields[name] = forms.IntegerField(
                required=False, min_value=0, max_value=100, label=scoring.NAMES[name], initial=usual
            )

    def weights(self) -> dict[str, int]:
        """Return the weights of a valid form."""
        given = {name: self.cleaned_data.get(name) for name in scoring.WEIGHTS}
        return {name: scoring.WEIGHTS[name] if value is None else value for name, value in given.items()}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and not any(self.weights().values()):
            raise forms.ValidationError(_("At least one weight must be more than 0."))
        return values


def picked_ids(data: Any) -> list[int]:
    """Return the ids picked on a page, in the order they were picked."""
    turns = data.get("picked", "").split(",")  # with those that a filter hid after they were picked
    values = [*data.getlist("video"), *turns]
    turns = turns if any(turns) else data.get("top", "").split(",")  # a page without scripts says the best few alone
    ids = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]
    turn = {value: place for place, value in enumerate(turns)}
    ids.sort(key=lambda pk: turn.get(str(pk), len(turn)))
    return list(dict.fromkeys(ids))


def picked_videos(data: Any, user: Any) -> list[Video]:
    """Return the videos picked on a page, in the order they were picked, as far as this user may see them."""
    ids = picked_ids(data)
    found = Video.objects.visible_to(user).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]
