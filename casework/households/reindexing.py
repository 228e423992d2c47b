"""Moving the blind indexes of people and of import rows to the key and the hash in use."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from casework.households.imports import keys_of_row
from casework.households.models import ImportRow, Member
from casework.households.models.member import id_hash
from casework.lib.rekeying import Rotated, register_reindexer


@register_reindexer
def members(batch: int) -> Iterator[Rotated]:
    """Each person's index from the number that lies sealed beside it."""
    done = Rotated("households.member.id_hash")
    for member in _walk(Member.objects.exclude(id_hash=""), batch):
        wanted = id_hash(member.id_no)
        if wanted != member.id_hash:
            row = Member.objects.filter(pk=member.pk, id_hash=member.id_hash)
            done.count(row.update(id_hash=wanted))
    yield done


@register_reindexer
def import_rows(batch: int) -> Iterator[Rotated]:
    """Each row's index from its sealed values, and with the head's that of its household."""
    done = Rotated("households.importrow.natural_key")
    for row in _walk(ImportRow.objects.all(), batch):
        old, wanted = row.natural_key, keys_of_row(json.loads(row.values_sealed))[0]
        if wanted == old:
            continue
        if ImportRow.objects.filter(natural_key=wanted).exists():
            # The same report was read again meanwhile, under the key in use; it stands for both.
            done.count(0)
            continue
        held = ImportRow.objects.filter(pk=row.pk, natural_key=old)
        done.count(held.update(natural_key=wanted))
        ImportRow.objects.filter(group_key=old).update(group_key=wanted)
    yield done


def _walk(rows: QuerySet[Any], batch: int) -> Iterator[Any]:
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:batch]):
        yield from found
        last = found[-1].pk
