"""Each film keeps the moment of its own cover; those that are there had the one of their project."""

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def keep(apps: Any, schema: Any) -> None:
    project, render = apps.get_model("ranking", "Project"), apps.get_model("rendering", "Render")
    chosen = project.objects.filter(pk=OuterRef("project_id")).values("cover_at")[:1]
    render.objects.exclude(film="").filter(project__cover_at__isnull=False).update(cover_at=Subquery(chosen))


class Migration(migrations.Migration):
    dependencies = [("ranking", "0004_pages"), ("rendering", "0005_pages")]

    operations = [
        migrations.AddField(
            "render",
            "cover_at",
            models.FloatField(
                blank=True, editable=False, help_text="The second that its cover shows.", null=True
            ),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
