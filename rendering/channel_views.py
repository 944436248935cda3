"""The pages of channels: how their films are made, kept from a ranking or said by hand."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ranking.channels import Channel, keep_as
from ranking.forms import TOO_LONG, SettingsForm, target_name
from ranking.history import changing
from ranking.models import MAX_ENTRIES
from ranking.owned import project_of
from rendering import voice
from rendering.wishes import LEAST

GROUPS = (
    (_("Ranking"), ("name", "top", "target", "style", "order", "seconds")),
    (_("Finishing touches"), ("transition", "hook", "card", "effects")),
    (_("Music and voices"), ("track", "track_volume", "voice")),
    (_("Texts"), ("credit", "language")),
)
ALL = tuple(name for _heading, names in GROUPS for name in names)


class ChannelForm(SettingsForm):
    """All of a channel; it is sent whole."""

    top = forms.TypedChoiceField(label=_("How many ranks"), coerce=int)
    track_volume = forms.FloatField(
        label=_("Volume of the music"),
        min_value=0,
        max_value=2,
        widget=forms.NumberInput({"type": "range", "step": 0.05}),
        help_text=_("The usual level under a film is 100%."),
    )
    voice = forms.ChoiceField(label=_("Speaking voice"), required=False, help_text=_("It speaks the words you type."))

    class Meta(SettingsForm.Meta):
        model = Channel
        fields = ALL
        labels = {
            "transition": _("Between clips"),
            "hook": _("Open with a flash of #1"),
            "card": _("Words on the end card"),
            "effects": _("Sound effects"),
        }
        help_texts = {
            "hook": _("1.2 seconds that give nothing away"),
            "card": _("2.2 seconds at the end. | begins the second line."),
            "effects": _("when a rank appears or clips change"),
        }
        widgets = {
            "card": forms.TextInput({"placeholder": _("none")}),
            "credit": forms.TextInput({"placeholder": _("Credits")}),
        }
        error_messages = {"card": TOO_LONG, "name": TOO_LONG, "credit": TOO_LONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["top"].choices = [(n, f"TOP {n}") for n in range(LEAST, MAX_ENTRIES + 1)]
        self.fields["voice"].choices = [("", _("Whichever fits")), *self._voices()]
        self.fields["language"].choices = [("", _("that of the page")), *self.fields["language"].choices[1:]]
        self.fields["track"].queryset = self.instance.owner.tracks.all()
        self.fields["track"].empty_label = _("none")
        if self.instance.seconds:
            self.initial["seconds"] = f"{self.instance.seconds:g}"

    def _voices(self) -> list[tuple[str, Any]]:
        """Those that speak here, and the one that was chosen where it did."""
        ready = voice.ready()
        gone = [each for each in voice.VOICES if each.name == self.instance.voice and each not in ready]
        missing = [(each.name, _("%(name)s, not on this machine") % {"name": each.called}) for each in gone]
        return [(each.name, each.called) for each in ready] + missing

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the fields of the page by groups, each with its heading; what was not sent is left out."""
        return [(heading, [self[name] for name in names if name in self.fields]) for heading, names in GROUPS]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if self.instance.owner.channels.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("You have a channel of this name already."))
        return name


@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    found = list(request.user.channels.select_related("track"))
    for one in found:
        one.made_for = target_name(one.target)
    return render(request, "rendering/channels.html", {"channels": found})


@require_http_methods(["GET", "POST"])
def channel(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(request.user.channels, pk=pk)
    form = ChannelForm(request.POST or None, instance=found)
    if not form.is_valid():
        shown = {"form": form, "channel": request.user.channels.get(pk=pk)}
        return render(request, "rendering/channel.html", shown, status=422 if form.is_bound else 200)
    form.save()
    messages.success(request, gettext("The channel is saved. Its next rankings begin so."))
    return redirect("channels")


@require_POST
def keep(request: HttpRequest, project_id: int) -> HttpResponse:
    """Keep how a ranking is made as a channel, and have the ranking be of it."""
    project, name = project_of(request, project_id), request.POST.get("name", "").replace("\0", "").strip()
    if not 0 < len(name) <= 60:
        messages.error(request, gettext("A channel's name has 1 to 60 letters."))
        return redirect(project)
    with changing(project) as now:
        top = min(max(now.entries.count(), LEAST), MAX_ENTRIES)
        now.channel = request.user.channel = keep_as(request.user, name, now, top)
        now.save(update_fields=["channel"])
        request.user.save(update_fields=["channel"])
    messages.success(request, gettext("“%(name)s” is kept: new rankings begin as this one is made.") % {"name": name})
    return redirect(project)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(request.user.channels, pk=pk).delete()
    messages.success(request, gettext("The channel is deleted. Its rankings and films stay."))
    return redirect("channels")
