"""Deleting many rows as each row deletes itself, and their files once nothing names them."""

from collections import Counter

from django.core.files.storage import default_storage
from django.db import models, transaction


def forget_file(field: models.FileField, name: str) -> None:
    """Remove a file of this field once what is going on is committed, unless a row or a step to undo names it."""
    steps = field.model._meta.apps.get_model("ranking", "Change").objects

    def remove() -> None:
        named = field.model.objects.filter(**{field.name: name}).exists()
        if name and not named and not steps.filter(voices__contains=name).exists():
            default_storage.delete(name)

    transaction.on_commit(remove)


class OneByOneQuerySet(models.QuerySet):
    """Deletes through each row's own `delete`: a cascade passes that over, and films would leave their files."""

    def delete(self) -> tuple[int, dict[str, int]]:
        gone: Counter[str] = Counter()
        with transaction.atomic():
            for row in self:
                gone.update(row.delete()[1])
        return gone.total(), dict(gone)

    delete.queryset_only = True  # as Django's own: there is no `Project.objects.delete()`
