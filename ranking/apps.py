from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RankingConfig(AppConfig):
    name = "ranking"
    verbose_name = _("Rankings and people")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ranking import checks  # noqa: F401  (their registration is the effect)
        from ranking.field_names import name_fields

        name_fields(self)
