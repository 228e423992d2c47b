"""The press: no file, no socket, no time without end, and the same bytes for the same page."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pypdf
import pytest

from casework.lib import pdf
from tests.documents.samples import RARE

SECRET = "streng-geheim-4711"


class Ear(BaseHTTPRequestHandler):
    """Hears whoever calls."""

    calls: list[str] = []

    def do_GET(self) -> None:
        self.calls.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(SECRET.encode())

    def log_message(self, *args: Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def ear() -> Iterator[str]:
    Ear.calls = []
    server = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def secret(tmp_path: Path) -> str:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path.as_uri()


VECTORS = [
    '<link rel="attachment" href="{url}">',
    '<a rel="attachment" href="{url}">x</a>',
    '<img src="{url}">',
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<link rel="stylesheet" href="{url}">',
    '<style>@import url("{url}");</style>',
    '<style>@font-face{{font-family:q;src:url("{url}")}} p{{font-family:q}}</style><p>x</p>',
    '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><use href="{url}#a"/></svg>',
    '<p style="background:url({url})">x</p>',
    '<p style="list-style-image:url({url});display:list-item">x</p>',
    '<base href="{url}"><img src="x">',
    '<style>p::before{{content:url("{url}")}}</style><p>x</p>',
]


def outcome(html: str) -> bytes:
    """All that a page gives away: its bytes with every stream and attachment opened."""
    try:
        content = pdf.render_pdf(html, seconds=60)
    except pdf.RenderFailed:
        return b""
    reader = pypdf.PdfReader(io.BytesIO(content))
    files = [body for bodies in reader.attachments.values() for body in bodies]
    return b"".join([content, *files, *(page.extract_text().encode() for page in reader.pages)])


class TestNothingIsReached:
    def test_no_vector_opens_a_socket(self, ear: str) -> None:
        for vector in VECTORS:
            assert SECRET.encode() not in outcome(vector.format(url=ear + "/x")), vector
        assert Ear.calls == []

    def test_no_vector_reads_a_file(self, secret: str) -> None:
        for vector in VECTORS:
            assert SECRET.encode() not in outcome(vector.format(url=secret)), vector

    @pytest.mark.parametrize(
        "url", ["print:../../manage.py", "print:secret.css", "data:text/css,p{}", "PRINT:x"]
    )
    def test_only_named_style_sheets_are_served(self, url: str) -> None:
        with pytest.raises(pdf.RenderFailed, match="no asset"):
            pdf.render_pdf(f'<link rel="stylesheet" href="{url}">')

    def test_own_style_sheet_is_served(self) -> None:
        page = '<link rel="stylesheet" href="print:gbt9704.css"><p class="mark">示例</p>'
        assert pdf.press(page).pages == 1

    def test_the_child_knows_no_secret_of_its_parent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRET_KEY", SECRET)
        pdf.stop_press()
        pdf.render_pdf("<p>x")
        environment = Path(f"/proc/{pdf._the_press().child.pid}/environ").read_bytes()
        assert SECRET.encode() not in environment


class TestMonstersFailAlone:
    def test_deep_nesting_fails_clearly_and_the_next_document_is_made(self) -> None:
        with pytest.raises(pdf.RenderFailed, match="RecursionError"):
            pdf.render_pdf("<div>" * 5000)
        assert pdf.press("<p>好").pages == 1

    def test_time_is_bounded(self) -> None:
        rows = "<tr><td>一<td>二<td>三</tr>" * 20_000
        began = time.monotonic()
        with pytest.raises(pdf.RenderFailed, match="time is over"):
            pdf.render_pdf(f"<table>{rows}</table>", seconds=1)
        assert time.monotonic() - began < 5
        assert pdf.press("<p>好").pages == 1

    def test_memory_is_bounded(self) -> None:
        """A table far beyond any paper of ours fails alone, and never takes 400 MB."""
        rows = "<tr><td>一<td>二<td>三</tr>" * 30_000
        pdf.press("<p>好")
        child, peaks = pdf._the_press().child.pid, [0]

        def watch() -> None:
            with suppress(OSError):
                while True:
                    status = Path(f"/proc/{child}/status").read_text()
                    if "VmHWM:" not in status:
                        return
                    peaks.append(int(status.partition("VmHWM:")[2].split()[0]))
                    time.sleep(0.05)

        watcher = threading.Thread(target=watch)
        watcher.start()
        with pytest.raises(pdf.RenderFailed, match="MemoryError|the press stopped"):
            pdf.render_pdf(f"<table>{rows}</table>")
        watcher.join(timeout=10)
        assert 150_000 < max(peaks) < 400_000
        assert pdf.press("<p>好").pages == 1

    def test_size_is_bounded(self) -> None:
        with pytest.raises(pdf.RenderFailed, match="over the limit"):
            pdf.render_pdf("x" * (pdf.HTML_LIMIT + 1))

    def test_a_child_killed_from_outside_is_replaced(self) -> None:
        pdf.render_pdf("<p>x")
        child = pdf._the_press().child
        child.kill()
        child.wait()
        assert pdf.press("<p>好").pages == 1

    def test_a_table_of_three_thousand_rows_prints_and_repeats_its_head(self) -> None:
        rows = "".join(f"<tr><td>{n}<td>第{n}号" for n in range(3000))
        page = f"<table><thead><tr><th>序号<th>表头</thead><tbody>{rows}</table>"
        printed = pdf.press(page)
        reader = pypdf.PdfReader(io.BytesIO(printed.content))
        assert printed.pages == len(reader.pages) > 30
        assert all("表头" in page.extract_text() for page in reader.pages)
        assert "第2999号" in reader.pages[-1].extract_text()


class TestBytes:
    PAGE = (
        '<meta name="dcterms.created" content="2018-08-06">'
        '<p style="font-family:FandolFang">〔2018〕9号喆'
    )

    def test_same_page_gives_same_bytes_in_another_child(self) -> None:
        first = pdf.render_pdf(self.PAGE)
        pdf.stop_press()
        assert pdf.render_pdf(self.PAGE) == first

    def test_threads_do_not_mix_their_documents(self) -> None:
        printed: dict[int, str] = {}

        def one(number: int) -> None:
            content = pdf.render_pdf(f"<p>文{number}号")
            printed[number] = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()

        threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {n: f"文{n}号" for n in range(12)} == {n: t.strip() for n, t in printed.items()}


def read_back(family: str, text: str) -> str:
    content = pdf.render_pdf(f'<p style="font-family:{family}">{text}')
    return pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()


class TestRareNames:
    @pytest.mark.parametrize("family", ["FandolFang", "FandolKai", "FandolHei", "FandolSong"])
    def test_rare_characters_of_names_have_a_glyph_in_every_stack(self, family: str) -> None:
        behind = "Noto Sans CJK SC" if family == "FandolHei" else "Noto Serif CJK SC"
        for char in RARE:
            assert read_back(f"{family},{behind}", char) == char

    def test_the_check_sees_a_missing_character(self) -> None:
        assert read_back("FandolFang", "\U000f0abc") != "\U000f0abc"
