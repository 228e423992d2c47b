"""What happened: append-only, chained per subject, sealed as a whole from time to time."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Subquery

from casework.ledger.canonical import GENESIS, digest, merkle_root
from casework.ledger.models import JournalEntry, OutboxMessage, Seal, SealLeaf
from casework.lib import writes

# How far below the last sealed entry a seal still looks for entries that committed late.
STRAGGLER_REACH = 100_000
# The kind of message that takes a seal off the machine.
EXPORT = "export_seal"


# The number and the hash of a subject's last entry.
Head = tuple[int, str]


def append(entry: JournalEntry, head: Head | None = None) -> JournalEntry:
    """Chain an entry to its subject's last one and write it. The caller holds the subject's lock.

    Two writers without that lock meet in the unique (subject, seq) and one is refused. Whoever
    writes for many subjects has read their last entries before, and hands each down.
    """
    if head is None:
        head = heads(entry.subject_type, [entry.subject_id]).get(entry.subject_id)
    seq, prev_hash = head or (0, GENESIS)
    entry.seq = seq + 1
    entry.prev_hash = prev_hash
    entry.hash = entry_hash(entry)
    writes.add(entry)
    return entry


def heads(subject_type: str, numbers: list[int]) -> dict[int, Head]:
    """The last entries of subjects of one kind."""
    of_kind = JournalEntry.objects.filter(subject_type=subject_type)
    last = of_kind.filter(subject_id=OuterRef("subject_id")).order_by("-seq").values("seq")[:1]
    found = of_kind.filter(subject_id__in=numbers, seq=Subquery(last))
    return {
        number: (seq, mark) for number, seq, mark in found.values_list("subject_id", "seq", "hash")
    }


def entry_hash(entry: JournalEntry) -> str:
    """The hash that binds an entry's content to the entry before it."""
    return digest(
        {
            "subject": [entry.subject_type, entry.subject_id, entry.seq],
            "act": entry.act,
            "by": [entry.by_id, entry.by_name, entry.on_behalf_of, entry.unit],
            "moment": entry.moment,
            "recorded_at": entry.recorded_at,
            "states": [entry.from_state, entry.to_state, entry.reason],
            "facts": entry.facts,
            "prev": entry.prev_hash,
        }
    )


def seal_journal(at: datetime) -> Seal | None:
    """Seal every entry that no seal covers yet; None where there is nothing new.

    No act waits for it: an entry that commits later than a higher-numbered one is taken by the
    next seal. Two sealers at once meet in the unique `prev_hash` and one gives way.
    """
    try:
        with transaction.atomic():
            return _seal(at)
    except IntegrityError:
        return None


def _seal(at: datetime) -> Seal | None:
    last = Seal.objects.order_by("-pk").first()
    floor = last.last_entry - STRAGGLER_REACH if last else 0
    covered = SealLeaf.objects.filter(entry_number=OuterRef("pk"))
    fresh = list(
        JournalEntry.objects.filter(~Exists(covered), pk__gt=floor)
        .order_by("pk")
        .values_list("pk", "hash")
    )
    if not fresh:
        return None
    seal = Seal(
        sealed_at=at,
        first_entry=fresh[0][0],
        last_entry=max(fresh[-1][0], last.last_entry if last else 0),
        count=len(fresh),
        root=merkle_root([f"{number}:{entry}" for number, entry in fresh]),
        prev_hash=last.hash if last else GENESIS,
    )
    seal.hash = seal_hash(seal)
    seal.save(force_insert=True)
    SealLeaf.objects.bulk_create(
        (SealLeaf(seal=seal, entry_number=number, entry_hash=entry) for number, entry in fresh),
        batch_size=500,
    )
    if settings.SEAL_EXPORT_DIR:
        OutboxMessage.objects.create(
            kind=EXPORT,
            key=f"seal-{seal.pk}",
            payload={"seal": seal.pk},
            created_at=at,
            due_at=at,
        )
    return seal


def seal_hash(seal: Seal) -> str:
    """The hash that binds a seal to the one before it."""
    return digest(
        [
            seal.prev_hash,
            seal.root,
            seal.count,
            seal.first_entry,
            seal.last_entry,
            seal.sealed_at,
        ]
    )
