"""Who may read a document, as the rooms that own its subject say."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from casework.documents.models import Document, DocumentState
from casework.staff.models import User

# Which of some documents about subjects of one kind a person may read, by their numbers.
Reader = Callable[[User, list[Document]], set[int]]
_readers: dict[str, Reader] = {}


def register_reader(subject_type: str, readable: Reader) -> None:
    """Let the room that owns a kind of subject say who may read its documents."""
    _readers[subject_type] = readable


def readable(user: User, documents: Iterable[Document]) -> set[int]:
    """Which documents the owners of their subjects open; what nobody speaks for is closed."""
    if not user.is_active:
        return set()
    about: defaultdict[str, list[Document]] = defaultdict(list)
    for document in documents:
        about[document.subject_type].append(document)
    opened = (_readers[kind](user, found) for kind, found in about.items() if kind in _readers)
    return set().union(*opened)


def may_read(user: User, document: Document) -> bool:
    """True if the owner of the subject says so."""
    return document.pk in readable(user, [document])


def documents_of(subject_type: str, subject_id: int) -> QuerySet[Document]:
    """The documents issued about one subject, oldest first."""
    return Document.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by(
        "issued_at", "pk"
    )


def failed() -> QuerySet[Document]:
    """Documents whose PDF could not be made: a person must look."""
    return Document.objects.filter(state=DocumentState.FAILED).order_by("issued_at", "pk")
