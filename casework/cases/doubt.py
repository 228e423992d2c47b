"""What a doubt is, for every check that raises one."""

from dataclasses import dataclass
from typing import Final

MOST_PROOFS: Final = 5


@dataclass(frozen=True)
class Doubt:
    """One thing to look at twice: which check, in a sentence, and what shows it."""

    code: str
    words: str
    proofs: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        return self.proofs[:MOST_PROOFS]

    @property
    def more(self) -> int:
        return max(0, len(self.proofs) - MOST_PROOFS)
