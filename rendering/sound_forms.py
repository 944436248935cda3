"""What the pages accept about sound, and the sentences for what they do not."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ranking.models import Project, Track
from rendering import voice


class MusicForm(forms.ModelForm):
    """The music of a ranking. A field that was not sent keeps its value; no track is no music."""

    class Meta:
        model = Project
        fields = ("track", "track_start", "track_volume")

    def __init__(self, data: Any, instance: Project) -> None:
        super().__init__(data, instance=instance)
        self.fields["track"].queryset = instance.owner.tracks.all()
        self.fields["track"].error_messages["invalid_choice"] = _("This music is not yours, or was deleted.")
        for name in [name for name in self.fields if name not in data]:
            del self.fields[name]

    def clean_track_volume(self) -> float:
        volume = self.cleaned_data["track_volume"]
        if not 0 <= volume <= 2:
            raise forms.ValidationError(_("The volume goes from 0 to 2."))
        return volume

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        track, start = values.get("track", self.instance.track), values.get("track_start", self.instance.track_start)
        if start is not None and start < 0:
            self.add_error("track_start", _("A time cannot be less than 0 seconds."))
        elif track and start is not None and start >= track.seconds:
            if "track_start" in self.fields and "track" not in self.changed_data:
                self.add_error("track_start", _("This music is only %(n).1f seconds long.") % {"n": track.seconds})
            else:
                self.instance.track_start = values["track_start"] = 0.0  # the beginning was chosen for another music
        return values


class CreditForm(forms.ModelForm):
    """Whom the texts of a film name for its music; nobody where it is empty."""

    class Meta:
        model = Track
        fields = ("credit",)
        error_messages = {"credit": {"max_length": _("A credit has at most %(limit_value)d letters.")}}


class SayForm(forms.Form):
    text = forms.CharField(
        max_length=300,
        error_messages={
            "required": _("Type what is to be said first."),
            "max_length": _("At most %(limit_value)d letters can be spoken."),
        },
    )
    voice = forms.ChoiceField(required=False, error_messages={"invalid_choice": _("There is no such voice.")})

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["voice"].choices = [(each.name, each.name) for each in voice.VOICES]
