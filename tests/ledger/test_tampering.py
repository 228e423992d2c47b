"""Six kinds of tampering by one who owns the tables, a hundred times each: all are found.

Every row is under a seal that was exported; the tamperer has the machine, not the export.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from casework.ledger import export, figures
from casework.ledger.canonical import GENESIS, merkle_root
from casework.ledger.export import export_faults, public_key, read_export, signed_line
from casework.ledger.figures import posted_digest
from casework.ledger.journal import entry_hash, seal_hash, seal_journal
from casework.ledger.models import JournalEntry, Movement, Seal, SealLeaf
from casework.ledger.verify import verify_books
from tests.ledger.tampering import lifted
from tests.ledger.test_books import act, moment

pytestmark = pytest.mark.django_db
TIMES = 100
SUBJECTS, ROUNDS = 6, 5


@pytest.fixture
def exported(tmp_path: Path) -> list[dict[str, Any]]:
    """Two weeks of books, sealed each day and exported, the first week closed."""
    for day in range(ROUNDS):
        for number in range(1, SUBJECTS + 1):
            figure = ("referred", "completed")[number % 2]
            act(number, moment(day * 2, 9 + number), (figure, 1, "110101"), name=f"act{day}")
        seal_journal(moment(day * 2, 20))
    figures.seal_week("2018-W35", at=moment(7))
    target = tmp_path / export.FILE
    target.write_text("".join(signed_line(seal) + "\n" for seal in Seal.objects.order_by("pk")))
    return read_export(target, public_key())


class Untouched(Exception):
    """The draw of this time met nothing to tamper with."""


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def any_of(chance: random.Random, table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY id")
        return int(chance.choice(cursor.fetchall())[0])


FLIPS = {
    "ledger_journalentry": ("act", "to_state", "hash", "prev_hash", "by_name"),
    "ledger_movement": ("district", "figure", "note"),
    "ledger_balance": ("district", "line"),
    "ledger_seal": ("root", "hash"),
    "ledger_sealleaf": ("entry_hash",),
}


def flip(chance: random.Random) -> str:
    """One bit of one character in one row."""
    table = chance.choice(list(FLIPS))
    column, row = chance.choice(FLIPS[table]), any_of(chance, table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [row])
        text = cursor.fetchone()[0] or "a"
    place = chance.randrange(len(text))
    text = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
    run(f"UPDATE {table} SET {column} = %s WHERE id = %s", text, row)
    return {"ledger_journalentry": f"{row} ", "ledger_seal": f"seal {row}"}.get(table, "")


def delete(chance: random.Random) -> str:
    """One entry with everything that names it, or one movement."""
    if chance.random() < 0.3:
        run("DELETE FROM ledger_movement WHERE id = %s", any_of(chance, "ledger_movement"))
        return "posted"
    row = JournalEntry.objects.get(pk=any_of(chance, "ledger_journalentry"))
    run("DELETE FROM ledger_movement WHERE entry_id = %s", row.pk)
    run("DELETE FROM ledger_journalentry WHERE id = %s", row.pk)
    return f"{row.subject_type} {row.subject_id}" if row.seq < ROUNDS else str(row.pk)


def insert(chance: random.Random) -> str:
    """One entry slipped in between, the later ones of its subject moved on."""
    row = JournalEntry.objects.get(pk=any_of(chance, "ledger_journalentry"))
    for later in JournalEntry.objects.filter(
        subject_type=row.subject_type, subject_id=row.subject_id, seq__gte=row.seq
    ).order_by("-seq"):
        run("UPDATE ledger_journalentry SET seq = seq + 1 WHERE id = %s", later.pk)
    row.pk, row.act, row._state.adding = None, "forged", True
    row.hash = entry_hash(row)
    row.save(force_insert=True)
    return f"{row.subject_type} {row.subject_id} #{row.seq + 1}"


def reorder(chance: random.Random) -> str:
    """Two entries of one subject change places."""
    row = JournalEntry.objects.get(pk=any_of(chance, "ledger_journalentry"))
    other = (
        JournalEntry.objects.filter(subject_type=row.subject_type, subject_id=row.subject_id)
        .exclude(pk=row.pk)
        .order_by("?")
        .first()
    )
    if other is None:
        raise Untouched
    run("UPDATE ledger_journalentry SET seq = 0 WHERE id = %s", row.pk)
    run("UPDATE ledger_journalentry SET seq = %s WHERE id = %s", row.seq, other.pk)
    run("UPDATE ledger_journalentry SET seq = %s WHERE id = %s", other.seq, row.pk)
    return f"{row.subject_type} {row.subject_id}"


def truncate(chance: random.Random) -> str:
    """The newest seals with all that they cover: the chain that is left is sound."""
    seals = list(Seal.objects.order_by("pk"))
    cut = chance.randrange(1, len(seals))
    run("DELETE FROM ledger_movement WHERE entry_id > %s", seals[cut - 1].last_entry)
    run("DELETE FROM ledger_journalentry WHERE id > %s", seals[cut - 1].last_entry)
    run("DELETE FROM ledger_sealleaf WHERE seal_id > %s", seals[cut - 1].pk)
    run("DELETE FROM ledger_seal WHERE id > %s", seals[cut - 1].pk)
    if cut < ROUNDS - 1:
        for table in ("balance", "period"):
            run(f"DELETE FROM ledger_{table}")
    return f"seal {seals[cut].pk}: was exported, and is now missing"


def rewrite(chance: random.Random) -> str:
    """One entry changed and every hash after it made anew, seals and all."""
    row = JournalEntry.objects.get(pk=any_of(chance, "ledger_journalentry"))
    run("UPDATE ledger_journalentry SET act = 'forged' WHERE id = %s", row.pk)
    prev_hash = GENESIS
    for entry in JournalEntry.objects.filter(
        subject_type=row.subject_type, subject_id=row.subject_id
    ).order_by("seq"):
        entry.prev_hash = prev_hash
        if "posted" in entry.facts:
            entry.facts["posted"] = posted_digest(list(Movement.objects.filter(entry=entry)))
        prev_hash = entry_hash(entry)
        run(
            "UPDATE ledger_journalentry SET prev_hash = %s, hash = %s WHERE id = %s",
            entry.prev_hash, prev_hash, entry.pk,
        )  # fmt: skip
        run(
            "UPDATE ledger_sealleaf SET entry_hash = %s WHERE entry_number = %s",
            prev_hash,
            entry.pk,
        )
    _seal_anew()
    changed = SealLeaf.objects.get(entry_number=row.pk).seal_id
    return f"seal {changed}: differs from what was exported"


def _seal_anew() -> None:
    prev_hash = GENESIS
    for seal in Seal.objects.order_by("pk"):
        leaves = SealLeaf.objects.filter(seal=seal).order_by("entry_number")
        seal.prev_hash = prev_hash
        seal.root = merkle_root([f"{leaf.entry_number}:{leaf.entry_hash}" for leaf in leaves])
        prev_hash = seal_hash(seal)
        run(
            "UPDATE ledger_seal SET prev_hash = %s, root = %s, hash = %s WHERE id = %s",
            seal.prev_hash, seal.root, prev_hash, seal.pk,
        )  # fmt: skip


@pytest.mark.parametrize("kind", [flip, delete, insert, reorder, truncate, rewrite])
def test_a_hundred_of_each_kind_are_found_and_named(
    kind: Callable[[random.Random], str], exported: list[dict[str, Any]]
) -> None:
    assert verify_books(lambda: export_faults(exported)).holds
    missed, unnamed, done = [], [], 0
    with lifted():
        for turn in range(TIMES * 2):
            if done == TIMES:
                break
            try:
                with transaction.atomic():
                    named = kind(random.Random(turn))
                    first_bad = verify_books(_of(kind, exported)).first_bad
                    transaction.set_rollback(True)
            except Untouched:
                continue
            done += 1
            if first_bad is None:
                missed.append(turn)
            elif named not in first_bad:
                unnamed.append((turn, named, first_bad))
    assert done == TIMES
    assert not missed
    assert not unnamed


def _of(
    kind: Callable[[random.Random], str], exported: list[dict[str, Any]]
) -> Callable[[], Iterator[str]] | None:
    """What stays sound by itself is found by the export alone; the rest without it."""
    return (lambda: export_faults(exported)) if kind in (truncate, rewrite) else None


@pytest.mark.parametrize("kind", [truncate, rewrite])
def test_what_the_tamperer_makes_sound_is_not_found_without_the_export(
    kind: Callable[[random.Random], str], exported: list[dict[str, Any]]
) -> None:
    """The control: such tampering is real, and the export is what finds it."""
    with lifted(), transaction.atomic():
        kind(random.Random(3))
        assert verify_books().holds
        transaction.set_rollback(True)
