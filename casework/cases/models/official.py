"""The official who did something to a case, as its rows name them."""

from typing import Any

from django.conf import settings
from django.db import models


def official(label: Any) -> Any:
    """A column naming an account; empty where the system itself acted."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )
