"""The admin speaks Korean whole: every column, action, filter, field and hint that our own models bring to it."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.forms import TypedChoiceField
from django.forms.models import modelform_factory
from django.utils import translation

from ranking.models import User

admin.autodiscover()
OWN = [kind for kind in admin.site._registry if kind._meta.app_label in ("ranking", "scraping", "rendering")]
# Names and short forms that Koreans write the same way.
SAME = {"ID", "URL", "SHA-256", "English"}


def bare(words) -> list[str]:
    """Return those that say something, and nothing in Korean."""
    texts = {re.sub(r"<[^>]*>", "", str(text)) for text in words} - SAME
    return sorted(text for text in texts if re.search("[A-Za-z]{2,}", text) and not re.search("[가-힣]", text))


@pytest.fixture
def request_(rf, db):
    request = rf.get("/admin/")
    request.user = User.objects.create_superuser("root", password="root's password")
    with translation.override("ko"):
        yield request


def said_by(kind, request) -> list[str]:
    """All that the admin's list and form of a model say in words of ours."""
    at = admin.site._registry[kind]
    words = [kind._meta.verbose_name, kind._meta.verbose_name_plural]
    words += [label_for_field(name, kind, at) for name in at.get_list_display(request) if name != "__str__"]
    words += [label for _name, label in at.get_action_choices(request, [])]
    filters = at.get_list_filter(request)
    words += [one.title for one in filters if not isinstance(one, (str, tuple))]
    words += [kind._meta.get_field(one).verbose_name for one in filters if isinstance(one, str)]
    for title, options in at.get_fieldsets(request, None):
        words += [title or "", options.get("description") or ""]
    for model, form in [(kind, at.get_form(request))] + [(i.model, i.form) for i in at.get_inline_instances(request)]:
        form = form if model is kind else modelform_factory(model, form=form)
        for field in form().fields.values():
            words += [field.label or "", field.help_text or ""]
            words += [label for _value, label in field.choices] if isinstance(field, TypedChoiceField) else []
    words += [label_for_field(name, kind, at) for name in at.get_readonly_fields(request)]
    return words


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_nothing_in_the_admin_is_left_in_english(request_, kind):
    assert bare(said_by(kind, request_)) == []


def test_all_apps_of_the_studio_are_named_in_korean():
    with translation.override("ko"):
        assert bare(apps.get_app_config(name).verbose_name for name in ("ranking", "scraping", "rendering")) == []
