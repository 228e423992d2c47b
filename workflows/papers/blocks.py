"""What a form is made of; a page prints blocks and knows no case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

Row = Sequence[str]


@dataclass(frozen=True)
class Pairs:
    """Labels with what is on file beside them, two to a line; empty ones are there to be filled."""

    kind: ClassVar[str] = "pairs"
    title: str
    rows: Sequence[tuple[str, str]]

    @property
    def lines(self) -> list[list[tuple[str, str]]]:
        """Two pairs to a line; a long one has a line to itself."""
        found: list[list[tuple[str, str]]] = []
        for pair in self.rows:
            if (
                found
                and len(found[-1]) == 1
                and not self._long(pair)
                and not self._long(found[-1][0])
            ):
                found[-1].append(pair)
            else:
                found.append([pair])
        return found

    @staticmethod
    def _long(pair: tuple[str, str]) -> bool:
        return len(pair[1]) > 16


@dataclass(frozen=True)
class Table:
    """A list with a head that is repeated on every page; `blank` rows are left for the pen."""

    kind: ClassVar[str] = "table"
    title: str
    headings: Row
    rows: Sequence[Row]
    widths: Sequence[int] = ()
    blank: int = 0

    @property
    def columns(self) -> list[str]:
        """The width of each column in millimetres; those without one share the rest."""
        return [f"width: {width}mm" if width else "" for width in self.widths]

    @property
    def empty_rows(self) -> range:
        return range(self.blank)


@dataclass(frozen=True)
class Text:
    """Sentences under a heading."""

    kind: ClassVar[str] = "text"
    title: str
    paragraphs: Sequence[str]


@dataclass(frozen=True)
class Room:
    """A box for handwriting."""

    kind: ClassVar[str] = "room"
    title: str
    height: int = 40


@dataclass(frozen=True)
class Signatures:
    """Lines on which people sign."""

    kind: ClassVar[str] = "signatures"
    who: Sequence[str]


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, laid out in millimetres of a drawing 156 mm wide."""

    label: str
    value: str
    y: int
    width: float

    @property
    def after(self) -> float:
        """Where the figure begins, a little after the bar's end."""
        return Bars.LEFT + self.width + 2


@dataclass(frozen=True)
class Bars:
    """A chart of lying bars with the figure at each; the same on screen and on paper."""

    kind: ClassVar[str] = "bars"
    # Room for the label at the left, the bars' longest, and from one bar to the next.
    LEFT: ClassVar[int] = 44
    LONGEST: ClassVar[int] = 92
    STEP: ClassVar[int] = 8

    title: str
    # Label, size, and the figure as it is written.
    rows: Sequence[tuple[str, float, str]]
    full: float

    @property
    def bars(self) -> list[Bar]:
        """The bars from the top down, none longer than the full measure."""
        return [
            Bar(
                label,
                words,
                place * self.STEP,
                round(self.LONGEST * min(max(size, 0.0) / self.full, 1.0), 2),
            )
            for place, (label, size, words) in enumerate(self.rows)
        ]

    @property
    def height(self) -> int:
        return max(len(self.rows), 1) * self.STEP

    @property
    def told(self) -> str:
        """The chart in words, for whoever does not see it."""
        return "；".join(f"{label} {words}" for label, _size, words in self.rows)


@dataclass(frozen=True)
class Letter:
    """A notice to somebody: addressee, sentences, issuer and date."""

    kind: ClassVar[str] = "letter"
    addressee: str
    paragraphs: Sequence[str]
    issuer: str
    issued_on: str
    contact: str = ""


Block = Pairs | Table | Text | Bars | Room | Signatures | Letter


@dataclass(frozen=True)
class Form:
    """A paper ready to be printed."""

    title: str
    number: str
    blocks: Sequence[Block] = field(default_factory=tuple)
    printed: str = ""
    sample: bool = False
    # What the number is the number of.
    numbered: str = "个案编号"
