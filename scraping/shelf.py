"""The library as its page shows it: filters, as the address says them, and which videos pass them."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ranking.models import Entry, Video
from scraping.library import LARGE, SORTS, find
from scraping.templatetags.found import source_name

ANY = ("", _("any"))
PLAIN = {"sort": "new"}  # what is so where nothing is said
HERE = ~Q(file="") & ~Q(sha256="")

# filter: {value: (its words, what passes)}; what nobody knows passes no filter
CHOICES: dict[str, dict[str, tuple[Any, Q]]] = {
    "file": {"here": (_("fetched"), HERE), "missing": (_("not fetched"), ~HERE)},
    "used": {"yes": (_("in a ranking"), Q(ranked=True)), "no": (_("in no ranking"), Q(ranked=False))},
    "length": {
        "15": (_("up to 15 s"), Q(duration__gt=0, duration__lte=15)),
        "60": (_("15 to 60 s"), Q(duration__gt=15, duration__lte=60)),
        "more": (_("over 60 s"), Q(duration__gt=60)),
    },
    "sound": {
        "with": (_("with sound"), Q(facts__has_audio=True)),
        "without": (_("silent"), Q(facts__has_audio=False)),
        "original": (_("Original sound"), Q(music__original=True)),
    },
    "whose": {"mine": (_("my uploads"), Q(owner__isnull=False)), "posts": (_("posts"), Q(owner=None))},
    "show": {"hidden": (_("hidden ones"), Q())},
}


def _choices(name: str) -> list[tuple[str, Any]]:
    return [ANY, *((value, words) for value, (words, _passing) in CHOICES[name].items())]


class ShelfForm(forms.Form):
    """Sort and filter. What makes no sense in it is as if it had not been said: an address never leads nowhere."""

    q = forms.CharField(max_length=500)
    sort = forms.ChoiceField(choices=[(name, words) for name, (words, _order) in SORTS.items()])
    source = forms.ChoiceField(label=_("Source"))
    file = forms.ChoiceField(label=_("File"), choices=_choices("file"))
    used = forms.ChoiceField(label=_("Used"), choices=_choices("used"))
    length = forms.ChoiceField(label=_("Length"), choices=_choices("length"))
    sound = forms.ChoiceField(label=_("Sound"), choices=_choices("sound"))
    whose = forms.ChoiceField(label=_("Whose"), choices=_choices("whose"))
    show = forms.ChoiceField(label=_("Hidden"), choices=[("", _("leave out")), *_choices("show")[1:]])
    project = forms.IntegerField(min_value=1)  # that the picked ones are added to

    def __init__(self, data: Any, user: Any) -> None:
        super().__init__(data, auto_id="by-%s", label_suffix="")
        self.user = user
        for field in self.fields.values():
            field.required = False
        # Of all videos, hidden ones too: so the index of posts answers alone, however large the library is.
        sources = Video.objects.order_by("source").values_list("source", flat=True).distinct()
        self.fields["source"].choices = [ANY, *((name, source_name(name)) for name in sources)]
        self.is_valid()

    @property
    def said(self) -> dict[str, Any]:
        """What was said and makes sense, by name."""
        return {name: value for name, value in self.cleaned_data.items() if value and PLAIN.get(name) != value}

    @property
    def query(self) -> str:
        """What was said, as the end of an address, without the ranking that videos are picked for."""
        return urlencode({name: value for name, value in self.said.items() if name != "project"})

    @property
    def address(self) -> str:
        """All that was said, as the end of an address."""
        return urlencode(self.said)

    @property
    def filtered(self) -> int:
        """How many filters are on."""
        return len(self.said.keys() & {"source", *CHOICES})

    def filters(self) -> list[forms.BoundField]:
        """The fields that stand behind the fold."""
        return [self[name] for name in ("source", *CHOICES)]

    def found(self) -> QuerySet[Video]:
        """The videos that pass, in the order asked for, each with whether a ranking of this user has it (`ranked`)."""
        said = self.said
        videos = self._hidden() if "show" in said else find(said.get("q", ""), self.user, said.get("sort", "new"))
        entries = Entry.objects.filter(video=OuterRef("pk"), project__owner=self.user)
        videos = videos.annotate(ranked=Exists(entries), marked=F("facts__watermarked"))
        if "source" in said:
            videos = videos.filter(source=said["source"])
        for name in CHOICES.keys() & said.keys():
            videos = videos.filter(CHOICES[name][said[name]][1])
        return videos

    def _hidden(self) -> QuerySet[Video]:
        seen = Video.objects.filter(Q(owner=None) | Q(owner=self.user), hidden=True).matching(self.said.get("q", ""))
        return seen.order_by(*SORTS[self.said.get("sort", "new")][1]).defer(*LARGE)
