"""Redis and RabbitMQ servers of our own in scratch folders, gone without trace afterwards."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import amqp
import redis

from tests.postgres import free_port

STARTING_SECONDS = 90
QUEUES = ("acts", "documents", "reports", "imports")
RABBIT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class Broker:
    """One message broker: started, frozen, woken, emptied, killed."""

    name = ""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"casework-{self.name}-"))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What BROKER_URL has to say."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """How the server is started."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """What the server sees."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def answers(self) -> bool:
        """Whether clients are served."""
        raise NotImplementedError

    def empty(self) -> int:
        """Throw away every waiting message; how many there were."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the server and wait until it serves clients."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + STARTING_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                words = (self.folder / "log").read_text(errors="replace")
                raise RuntimeError(f"{self.name} does not start:\n{words}")
            time.sleep(0.2)

    def send_signal(self, name: signal.Signals) -> None:
        """Signal the server and everything it started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, name)

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing."""
        self.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a crash does."""
        self.send_signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def stop(self) -> None:
        """End the server and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis(Broker):
    """A Redis server that keeps its messages in memory only."""

    name = "redis"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return [
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--dir", str(self.folder),
        ]  # fmt: skip

    def _client(self) -> Any:
        return redis.Redis(port=self.port, socket_timeout=5)

    def answers(self) -> bool:
        try:
            return bool(self._client().ping())
        except redis.RedisError:
            return False

    def empty(self) -> int:
        client = self._client()
        waiting = sum(client.llen(name) for name in QUEUES)
        client.flushall()
        return int(waiting)


class Rabbit(Broker):
    """A RabbitMQ node with its own name daemon."""

    name = "rabbit"

    def __init__(self) -> None:
        super().__init__()
        self.distribution, self.daemon = free_port(), free_port()
        self.names: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self) -> list[str]:
        return [str(RABBIT)]

    def environment(self) -> dict[str, str]:
        settings = self.folder / "rabbitmq.conf"
        settings.write_text(
            f"listeners.tcp.local = 127.0.0.1:{self.port}\n"
            "vm_memory_high_watermark.relative = 0.8\ndisk_free_limit.absolute = 1MB\n"
        )
        plugins = self.folder / "plugins"
        plugins.write_text("[].\n")
        return {
            **super().environment(),
            "RABBITMQ_NODENAME": f"casework{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
            "RABBITMQ_CONFIG_FILE": str(settings),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
            "ERL_EPMD_PORT": str(self.daemon),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    @contextmanager
    def _channel(self) -> Iterator[Any]:
        host = f"127.0.0.1:{self.port}"
        with amqp.Connection(host, connect_timeout=5, read_timeout=10) as connection:
            yield connection.channel()

    def answers(self) -> bool:
        try:
            with self._channel():
                return True
        except (OSError, amqp.AMQPError):
            return False

    def empty(self) -> int:
        thrown = 0
        for name in QUEUES:
            with suppress(amqp.NotFound), self._channel() as channel:
                thrown += channel.queue_purge(name)
        return thrown

    def start(self) -> None:
        # Its name daemon would outlive it, were it not ours.
        self.names = subprocess.Popen(
            ["epmd", "-port", str(self.daemon), "-address", "127.0.0.1"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        super().start()

    def kill(self) -> None:
        super().kill()
        if self.names is not None:
            self.names.kill()
            self.names.wait()


@contextmanager
def broker(kind: type[Broker]) -> Iterator[Broker]:
    """A running broker, always stopped and removed."""
    made = kind()
    try:
        made.start()
        yield made
    finally:
        made.wake()
        made.stop()
