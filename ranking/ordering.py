"""The index behind lists that show the greatest first, on every database."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class FallingIndex(models.Index):
    """Its fields with the greatest first and what is unknown last, as `F(field).desc(nulls_last=True)` asks for them.

    SQLite takes no NULLS LAST in an index, but has them last there anyway.
    """

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        last = None if schema_editor.connection.vendor == "sqlite" else True
        falling = [models.F(field).desc(nulls_last=last) for field in self.fields]
        return models.Index(*falling, name=self.name).create_sql(model, schema_editor, using, **kwargs)
