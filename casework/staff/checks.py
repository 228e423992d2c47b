"""What must hold of the accounts before the project may serve real people."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from casework.lib import clock
from casework.staff.models import Membership, User


@register(Tags.security, deploy=True)
def people_show_two_factors(
    app_configs: Sequence[AppConfig] | None, **_kwargs: Any
) -> list[CheckMessage]:
    """Level 3 of GB/T 22239-2019 asks for two factors of everybody."""
    if settings.REQUIRE_MFA:
        return []
    hint = "Leave REQUIRE_MFA out, or set it to 1."
    return [Warning("Nobody needs a second factor.", hint=hint, id="staff.W001")]


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
