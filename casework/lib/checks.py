"""What must hold of the installation before the project may start."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import django_fsm
from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


def _installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


@register(Tags.compatibility)
def one_state_machine(
    app_configs: Sequence[AppConfig] | None, **_kwargs: Any
) -> list[CheckMessage]:
    """django-fsm-2 is installed alone: django-fsm overwrites its files without a word."""
    if _installed("django-fsm"):
        return [
            Error(
                "The distribution django-fsm is installed; it overwrites django-fsm-2.",
                hint="Remove both, then install from requirements.lock.",
                id="casework.E001",
            )
        ]
    if not hasattr(django_fsm, "FSMModelMixin"):
        return [
            Error(
                "The module django_fsm is not that of django-fsm-2.",
                hint="Install from requirements.lock into an empty environment.",
                id="casework.E002",
            )
        ]
    return []


@register(Tags.security)
def xml_is_defused(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Spreadsheets from outside are read with defusedxml, or a few bytes could fill the memory."""
    if _installed("defusedxml"):
        return []
    return [Error("defusedxml is not installed.", id="casework.E003")]


@register(Tags.database)
def postgres_speaks_utf8(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **_kwargs: Any,
) -> list[CheckMessage]:
    """The database stores every Chinese name: its encoding is UTF-8."""
    faults: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            (encoding,) = cursor.fetchone()
        if encoding != "UTF8":
            faults.append(
                Error(
                    f"The database {alias!r} is encoded in {encoding}, not UTF8.",
                    hint="Create it with ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0.",
                    id="casework.E004",
                )
            )
    return faults
