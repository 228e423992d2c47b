from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        from casework.ledger.verify import register_check

        # Imported for the outbox handlers it registers.
        from workflows import checks, letters  # noqa: F401

        register_check(checks.state_faults)
