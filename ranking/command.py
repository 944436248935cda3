"""What the studio's commands share: they speak the language of the account that runs them."""

import os
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation


def account_locale() -> str:
    """Return the locale that sentences are wanted in, by POSIX's rule, such as ko_KR.UTF-8; "" where none is set."""
    wanted = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((locale for locale in wanted if locale), "")


def account_language() -> str:
    """Return ko for a Korean account, else en."""
    return "ko" if account_locale().startswith("ko") else "en"


class StudioCommand(BaseCommand):
    """A command whose sentences are in the language of the account; what a program reads is the same in all."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(account_language()):
            return super().execute(*args, **options)
