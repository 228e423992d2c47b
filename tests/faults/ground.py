"""Where faults happen: databases of their own and processes that can be killed for good.

Nothing here imports Django: the harness must outlive whatever it does to the project.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres import USER, Server, postgres

ROOT = Path(__file__).resolve().parents[2]
DRIVER = "tests.faults.driver"


@dataclass
class Field:
    """One database with its files: a project of its own."""

    url: str
    folder: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a process of this project sees."""
        names = ("PATH", "HOME", "LANG", "TMPDIR")
        return {name: os.environ[name] for name in names if name in os.environ} | {
            "ENV_FILE": os.devnull,
            "DEMO": "1",
            "ALLOW_TEST_IDS": "1",
            "DJANGO_SETTINGS_MODULE": "casework.settings",
            "DATABASE_URL": self.url,
            "VAR_DIR": str(self.folder),
            "LOG_LEVEL": "CRITICAL",
            "C_FORCE_ROOT": "1",
            **self.extra,
        }

    def ask(self, *arguments: str, module: str = DRIVER) -> Any:
        """Run the driver to its end; what it answers."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{module} {' '.join(arguments)}:\n{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def launch(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the driver and leave it running."""
        return self.run([sys.executable, "-m", DRIVER, *arguments])

    def run(
        self, command: list[str], extra: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start any process of the project, in a group of its own so that all of it can die."""
        said = (self.folder / "said").open("ab")
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**self.environment, **(extra or {})},
            stdout=said,
            stderr=said,
            text=True,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[str]) -> bool:
    """Kill a process and its children at once; whether it was still alive."""
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return alive


class Ground:
    """A migrated, empty project that is copied for each fault."""

    def __init__(self, scratch: Path, server: Server | None) -> None:
        self.scratch = scratch
        self.server = server
        self.made = 0
        self.cases = 0
        self._beside: Ground | None = None
        self.empty = self._field("empty", self._url("empty"))

    def _url(self, name: str) -> str:
        if self.server is None:
            return f"sqlite:///{self.scratch / name / 'casework.sqlite3'}"
        return self.server.url_of(f"{USER}_{name}")

    def _field(self, name: str, url: str) -> Field:
        folder = self.scratch / name
        folder.mkdir(exist_ok=True)
        return Field(url, folder)

    def on_sqlite(self) -> "Ground":
        """The same project on SQLite, made once."""
        if self._beside is None:
            folder = self.scratch / "sqlite"
            folder.mkdir()
            self._beside = Ground(folder, None)
            self._beside.build(self.cases)
        return self._beside

    def build(self, cases: int) -> None:
        """Make the empty project with its cast and households."""
        self.cases = cases
        if self.server is not None:
            self._execute(f"CREATE DATABASE {USER}_empty")
        self._migrate()
        self.empty.ask("cast", str(cases))
        self.empty.ask("cast_accounts")

    def _migrate(self) -> None:
        """Make the tables; on SQLite once for the whole run, and copied after."""
        run = os.environ.get("CASEWORK_TEST_VAR")
        if self.server is not None or run is None:
            self.empty.ask("migrate")
            return
        kept = Path(run) / "ground"
        if not kept.exists():
            self.empty.ask("migrate")
            mine = kept.with_name(f"ground-{os.getpid()}")
            shutil.copytree(self.empty.folder, mine)
            # Whoever is second finds the place taken, and has a copy of its own to go on with.
            with suppress(OSError):
                mine.rename(kept)
            return
        shutil.copytree(kept, self.empty.folder, dirs_exist_ok=True)

    def fresh(self) -> Field:
        """A copy to spoil."""
        self.made += 1
        name = f"f{self.made}"
        shutil.copytree(self.empty.folder, self.scratch / name)
        if self.server is not None:
            self._execute(f"CREATE DATABASE {USER}_{name} TEMPLATE {USER}_empty")
        return self._field(name, self._url(name))

    def _execute(self, statement: str) -> None:
        assert self.server is not None
        with psycopg.connect(self.server.url_of("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


@contextmanager
def ground(*, cases: int) -> Iterator[Ground]:
    """A ground for a campaign: PostgreSQL with every safety on, SQLite where it is asked for."""
    with (
        tempfile.TemporaryDirectory(prefix="casework-faults-") as scratch,
        postgres(safe=True) as server,
    ):
        _ensure_safe(server)
        made = Ground(Path(scratch), server)
        made.build(cases)
        yield made


def _ensure_safe(server: Server) -> None:
    """A kill says nothing of a server that would not have kept its word at a power cut either."""
    with psycopg.connect(server.url) as watch:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            row = watch.execute(f"SHOW {name}").fetchone()  # type: ignore[call-overload]
            if row is None or row[0] != "on":
                raise RuntimeError(f"the campaign's PostgreSQL runs with {name} = {row}")


@contextmanager
def sqlite_ground(*, cases: int) -> Iterator[Ground]:
    """A ground on SQLite alone."""
    with tempfile.TemporaryDirectory(prefix="casework-ground-") as scratch:
        made = Ground(Path(scratch), None)
        made.build(cases)
        yield made
