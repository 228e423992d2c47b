from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "casework.ledger"
    verbose_name = _("Books")

    def ready(self) -> None:
        import_module("casework.ledger.export")
        import_module("casework.ledger.security")
        # The last app to migrate finds every table: the triggers are renewed after each one.
        post_migrate.connect(_protect, dispatch_uid="ledger.protect")


def _protect(*, app_config: AppConfig, using: str, **_given: Any) -> None:
    from casework.ledger.protection import append_only_models, protect
    from casework.staff.row_policies import secure

    if app_config == list(apps.get_app_configs())[-1]:
        protect(connections[using])
        secure(connections[using], (model._meta.db_table for model in append_only_models()))
