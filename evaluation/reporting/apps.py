from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "evaluation.reporting"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from casework.documents.queries import register_reader
        from evaluation.reporting.queries import readable_summaries

        register_reader("week", readable_summaries)
        register_reader("month", readable_summaries)
