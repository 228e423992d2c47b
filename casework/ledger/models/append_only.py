"""Rows that are written once."""

from typing import Any

from django.db import models

from casework.lib.errors import NotLawfulNow


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses to change or delete what the books hold."""

    def update(self, **kwargs: Any) -> int:
        raise NotLawfulNow("The books are only ever added to.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise NotLawfulNow("The books are only ever added to.")


class AppendOnly(models.Model):
    """A row that is inserted and then never changed."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and not self._state.adding:
            raise NotLawfulNow("The books are only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NotLawfulNow("The books are only ever added to.")
