"""What somebody typed and could not record yet: kept for them alone, until it is recorded."""

from django.http import QueryDict

from casework.lib import clock
from casework.staff.models import User
from workflows.models import Draft

# Of this submission only: a draft is taken up by a fresh form with keys of its own.
_NOT_KEPT = ("csrfmiddlewaretoken", "key", "more", "set_aside")


def keep_draft(user: User, subject: tuple[str, int], act: str, typed: QueryDict) -> Draft:
    """Keep what was typed, in place of any earlier draft of the same act."""
    kept = typed.copy()
    for name in _NOT_KEPT:
        kept.pop(name, None)
    draft, _is_new = Draft.objects.update_or_create(
        user=user,
        subject_type=subject[0],
        subject_id=subject[1],
        act=act,
        defaults={"content": kept.urlencode(), "saved_at": clock.now()},
    )
    return draft


def draft_of(user: User, subject: tuple[str, int], act: str) -> Draft | None:
    """What this person had typed into this act's form, if it was never recorded."""
    return Draft.objects.filter(
        user=user, subject_type=subject[0], subject_id=subject[1], act=act
    ).first()


def typed_before(draft: Draft, key: str) -> QueryDict:
    """A draft as a form reads it, under a fresh submission key."""
    typed = QueryDict(draft.content, mutable=True)
    typed["key"] = key
    return typed


def drop_draft(user: User, subject: tuple[str, int], act: str) -> None:
    """Forget a draft whose act was recorded."""
    Draft.objects.filter(
        user=user, subject_type=subject[0], subject_id=subject[1], act=act
    ).delete()
