from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "casework.documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        # The outbox finds its handler only once this module is loaded.
        from casework.documents import operations  # noqa: F401
