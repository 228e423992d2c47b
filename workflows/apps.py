from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Work")

    def ready(self) -> None:
        from casework.ledger.verify import register_check

        # Imported for the outbox handlers it registers.
        from workflows import checks, import_jobs, letters, webhooks  # noqa: F401

        register_check(checks.state_faults)
