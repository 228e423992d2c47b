"""Rows of law and city that a migration enters, from the first day on which anything is counted."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import migrations

FROM_THE_BEGINNING = date(2004, 1, 1)


def parameters(rows: Iterable[tuple[str, Any, str]]) -> migrations.RunPython:
    """The step that enters parameters, (code, value, source) each, and takes them out again."""
    kept = tuple(rows)

    def enter(apps: Any, _schema_editor: Any) -> None:
        model = apps.get_model("directory", "Parameter")
        for code, value, source in kept:
            model.objects.create(
                code=code, value=value, source=source, effective_from=FROM_THE_BEGINNING
            )

    def remove(apps: Any, _schema_editor: Any) -> None:
        model = apps.get_model("directory", "Parameter")
        model.objects.filter(code__in=[code for code, _value, _source in kept]).delete()

    return migrations.RunPython(enter, remove)
