"""Guessing many accounts from one place: the place waits, whoever's name comes next.

The library locks one name from one address. Whoever tries one common password on every name never
meets that lock, so all failures of an address count together as well. An office of hundreds behind
one address needs a limit far above what a morning of mistyping makes.
"""

import time
from datetime import UTC, datetime
from typing import Any

from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.http import HttpRequest


class AddressLimit:
    """Stands before the backends that look at passwords, and lets nobody in by itself."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Refuse every name from an address with too many failures of late."""
        if request is None:
            return
        address = get_client_ip_address(request)
        if failures_from(address) < settings.ADDRESS_FAILURE_LIMIT:
            return
        # The library answers a request with this mark by its page for locked names.
        request.axes_locked_out = True  # type: ignore[attr-defined]
        user_locked_out.send(
            "address", request=request, username=credentials.get("username", ""), ip_address=address
        )
        raise PermissionDenied


def failures_from(address: str | None) -> int:
    """Wrong passwords from an address within the time of a lock, over all names."""
    total = attempts_of_late().filter(ip_address=address).aggregate(all=Sum("failures_since_start"))
    return int(total["all"] or 0)


def attempts_of_late() -> QuerySet[AccessAttempt]:
    """Names tried in vain from a place within the time of a lock."""
    # In real time, as the locks themselves: a demonstration's shift opens no door.
    since = datetime.fromtimestamp(time.time(), UTC) - settings.AXES_COOLOFF_TIME
    found: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(attempt_time__gte=since)
    return found
