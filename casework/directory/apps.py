from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "casework.directory"
    verbose_name = _("Directory")

    def ready(self) -> None:
        # lib is no app of its own: the first app above it registers its checks.
        import_module("casework.lib.checks")
