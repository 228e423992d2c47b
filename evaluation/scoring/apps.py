from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "evaluation.scoring"

    def ready(self) -> None:
        from casework.cases.access import register_role_source
        from evaluation.scoring.queries import cases_of, roles_on

        register_role_source(roles_on, cases_of)
