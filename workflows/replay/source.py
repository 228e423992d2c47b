"""Reads a YAML file so that every value still knows the line it stands on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

Place = tuple[str | int, ...]
MERGE = "<<"


class ScenarioError(Exception):
    """A scenario file that cannot be played as written: says where and what is known."""

    def __init__(self, message: str, *, file: str = "", line: int | None = None) -> None:
        where = f"{file}:{line}: " if line else f"{file}: " if file else ""
        super().__init__(where + message)
        self.message, self.file, self.line = message, file, line


class PlainLoader(yaml.SafeLoader):
    """YAML in which `on`, `no`, `02` and dates are what they look like: plain text."""


PlainLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]{0,14})$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?(?:0|[1-9][0-9]{0,14})\.[0-9]+$", "-0123456789"),
):
    PlainLoader.add_implicit_resolver(tag, re.compile(pattern), list(first))


@dataclass
class Source:
    """The content of a file and the line of every place in it."""

    file: str
    content: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Sequence[str | int]) -> int | None:
        """The line of a place, or of the nearest place around it."""
        for length in range(len(place), -1, -1):
            if (found := self.lines.get(tuple(place[:length]))) is not None:
                return found
        return None

    def error(self, place: Sequence[str | int], message: str) -> ScenarioError:
        """An error that names this file and the line of the place."""
        return ScenarioError(message, file=self.file, line=self.line(place))


def read_source(path: Path) -> Source:
    """The file's content with line numbers; a key written twice is an error."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=PlainLoader)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        raise ScenarioError(
            _("This is not valid YAML: %(problem)s") % {"problem": fault.problem},
            file=str(path),
            line=mark.line + 1 if mark else None,
        ) from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise ScenarioError(
            _("The file cannot be read: %(problem)s") % {"problem": fault}, file=str(path)
        ) from fault
    source = Source(file=str(path), content=None)
    if node is not None:
        source.content = _value(node, (), source)
    return source


def _value(node: yaml.Node, place: Place, source: Source) -> Any:
    source.lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, place, source))
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*place, n), source) for n, child in enumerate(node.value)]
    return PlainLoader("").construct_object(node)


def _pairs(node: yaml.MappingNode, place: Place, source: Source) -> Iterator[tuple[str, Any]]:
    for key_node, child in node.value:
        if str(key_node.value) == MERGE:
            yield from _merged(child, place, source)
    seen: set[str] = set()
    for key_node, child in node.value:
        key = str(key_node.value)
        if key == MERGE:
            continue
        source.lines[(*place, key)] = key_node.start_mark.line + 1
        if key in seen:
            raise source.error((*place, key), _("“%(key)s” is written twice here.") % {"key": key})
        seen.add(key)
        yield key, _value(child, (*place, key), source)
        source.lines[(*place, key)] = key_node.start_mark.line + 1


def _merged(child: yaml.Node, place: Place, source: Source) -> Iterator[tuple[str, Any]]:
    """`<<: *name` brings in the keys of another mapping; keys written here win over them."""
    for node in child.value if isinstance(child, yaml.SequenceNode) else [child]:
        if not isinstance(node, yaml.MappingNode):
            raise source.error(place, _("`<<` can only bring in a mapping."))
        yield from _pairs(node, place, source)
