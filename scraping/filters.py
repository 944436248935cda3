"""How the results of a search are sorted and what is left out of them, as its address says."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ranking.models import MAX_ENTRIES, Video
from ranking.templatetags.studio import human_count

FOUND = "found"
ORIGINAL = "original"  # the choice of all sounds that are the posts' own
LENGTHS = {"15": (0, 15), "60": (15, 60), "more": (60, float("inf"))}  # seconds: over the first, up to the second


def like_rate(video: Video) -> float | None:
    """Likes per play, or None where a source did not give both."""
    return video.like_count / video.play_count if video.play_count and video.like_count is not None else None


def sound_of(video: Video) -> str:
    """The name of a post's sound: "original" for its own, "" where nobody said."""
    if video.music.get("original"):
        return ORIGINAL
    return " – ".join(part for part in (video.music.get("title"), video.music.get("author")) if part)


# By which value of a video (None stands last), and whether the greatest comes first.
SORTS: dict[str, tuple[Any, Callable[[Video], Any], bool]] = {
    FOUND: (gettext_lazy("As found"), lambda video: 0, False),
    "score": (gettext_lazy("Best score"), lambda video: video.score.total, True),
    "plays": (gettext_lazy("Most played"), lambda video: video.play_count, True),
    "likes": (gettext_lazy("Most liked"), lambda video: video.like_count, True),
    "rate": (gettext_lazy("Most likes per play"), like_rate, True),
    "new": (gettext_lazy("Newest posts"), lambda video: video.published_at, True),
    "short": (gettext_lazy("Shortest first"), lambda video: video.duration, False),
    "long": (gettext_lazy("Longest first"), lambda video: video.duration, True),
    "sound": (gettext_lazy("By sound"), lambda video: sound_of(video) or None, False),
    "source": (gettext_lazy("By source"), lambda video: video.source, False),
}

# What a filter looks at, and whether that passes what was said; what nobody knows never passes.
FILTERS: dict[str, tuple[Callable[[Video], Any], Callable[[Any, Any], bool]]] = {
    "plays": (lambda video: video.play_count, lambda known, said: known >= int(said)),
    "likes": (lambda video: video.like_count, lambda known, said: known >= int(said)),
    "rate": (like_rate, lambda known, said: known >= int(said) / 100),
    "days": (lambda video: video.published_at, lambda known, said: known >= timezone.now() - timedelta(days=int(said))),
    "length": (lambda video: video.duration, lambda known, said: LENGTHS[said][0] < known <= LENGTHS[said][1]),
    "sound": (sound_of, lambda known, said: known == said),
    "source": (lambda video: video.source, lambda known, said: known == said),
    "unused": (lambda video: getattr(video, "used", False), lambda used, said: not used),
}


class ResultsForm(forms.Form):
    """Sort and filter. What makes no sense in it is as if it had not been said: an address never leads nowhere."""

    sort = forms.ChoiceField(label=gettext_lazy("Sort by"), choices=[(name, row[0]) for name, row in SORTS.items()])
    plays = forms.ChoiceField(label=gettext_lazy("Plays"))
    likes = forms.ChoiceField(label=gettext_lazy("Likes"))
    rate = forms.ChoiceField(label=gettext_lazy("Likes per play"))
    days = forms.ChoiceField(label=gettext_lazy("Posted"))
    length = forms.ChoiceField(label=gettext_lazy("Length"))
    sound = forms.ChoiceField(label=gettext_lazy("Sound"))
    source = forms.ChoiceField(label=gettext_lazy("Source"))
    unused = forms.BooleanField(label=gettext_lazy("Leave out what I used before"))
    top = forms.IntegerField(min_value=1, max_value=MAX_ENTRIES)
    project = forms.IntegerField(min_value=1)  # that the picked ones are added to

    def __init__(self, data: Any, videos: Iterable[Video]) -> None:
        super().__init__(data, auto_id="by-%s", label_suffix="")
        for field in self.fields.values():
            field.required = False
        self.fields["plays"].choices = _at_least(10_000, 100_000, 1_000_000)
        self.fields["likes"].choices = _at_least(1_000, 10_000, 100_000)
        self.fields["rate"].choices = [_any(), *((str(n), _("at least %(n)d%%") % {"n": n}) for n in (5, 10, 20))]
        self.fields["days"].choices = [_any(), *((str(n), _days(n)) for n in (7, 30, 365))]
        lengths = [("15", _("up to 15 s")), ("60", _("15 to 60 s")), ("more", _("over 60 s"))]
        self.fields["length"].choices = [_any(), *lengths]
        self.fields["sound"].choices = _sounds(videos)
        self.fields["source"].choices = [_any(), *((name, name) for name in sorted({video.source for video in videos}))]
        self.is_valid()

    @property
    def said(self) -> dict[str, Any]:
        """What was said and makes sense, by name."""
        return {name: value for name, value in self.cleaned_data.items() if value and value != FOUND}

    @property
    def query(self) -> str:
        """What was said, as the end of an address."""
        return urlencode({name: "on" if value is True else value for name, value in self.said.items()})

    @property
    def plain(self) -> str:
        """The same without the best few, which are asked for anew each time."""
        said = {name: "on" if value is True else value for name, value in self.said.items() if name != "top"}
        return urlencode(said)

    @property
    def filtered(self) -> int:
        """How many filters are on."""
        return len(self.said.keys() & FILTERS.keys())

    def filters(self) -> list[forms.BoundField]:
        """The fields that stand behind the fold: those with something to choose."""
        return [self[name] for name in FILTERS if self._chooses(name)]

    def _chooses(self, name: str) -> bool:
        least = 3 if name == "source" else 2  # results of one source need no choice of it
        return name == "unused" or len(self.fields[name].choices) >= least

    def applied(self, videos: Iterable[Video]) -> list[Video]:
        """The videos that pass, in the order asked for; what nobody knows passes no filter and stands last."""
        said = {name: value for name, value in self.said.items() if name in FILTERS}
        passing = [video for video in videos if all(_passes(video, name, value) for name, value in said.items())]
        _words, key, falling = SORTS[self.cleaned_data.get("sort") or FOUND]
        known = sorted((video for video in passing if key(video) is not None), key=key, reverse=falling)
        return known + [video for video in passing if key(video) is None]


def _passes(video: Video, name: str, said: Any) -> bool:
    known_of, test = FILTERS[name]
    known = known_of(video)
    return known is not None and test(known, said)


def _any() -> tuple[str, str]:
    return "", _("any")


def _at_least(*numbers: int) -> list[tuple[str, str]]:
    return [_any(), *((str(n), _("at least %(n)s") % {"n": human_count(n)}) for n in numbers)]


def _days(days: int) -> str:
    return ngettext("in the last %(n)d day", "in the last %(n)d days", days) % {"n": days}


def _sounds(videos: Iterable[Video]) -> list[tuple[str, str]]:
    named = sorted({sound_of(video) for video in videos} - {"", ORIGINAL})
    original = [(ORIGINAL, _("Original sound"))] if any(sound_of(video) == ORIGINAL for video in videos) else []
    return [_any(), *original, *((name, name[:60]) for name in named)]
