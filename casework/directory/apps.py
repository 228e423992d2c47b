from importlib import import_module

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "casework.directory"

    def ready(self) -> None:
        # lib is no app of its own: the first app above it registers its checks.
        import_module("casework.lib.checks")
