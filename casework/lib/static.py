"""Which static files are collected: those of our pages and of the administration."""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.staticfiles.finders import AppDirectoriesFinder

# The engine's own pages are not served, and its style sheets name files that it does not bring.
NOT_SERVED: Final = ("viewflow",)


class ServedFiles(AppDirectoriesFinder):
    """Files of the apps, but for those whose pages are not served."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """The files to collect."""
        return super().list([*(ignore_patterns or ()), *NOT_SERVED])
