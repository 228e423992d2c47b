"""Upgrading while people work: nobody waits long for a migration, and none of them blocks."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader

from tests.faults.ground import ROOT, Field
from tests.postgres import USER, postgres

OURS: Final = ("casework.", "evaluation", "workflows")
# Nothing was released before these: they never meet a database in use.
BEFORE_THE_FIRST_RELEASE: Final = {
    "cases": "0001", "directory": "0002", "documents": "0001", "evaluation": "0002",
    "households": "0002", "ledger": "0001", "rectification": "0001", "referrals": "0001",
    "reporting": "0001", "scoring": "0001", "staff": "0003", "visits": "0001",
    "workflows": "0001",
}  # fmt: skip
# Each locks a table in use for as long as it has rows, or breaks the version that still runs.
BLOCKING: Final = {
    operations.AddIndex: "AddIndexConcurrently, in a migration with atomic = False",
    operations.AddConstraint: "AddConstraintNotValid, and ValidateConstraint in the next migration",
    operations.AlterField: "a new column beside the old one, filled in batches",
    operations.RenameField: "a new column beside the old one, filled in batches",
    operations.RenameModel: "a new table, or db_table on the model",
    operations.RemoveField: "one release later, when no running version names it",
    operations.DeleteModel: "one release later, when no running version names it",
}


def faults_of(migration: Migration) -> Iterator[str]:
    """What of a migration blocks writers or breaks the version before it."""
    made = {
        operation.name_lower
        for operation in migration.operations
        if isinstance(operation, operations.CreateModel)
    }
    for operation in migration.operations:
        model = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
        advice = BLOCKING.get(type(operation))
        if advice and model not in made:
            yield f"{migration}: {operation.describe()}: use {advice}"
        if isinstance(operation, operations.AddField) and model not in made:
            field = operation.field
            if not (field.null or field.has_db_default()):
                yield f"{migration}: {operation.describe()}: give it null=True or db_default"


def ours() -> Iterator[Migration]:
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    for (label, name), migration in sorted(loader.disk_migrations.items()):
        is_ours = apps.get_app_config(label).name.startswith(OURS)
        if is_ours and name[:4] > BEFORE_THE_FIRST_RELEASE.get(label, "0000"):
            yield migration


@pytest.mark.django_db
def test_no_migration_after_the_first_release_blocks_writers() -> None:
    assert [fault for migration in ours() for fault in faults_of(migration)] == []


def test_the_checker_finds_what_blocks() -> None:
    migration = Migration("0009_bad", "cases")
    migration.operations = [
        operations.AddIndex("helpcase", models.Index(fields=["state"], name="x")),
        operations.AddField("helpcase", "new", models.IntegerField(default=1)),
        operations.AddField("helpcase", "good", models.IntegerField(null=True)),
        operations.RemoveField("helpcase", "state"),
    ]
    assert len(list(faults_of(migration))) == 3


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    """An installation one version behind."""
    with postgres() as server:
        with psycopg.connect(server.url_of("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {USER}_old")
        made = Field(server.url_of(f"{USER}_old"), tmp_path)
        made.ask("migrate")
        back = manage(made, "migrate", "rectification", "zero")
        assert back.returncode == 0, back.stderr
        yield made


def manage(field: Field, *arguments: str) -> Any:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=field.environment, capture_output=True, text=True)


@pytest.mark.postgres
@pytest.mark.faults
def test_whoever_writes_meanwhile_waits_no_longer_than_the_lock_is_asked_for(field: Field) -> None:
    """Somebody's long transaction stands in the way; the migration steps back again and again."""
    hold, waits, over = 9.0, list[float](), threading.Event()

    def write() -> None:
        with psycopg.connect(field.url, autocommit=True) as writer:
            while not over.is_set():
                began = time.monotonic()
                writer.execute("UPDATE cases_helpcase SET state = state WHERE false")
                waits.append(time.monotonic() - began)
                time.sleep(0.05)

    with psycopg.connect(field.url) as long:
        # What a long act holds; the migration's new foreign key needs the table to itself.
        long.execute("LOCK TABLE cases_helpcase IN ROW EXCLUSIVE MODE")
        writer = threading.Thread(target=write)
        writer.start()
        release = threading.Timer(hold, long.rollback)
        release.start()
        done = manage(field, "migrate")
        release.join()
        over.set()
        writer.join()
    assert done.returncode == 0, done.stderr
    assert "trying again" in done.stderr
    assert len(waits) > 20
    assert max(waits) < hold / 2, "the migration made others wait"
