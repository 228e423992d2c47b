from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "casework.cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        import_module("casework.cases.photos")
