"""What the studio's commands share: they speak the language of the account that runs them."""

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError, ProgrammingError
from django.utils import translation
from django.utils.translation import gettext as _


def account_locale() -> str:
    """Return the locale that sentences are wanted in, by POSIX's rule, such as ko_KR.UTF-8; "" where none is set."""
    wanted = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((locale for locale in wanted if locale), "")


def account_language() -> str:
    """Return ko for a Korean account, else en."""
    return "ko" if account_locale().startswith("ko") else "en"


def is_behind() -> bool:
    """Return whether the database lacks some of the program's migrations."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class StudioCommand(BaseCommand):
    """A command whose sentences are in the language of the account; what a program reads is the same in all.

    In a new data folder it makes the tables first, as the studio does. Raises CommandError where the database of a
    studio is older than the program.
    """

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(account_language()):
            if not connection.introspection.table_names():
                call_command("migrate", verbosity=0, interactive=False)
            try:
                return super().execute(*args, **options)
            except (OperationalError, ProgrammingError) as error:
                if not is_behind():
                    raise
                words = _("This studio's database is older than the program. Run: manage.py migrate")
                raise CommandError(words, returncode=2) from error
