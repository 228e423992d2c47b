"""Moving the blind indexes of people and of import rows to the key and the hash in use."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from casework.households.imports import keys_of_row
from casework.households.models import ImportRow, Member
from casework.households.models.member import id_hash, phone_hash
from casework.lib.rekeying import Rotated, register_reindexer


@register_reindexer
def members(batch: int) -> Iterator[Rotated]:
    """Each person's indexes from the numbers that lie sealed beside them."""
    for column, source, made in (
        ("id_hash", "id_no", id_hash),
        ("phone_hash", "phone", phone_hash),
    ):
        done = Rotated(f"households.member.{column}")
        for member in _walk(Member.objects.exclude(**{column: ""}), batch):
            found, wanted = getattr(member, column), made(getattr(member, source))
            if wanted != found:
                row = Member.objects.filter(pk=member.pk, **{column: found})
                done.count(row.update(**{column: wanted}))
        yield done


@register_reindexer
def import_rows(batch: int) -> Iterator[Rotated]:
    """Each row's index from its sealed values, and with the head's that of its household."""
    done = Rotated("households.importrow.natural_key")
    for row in _walk(ImportRow.objects.all(), batch):
        if not row.values_sealed:
            # Forgotten with its household: the old index stands alone, and tells nothing.
            continue
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
