"""What must hold of the accounts before the project may serve real people."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register

from casework.lib import clock
from casework.staff.models import Membership, User


@register(Tags.database, deploy=True)
def nobody_stands_above_the_roles(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **_kwargs: Any,
) -> list[CheckMessage]:
    """No active superuser: administrator, security and audit are roles of three people."""
    if not databases:
        return []
    above = User.objects.filter(is_superuser=True, is_active=True)
    if not above.exists():
        return []
    holding = Membership.objects.in_force(clock.today()).filter(user__in=above).exists()
    return [
        Error(
            f"{above.count()} active superuser account(s)"
            + (", of which some hold a role." if holding else "."),
            hint="Superusers open no page of this project; set is_superuser to false.",
            id="staff.E001",
        )
    ]
