"""Rows that are written once."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models

from casework.lib.errors import NotLawfulNow


@dataclass(frozen=True)
class Protection:
    """What of a row stands for good in the database; no row under protection is ever deleted.

    `frozen` fields never change, `once` fields are filled once and then stay. With neither, the
    whole row stands as it was inserted.
    """

    frozen: tuple[str, ...] = ()
    once: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not (self.frozen or self.once)


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses to change or delete what the books hold."""

    def update(self, **kwargs: Any) -> int:
        raise NotLawfulNow("The books are only ever added to.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise NotLawfulNow("The books are only ever added to.")


class AppendOnly(models.Model):
    """A row that is inserted and then never changed."""

    protection: ClassVar[Protection] = Protection()
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and not self._state.adding:
            raise NotLawfulNow("The books are only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NotLawfulNow("The books are only ever added to.")
