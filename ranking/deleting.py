"""Deleting many rows as each row deletes itself."""

from collections import Counter

from django.db import models, transaction


class OneByOneQuerySet(models.QuerySet):
    """Deletes through each row's own `delete`: a cascade passes that over, and films would leave their files."""

    def delete(self) -> tuple[int, dict[str, int]]:
        gone: Counter[str] = Counter()
        with transaction.atomic():
            for row in self:
                gone.update(row.delete()[1])
        return gone.total(), dict(gone)

    delete.queryset_only = True  # as Django's own: there is no `Project.objects.delete()`
