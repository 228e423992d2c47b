"""A database and a file folder of their own, gone when the replay is over."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from django.db import connection
from django.test.utils import override_settings


@contextmanager
def scratch() -> Iterator[None]:
    """Play in a new database beside the configured one, and destroy it afterwards."""
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        files = Path(folder) / "files"
        files.mkdir(mode=0o700)
        with override_settings(MEDIA_ROOT=files), _database(Path(folder)):
            yield


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    settings = connection.settings_dict
    configured, test = settings["NAME"], settings["TEST"].get("NAME")
    # Two replays at once must not share a database, nor one that the tests are using.
    suffix = f"{os.getpid()}_{os.urandom(4).hex()}"
    if connection.vendor == "sqlite":
        settings["TEST"]["NAME"] = str(folder / f"replay_{suffix}.sqlite3")
    else:
        settings["TEST"]["NAME"] = f"replay_{suffix}"
    # It tells of tables that the migrations made already: the answer is on standard output.
    with redirect_stdout(sys.stderr):
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(configured, verbosity=0)
        settings["TEST"]["NAME"] = test
