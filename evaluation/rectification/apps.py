from django.apps import AppConfig


class RectificationConfig(AppConfig):
    name = "evaluation.rectification"

    def ready(self) -> None:
        from casework.documents.queries import register_reader
        from evaluation.rectification.queries import may_read_notice

        register_reader("order", may_read_notice)
