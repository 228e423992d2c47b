from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "evaluation.reporting"

    def ready(self) -> None:
        from casework.documents.queries import register_reader
        from evaluation.reporting.queries import may_read_summary

        register_reader("week", may_read_summary)
