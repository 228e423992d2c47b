from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RectificationConfig(AppConfig):
    name = "evaluation.rectification"
    verbose_name = _("Rectification")

    def ready(self) -> None:
        from casework.documents.queries import register_reader
        from evaluation.rectification.queries import readable_notices

        register_reader("order", readable_notices)
