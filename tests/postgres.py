"""A PostgreSQL server of our own for the length of a command, gone without trace afterwards.

`python -m tests.postgres COMMAND ...` runs COMMAND with DATABASE_URL naming the server.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import psycopg

USER = "casework"
# After a crash the server first syncs every file it has; on a busy disk that takes its time.
STARTING_SECONDS = 180
# Nothing here outlives the command, so nothing needs to survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def binaries() -> Path:
    """The folder of the newest PostgreSQL installed; Debian keeps it off the PATH."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3])
    )
    found = str(folders[-1]) if folders else shutil.which("postgres")
    if found is None:
        raise FileNotFoundError("PostgreSQL is not installed; run: make setup")
    return Path(found).parent


# Below the range from which the kernel takes the ports of outgoing connections: a server that is
# killed and started again finds its port as it left it.
PORTS = range(15_000, 32_000)


def free_port() -> int:
    """A port nobody listens on at this moment, and that nobody is given by chance."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def as_owner(*command: str, follow: bool = False) -> list[str]:
    """The command under a user PostgreSQL accepts (it refuses root); dies with us if it follows."""
    wrapper = ["setpriv"]
    if os.geteuid() == 0:
        wrapper += ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    if follow:
        wrapper += ["--pdeathsig", "INT"]
    return [*wrapper, *command] if len(wrapper) > 1 else list(command)


class Server:
    """One PostgreSQL cluster in a scratch folder."""

    def __init__(self, *, safe: bool = False) -> None:
        self.settings = SAFE if safe else FAST
        self.password = secrets.token_urlsafe(16)
        self.port = free_port()
        # Not below the project: user postgres may be unable to enter the project's folder.
        self.folder = Path(tempfile.mkdtemp(prefix="casework-postgres-"))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What DATABASE_URL has to say."""
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}/{USER}"

    def create(self) -> None:
        """Make the empty cluster and start it."""
        word = self.folder / "password"
        word.write_text(self.password, encoding="utf-8")
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            for path in (self.folder, word):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        subprocess.run(
            as_owner(
                str(binaries() / "initdb"),
                f"--pgdata={self.folder / 'cluster'}",
                f"--username={USER}",
                f"--pwfile={word}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
                "--no-sync",
            ),
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )
        self.start()
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {USER}")

    def url_of(self, database: str) -> str:
        """The address of one database of this server."""
        return self.url.removesuffix(USER) + database

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "timezone": "Asia/Shanghai",
            **self.settings,
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                as_owner(
                    str(binaries() / "postgres"),
                    "-D",
                    str(self.folder / "cluster"),
                    *arguments,
                    follow=True,
                ),
                cwd="/",
                stdout=log,
                stderr=log,
                # Ctrl-C at the terminal reaches the tests first; we stop the server after them.
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + STARTING_SECONDS
        while True:
            try:
                psycopg.connect(self.url_of("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError as refusal:
                stopped = self.process is None or self.process.poll() is not None
                if stopped or time.monotonic() > deadline:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL does not start:\n{log}") from refusal
                time.sleep(0.1)
            else:
                return

    def kill(self) -> None:
        """End the whole server as a crash does."""
        if self.process is None:
            return
        # Every backend leads a session of its own: killing the group would spare them. A server
        # that still starts backends is held first, or one would escape.
        os.kill(self.process.pid, signal.SIGSTOP)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        backends = [int(child) for child in children.read_text().split()]
        for backend in backends:
            with suppress(ProcessLookupError):
                os.kill(backend, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        deadline = time.monotonic() + STARTING_SECONDS
        while any(Path(f"/proc/{backend}").exists() for backend in backends):
            if time.monotonic() > deadline:
                raise RuntimeError("backends of PostgreSQL outlive their SIGKILL")
            time.sleep(0.01)

    def stop_gently(self) -> None:
        """End the server; its folder stays."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

    def stop(self) -> None:
        """End the server and remove its folder."""
        self.stop_gently()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def postgres(*, safe: bool = False) -> Iterator[Server]:
    """A running server, always stopped and removed."""
    server = Server(safe=safe)
    try:
        server.create()
        yield server
    finally:
        server.stop()


def main() -> int:
    """Run the command given with a server of its own; answer with its exit status."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for request in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(request, leave)
    with postgres() as server:
        command = subprocess.Popen(sys.argv[1:], env={**os.environ, "DATABASE_URL": server.url})
        try:
            return command.wait()
        except KeyboardInterrupt:
            # At a terminal the command has had its own Ctrl-C; from elsewhere only we were told.
            command.terminate()
            command.wait()
            return 130


if __name__ == "__main__":
    raise SystemExit(main())
