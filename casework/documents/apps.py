from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "casework.documents"

    def ready(self) -> None:
        # The outbox finds its handler only once this module is loaded.
        from casework.documents import operations  # noqa: F401
