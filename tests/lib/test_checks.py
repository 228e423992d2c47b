"""The installation itself is checked before anything starts."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connections

from casework.lib.checks import one_state_machine, postgres_speaks_utf8, xml_is_defused


def test_this_installation_passes() -> None:
    assert one_state_machine(None) == []
    assert xml_is_defused(None) == []


def test_django_fsm_beside_django_fsm_2_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruder = tmp_path / "django_fsm-3.0.1.dist-info"
    intruder.mkdir()
    (intruder / "METADATA").write_text("Metadata-Version: 2.1\nName: django-fsm\nVersion: 3.0.1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [fault.id for fault in one_state_machine(None)] == ["casework.E001"]


def test_the_checks_run_with_djangos_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    intruder = tmp_path / "django_fsm-3.0.1.dist-info"
    intruder.mkdir()
    (intruder / "METADATA").write_text("Metadata-Version: 2.1\nName: django-fsm\nVersion: 3.0.1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "casework.E001" in [fault.id for fault in run_checks()]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_hold_every_name_is_refused() -> None:
    here = connections["default"]
    with here.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS ascii_only")
        cursor.execute(
            "CREATE DATABASE ascii_only ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
        )
    there = here.copy("ascii_only")
    there.settings_dict = {**here.settings_dict, "NAME": "ascii_only"}
    connections["ascii_only"] = there
    try:
        assert postgres_speaks_utf8(None, databases=["default"]) == []
        faults = postgres_speaks_utf8(None, databases=["ascii_only"])
        assert [fault.id for fault in faults] == ["casework.E004"]
    finally:
        there.close()
        del connections["ascii_only"]
        with here.cursor() as cursor:
            cursor.execute("DROP DATABASE ascii_only")
