from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ranking.field_names import name_fields


class ScrapingConfig(AppConfig):
    name = "scraping"
    verbose_name = _("Finding and fetching videos")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        name_fields(self)
