from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ranking.field_names import name_fields


class RenderingConfig(AppConfig):
    name = "rendering"
    verbose_name = _("Making films")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        name_fields(self)
