"""Several PDFs bound into one, each under a bookmark of its own."""

from collections.abc import Iterable
from io import BytesIO
from typing import NamedTuple

from pypdf import PdfReader, PdfWriter


class Piece(NamedTuple):
    """One PDF of a bundle and what its bookmark says."""

    title: str
    content: bytes


def bind(pieces: Iterable[Piece], *, title: str) -> bytes:
    """One PDF of all pieces, in their order, page for page as each was made."""
    writer = PdfWriter()
    for piece in pieces:
        start = len(writer.pages)
        writer.append(PdfReader(BytesIO(piece.content)), import_outline=False)
        writer.add_outline_item(title=piece.title, page_number=start)
    writer.add_metadata({"/Title": title})
    bound = BytesIO()
    writer.write(bound)
    return bound.getvalue()
