from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        from casework.ledger.verify import register_check
        from workflows import checks

        register_check(checks.state_faults)
