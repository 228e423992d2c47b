"""A line to PostgreSQL that can be cut at the worst moment: COMMIT sent, its answer not heard."""

import selectors
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.postgres import free_port

COMMIT = b"COMMIT"


class Cutter:
    """Passes everything on; once armed, it cuts the next connection that commits."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, free_port()
        self.cuts = 0
        self._armed = threading.Event()
        self._ended = threading.Event()
        self._door = socket.create_server(("127.0.0.1", self.port))

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._door.close()

    def arm(self) -> None:
        """Cut the next COMMIT."""
        self._armed.set()

    def _serve(self) -> None:
        while not self._ended.is_set():
            with suppress(OSError):
                caller, _address = self._door.accept()
                threading.Thread(target=self._pass, args=(caller,), daemon=True).start()

    def _pass(self, caller: socket.socket) -> None:
        with (
            suppress(OSError),
            caller,
            socket.create_connection(("127.0.0.1", self.target)) as server,
            selectors.DefaultSelector() as ready,
        ):
            ready.register(caller, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, caller)
            while True:
                for key, _events in ready.select():
                    heard: socket.socket = key.fileobj  # type: ignore[assignment]
                    words = heard.recv(65536)
                    if not words:
                        return
                    key.data.sendall(words)
                    if heard is caller and COMMIT in words and self._armed.is_set():
                        self._armed.clear()
                        self._cut(server)
                        return

    def _cut(self, server: socket.socket) -> None:
        """The server commits and answers; the caller never hears it."""
        server.settimeout(5)
        with suppress(OSError):
            server.recv(65536)
        time.sleep(0.05)
        self.cuts += 1
