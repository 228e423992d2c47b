"""`manage.py migrate`, polite: it gives up a lock that it does not get soon, and asks again."""

import time
from typing import Any, Final

from django.core.management.commands import migrate
from django.db import DatabaseError, connections

# A migration that waits for a table makes everybody wait who comes after it.
LOCK_SECONDS: Final = 2
PAUSE_SECONDS: Final = 3
MOST_ATTEMPTS: Final = 100
_LOCK_NOT_AVAILABLE: Final = "55P03"


class Command(migrate.Command):
    """Django's command; on PostgreSQL nobody who writes waits for it longer than two seconds."""

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        if connections[alias].vendor != "postgresql":
            super().handle(*args, **options)
            return
        for attempt in range(1, MOST_ATTEMPTS + 1):
            with connections[alias].cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            try:
                super().handle(*args, **options)
            except DatabaseError as refusal:
                if attempt == MOST_ATTEMPTS or not _is_lock(refusal):
                    raise
                # What was migrated stands; the next attempt goes on from there.
                self.stderr.write(f"A table is busy; attempt {attempt} ends, trying again.")
                # A statement put off to the end leaves its transaction open when it fails.
                connections[alias].close()
                del connections[alias]
                time.sleep(PAUSE_SECONDS)
            else:
                with connections[alias].cursor() as cursor:
                    cursor.execute("RESET lock_timeout")
                return


def _is_lock(refusal: BaseException | None) -> bool:
    """Whether a lock that was not to be had began it; what followed stands before it."""
    while refusal is not None:
        if getattr(refusal, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            return True
        refusal = refusal.__cause__ or refusal.__context__
    return False
