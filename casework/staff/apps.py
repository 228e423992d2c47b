from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "casework.staff"
    verbose_name = _("Staff")

    def ready(self) -> None:
        # A session's times begin at signing in, before the first page asks for them.
        import_module("casework.staff.sessions")
        import_module("casework.staff.checks")
        # Each app says whose rows are whose; it is read when all models stand.
        autodiscover_modules("rows")
