"""Who may read a document, as the rooms that own its subject say."""

from collections.abc import Callable

from django.db.models import QuerySet

from casework.documents.models import Document, DocumentState
from casework.staff.models import User

Reader = Callable[[User, Document], bool]
_readers: dict[str, Reader] = {}


def register_reader(subject_type: str, may_read: Reader) -> None:
    """Let the room that owns a kind of subject say who may read its documents."""
    _readers[subject_type] = may_read


def may_read(user: User, document: Document) -> bool:
    """True if the owner of the subject says so; a subject nobody speaks for is closed."""
    reader = _readers.get(document.subject_type)
    return bool(user.is_active and reader and reader(user, document))


def documents_of(subject_type: str, subject_id: int) -> QuerySet[Document]:
    """The documents issued about one subject, oldest first."""
    return Document.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by(
        "issued_at", "pk"
    )


def failed() -> QuerySet[Document]:
    """Documents whose PDF could not be made: a person must look."""
    return Document.objects.filter(state=DocumentState.FAILED).order_by("issued_at", "pk")
