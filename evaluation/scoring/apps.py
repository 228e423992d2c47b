from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    name = "evaluation.scoring"
    verbose_name = _("Scoring")

    def ready(self) -> None:
        from casework.cases.access import register_role_source
        from evaluation.scoring.queries import cases_of, roles_on

        register_role_source(roles_on, cases_of)
