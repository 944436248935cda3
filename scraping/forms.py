"""What the pages of searching and uploading accept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from scraping.providers import names


def source_choices() -> list[tuple[str, str]]:
    """Every source by its name, and auto."""
    return [(name, name) for name in ("auto", *names())]


class SearchForm(forms.Form):
    q = forms.CharField(
        max_length=5000,
        error_messages={
            "required": _("Type a keyword or paste links first."),
            "max_length": _("This is too much to search for at once: at most 5,000 letters."),
            "null_characters_not_allowed": _("Type a keyword or paste links first."),
        },
    )
    source = forms.ChoiceField(
        choices=source_choices, required=False, error_messages={"invalid_choice": _("There is no such source.")}
    )

    def clean_source(self) -> str:
        return self.cleaned_data["source"] or "auto"
