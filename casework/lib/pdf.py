"""Paged documents: HTML in, PDF out, pressed in a child process that can reach nothing.

The child has no network, reads only the installation, and is bound in memory and time. So a
document that is hostile or merely monstrous fails alone. Run as a script, this file is the child:
it imports nothing of the project, and only the child pays for loading weasyprint.
"""

import atexit
import hashlib
import os
import select
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

ASSETS_DIR = Path(__file__).resolve().parents[2] / "templates" / "print"
# In the order of the cascade.
ASSETS = ("gbt9704.css", "weekly_summary.css", "case_file.css", "form.css", "monthly_bulletin.css")
ASSET_SCHEME = "print:"
RENDER_SECONDS = 150
# Of its own data; the libraries and fonts that it maps come beside it.
MEMORY_BYTES = 340 << 20
HTML_LIMIT = 32 << 20
DOCUMENTS_PER_CHILD = 200
_HEAD = struct.Struct(">QQ")


class RenderFailed(Exception):
    """A document could not be pressed: it asked for too much, or for what it may not have."""


class Pressed(NamedTuple):
    """A finished document and the number of its pages."""

    content: bytes
    pages: int


def render_pdf(html: str, *, seconds: float = RENDER_SECONDS) -> bytes:
    """The PDF of a print page: the same page always gives the same bytes."""
    return press(html, seconds=seconds).content


def press(html: str, *, seconds: float = RENDER_SECONDS) -> Pressed:
    """The PDF of a print page with its page count."""
    source = html.encode()
    if len(source) > HTML_LIMIT:
        raise RenderFailed(f"document of {len(source)} bytes is over the limit of {HTML_LIMIT}")
    with _lock:
        return _the_press().run(source, seconds)


class _Press:
    """The living child of this process."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.done = 0
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the child
        self.child = subprocess.Popen(  # noqa: S603  our own interpreter and our own file
            [sys.executable, "-I", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            # No secret of the parent's environment goes along. Fontconfig needs a home.
            env={"PATH": os.defpath, "HOME": str(Path.home()), "LANG": "C.UTF-8"},
            bufsize=0,
        )

    @property
    def fit(self) -> bool:
        return (
            self.owner == os.getpid()
            and self.child.poll() is None
            and self.done < DOCUMENTS_PER_CHILD
        )

    def run(self, source: bytes, seconds: float) -> Pressed:
        deadline = time.monotonic() + seconds
        try:
            self._write(_HEAD.pack(len(source), 0) + source, deadline)
            size, pages = _HEAD.unpack(self._read(_HEAD.size, deadline))
            content = self._read(size, deadline)
        except (OSError, RenderFailed) as failure:
            self.stop()
            raise RenderFailed(self._reason(failure)) from failure
        self.done += 1
        return Pressed(content, pages)

    def _write(self, content: bytes, deadline: float) -> None:
        pipe = _pipe(self.child.stdin)
        rest = memoryview(content)
        while rest:
            _wait([], [pipe], deadline)
            rest = rest[os.write(pipe, rest[:65536]) :]

    def _read(self, size: int, deadline: float) -> bytes:
        pipe = _pipe(self.child.stdout)
        parts = bytearray()
        while len(parts) < size:
            _wait([pipe], [], deadline)
            part = os.read(pipe, min(size - len(parts), 1 << 20))
            if not part:
                raise RenderFailed("the press stopped")
            parts += part
        return bytes(parts)

    def _reason(self, failure: Exception) -> str:
        self.complaints.seek(0, os.SEEK_END)
        self.complaints.seek(max(0, self.complaints.tell() - 2000))
        lines = self.complaints.read().decode(errors="replace").strip().splitlines()
        return f"{failure}: {lines[-1]}" if lines else str(failure)

    def stop(self) -> None:
        """Ends the child; a forked copy only lets go of its ends of the pipes."""
        if self.owner == os.getpid():
            self.child.kill()
            self.child.wait()
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe:
                pipe.close()


_lock = threading.Lock()
_current: _Press | None = None


def _the_press() -> _Press:
    """The child to use now; a worn, dead or inherited one is replaced."""
    global _current
    if _current is None or not _current.fit:
        stop_press()
        _current = _Press()
    return _current


@atexit.register
def stop_press() -> None:
    """Lets the child go: at exit, and before a new one starts."""
    global _current
    if _current is not None:
        _current.stop()
        _current = None


# A forked worker must not wait for a lock that a thread of its parent held.
os.register_at_fork(after_in_child=lambda: globals().update(_lock=threading.Lock()))


def _pipe(stream: IO[bytes] | None) -> int:
    if stream is None:
        raise RenderFailed("the press has no pipe")
    return stream.fileno()


def _wait(readable: list[int], writable: list[int], deadline: float) -> None:
    """Until a pipe is ready, or the time of the document is over."""
    left = deadline - time.monotonic()
    if left <= 0 or not any(select.select(readable, writable, [], left)):
        raise RenderFailed("time is over")


# --- From here on: the child. -------------------------------------------------------------------


def _forbid_the_world() -> None:
    """Below every library: no socket, no process, no file but those of the installation."""
    allowed = tuple(
        os.path.realpath(folder) + os.sep
        for folder in (sys.prefix, sys.base_prefix, Path(os.__file__).parent, ASSETS_DIR)
    )
    refused = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn")

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(refused):
            raise RenderFailed(f"{event} is not for documents")
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if arguments[1] not in ("r", "rb", None) or not path.startswith(allowed):
                raise RenderFailed(f"opening {path} is not for documents")

    sys.addaudithook(watch)


def _bind_resources() -> None:
    """No more memory than agreed, and no core file with a household's data in it."""
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise SystemExit(0)
    return content


def _serve() -> None:
    """Press one document after another until the parent goes away."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnAssetsOnly(URLFetcher):  # type: ignore[misc]
        """Knows the style sheets of the print package; any other address ends the job."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            name = url.removeprefix(ASSET_SCHEME)
            if not url.startswith(ASSET_SCHEME) or name not in ASSETS:
                raise FatalURLFetchingError(f"{url[:200]} is no asset of the print package")
            # Their rules are read once for all documents, below, and handed in beside the page.
            return URLFetcherResponse(url, b"", {"Content-Type": "text/css; charset=utf-8"})

    fonts = FontConfiguration()
    sheets = {
        name: weasyprint.CSS(filename=ASSETS_DIR / name, font_config=fonts) for name in ASSETS
    }
    fetcher = OwnAssetsOnly(timeout=1, allowed_protocols=(), allow_redirects=False)
    # The first document loads codecs and font tables; nothing new is needed after it.
    weasyprint.HTML(string="<p>〔〕", url_fetcher=fetcher).write_pdf()
    _forbid_the_world()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while True:
        size, _ = _HEAD.unpack(_read_exactly(source, _HEAD.size))
        html = _read_exactly(source, size)
        page = html.decode()
        wanted = [sheet for name, sheet in sheets.items() if f'"{ASSET_SCHEME}{name}"' in page]
        document = weasyprint.HTML(string=page, url_fetcher=fetcher, base_url=ASSET_SCHEME).render(
            font_config=fonts, stylesheets=wanted
        )
        pdf: bytes = document.write_pdf(pdf_identifier=hashlib.sha256(html).digest()[:16])
        sink.write(_HEAD.pack(len(pdf), len(document.pages)) + pdf)
        sink.flush()


if __name__ == "__main__":
    _bind_resources()
    _serve()
