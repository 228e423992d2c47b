"""Copies that belong together: the database at one moment and every private file it names.

The database goes first, the files after it: a file is stored durably before the row that names it
commits, so the later copy of the files holds all that the earlier copy of the database asks for.
Files are named by their content and never change; a second copy adds only what is new.
"""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from casework.documents.models import Document
from casework.ledger.models import JournalEntry
from casework.ledger.verify import verify_books
from casework.lib import clock
from casework.lib.files import FileSpoilt, read_private
from workflows.checks import flow_faults

MANIFEST = "manifest.json"
SQLITE = "database.sqlite3"
DUMP = "database.dump"


class BackupFailed(Exception):
    """A copy could not be made whole; nothing half-done is left under its name."""


@dataclass(frozen=True)
class Manifest:
    """What a copy holds: when it was begun, the database's file and hash, how many files."""

    begun_at: str
    database: str
    sha256: str
    files: int


def back_up(destination: Path) -> Path:
    """Copy database and files below a folder; the folder of this copy.

    Raises BackupFailed when the database or a file cannot be copied whole.
    """
    destination.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = clock.now()
    name = begun.strftime("%Y%m%dT%H%M%S%f")
    draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=destination))
    try:
        database = draft / (SQLITE if connection.vendor == "sqlite" else DUMP)
        _copy_sqlite(database) if connection.vendor == "sqlite" else _dump_postgres(database)
        files = copy_files(destination / "files")
        written = Manifest(begun.isoformat(), database.name, _sha256(database), files)
        (draft / MANIFEST).write_text(json.dumps(asdict(written), indent=1) + "\n")
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return draft.rename(destination / name)


def _copy_sqlite(target: Path) -> None:
    """SQLite's own copy while others write: one consistent moment."""
    source = sqlite3.connect(f"file:{settings.DATABASES['default']['NAME']}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
    finally:
        copy.close()
        source.close()
    if verdict != "ok":
        raise BackupFailed(f"the copy is not sound: {verdict}")


def _dump_postgres(target: Path) -> None:
    """One snapshot of PostgreSQL. Restore to any second needs the write-ahead log beside it."""
    given = connection.get_connection_params()
    # Row-level security binds the owner too: the copy looks with the engine's eyes.
    command = [
        "pg_dump", "--format=custom", "--no-owner", "--enable-row-security", f"--file={target}",
        f"--host={given.get('host', '')}", f"--port={given.get('port', 5432)}",
        f"--username={given.get('user', '')}", f"--dbname={given['dbname']}",
    ]  # fmt: skip
    done = subprocess.run(
        command,
        env={
            "PATH": "/usr/bin:/bin",
            "PGPASSWORD": str(given.get("password", "")),
            "PGOPTIONS": "-c casework.scope=engine",
        },
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BackupFailed(done.stderr.strip())


def copy_files(target: Path) -> int:
    """Copy every private file that the target lacks, each checked; the number there is now."""
    source = Path(settings.MEDIA_ROOT)
    held = 0
    for path in _stored(source):
        copy = target / path.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = copy.with_suffix(".part")
            shutil.copyfile(path, draft)
            if _sha256(draft) != path.name:
                draft.unlink()
                raise BackupFailed(f"file {path.name} is not what was stored")
            draft.rename(copy)
        held += 1
    return held


def _stored(folder: Path) -> Iterator[Path]:
    """Files under their final names; drafts being written carry other ones."""
    return (path for path in sorted(folder.glob("??/*")) if len(path.name) == 64)


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def restore(copy: Path, files: Path) -> None:
    """Put a copy in the place of an empty SQLite installation; a used place is refused."""
    written = Manifest(**json.loads((copy / MANIFEST).read_text()))
    if written.database != SQLITE:
        raise BackupFailed("this is a copy of PostgreSQL: use pg_restore")
    if _sha256(copy / SQLITE) != written.sha256:
        raise BackupFailed("the copy of the database is not the one that was made")
    place = Path(settings.DATABASES["default"]["NAME"])
    if place.exists():
        raise BackupFailed(f"{place} exists: restore into an empty place")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(copy / SQLITE, place)
    shutil.copytree(files, settings.MEDIA_ROOT, dirs_exist_ok=True)


def soundness() -> dict[str, Any]:
    """What must hold of a restored installation before its workers start."""
    books = verify_books()
    spoilt = list(_spoilt_documents())
    flows = list(flow_faults())
    return {
        "holds": books.holds and not spoilt and not flows,
        "entries": JournalEntry.objects.count(),
        "first_bad": books.first_bad,
        "files_spoilt": spoilt,
        "flows": flows,
    }


def _spoilt_documents() -> Iterator[str]:
    names = Document.objects.exclude(sha256="").values_list("sha256", flat=True)
    for name in names.iterator():
        try:
            read_private(name)
        except FileSpoilt as failure:
            yield str(failure)
