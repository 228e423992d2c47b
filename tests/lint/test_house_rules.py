"""Rules of the house that no tool in bin/lint.py knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("casework", "evaluation", "workflows")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40

pytestmark = pytest.mark.lint


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def own_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its lines without those of classes inside: a flow's factory holds the flow's whole page."""
    inner = [node for node in function.body if isinstance(node, ast.ClassDef)]
    return span(function) - sum(span(node) for node in inner)


def span(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_a_reader_holds() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long


def test_no_function_is_longer_than_a_page() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines"
        for path in sources()
        for node in functions(path)
        if (length := own_length(node)) > LONGEST_FUNCTION
    ]
    assert not long


def test_templates_escape_everything() -> None:
    unescaped = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if re.search(r"\|\s*safe\b|autoescape\s+off", path.read_text(encoding="utf-8"))
    ]
    assert not unescaped


def test_templates_load_nothing_from_other_hosts() -> None:
    outside = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if (found := re.search(r"(src|href)=[\"'](https?:)?//[^\"']+", path.read_text("utf-8")))
    ]
    assert not outside


# The example that GB 11643-1999 itself prints; the check of the check digit is tested with it.
PUBLISHED_EXAMPLE = "11010519491231" + "002X"


def test_personal_numbers_in_the_tree_are_synthetic() -> None:
    """Only numbers of the reserved prefix 110199 may stand in source, fixtures and documents."""
    number = re.compile(
        r"(?<![0-9A-Za-z])[1-8]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dX](?![0-9A-Za-z])"
    )
    folders = (*PACKAGES, "templates", "tests", "docs", "bin")
    texts = {".py", ".html", ".yaml", ".yml", ".csv", ".md", ".json", ".po", ".txt"}
    real = [
        f"{path.relative_to(ROOT)}: {found}"
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in texts
        for found in number.findall(path.read_text(encoding="utf-8"))
        if not found.startswith("110199") and found != PUBLISHED_EXAMPLE
    ]
    assert not real
