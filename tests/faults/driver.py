"""A process of the project for the harness to start, stop and kill.

`python -m tests.faults.driver COMMAND ...` answers on standard output in JSON.
"""

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from celery import shared_task  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import (  # noqa: E402
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    models,
    transaction,
)

from casework.cases.models import HelpCase  # noqa: E402
from casework.celery import app  # noqa: E402
from casework.documents.models import Document, DocumentState  # noqa: E402
from casework.households.models import Household, Member  # noqa: E402
from casework.ledger import journal, outbox  # noqa: E402
from casework.ledger.act import open_books  # noqa: E402
from casework.ledger.models import (  # noqa: E402
    Answer,
    JournalEntry,
    Movement,
    OutboxMessage,
    Period,
)
from casework.ledger.verify import verify_books  # noqa: E402
from casework.lib import clock  # noqa: E402
from casework.lib.errors import CaseworkError  # noqa: E402
from casework.lib.files import FileSpoilt, read_private  # noqa: E402
from casework.staff.demo import create_demo_accounts  # noqa: E402
from casework.staff.models import User  # noqa: E402
from casework.staff.operations import grant_membership  # noqa: E402
from workflows import backup  # noqa: E402
from workflows import perform as perform_module  # noqa: E402
from workflows.checks import flow_faults  # noqa: E402
from workflows.perform import perform  # noqa: E402

STREET = "110101901"
COMMUNITY = STREET + "001"
ACTS = (
    "refer",
    "accept_referral",
    "arrange_verification",
    "record_verification",
    "confirm_verification",
)


def migrate() -> None:
    """Create the tables and the reference data."""
    call_command("migrate", verbosity=0)


def cast(cases: str) -> None:
    """The people who act, and a household for each case."""
    for name, role in (("cw", "CW"), ("cw2", "CW"), ("sh", "SH")):
        user = User.objects.create_user(username=name, display_name=f"试{name}")
        grant_membership(user=user, role=role, by=None, division=STREET)
    for number in range(int(cases)):
        household = Household.objects.create(
            hukou_division=COMMUNITY,
            residence_division=COMMUNITY,
            address=f"示例一街道{number}号",
            category="D_DISABLED",
            test_data=True,
        )
        head = Member.objects.create(household=household, name=f"试户{number}")
        Household.objects.filter(pk=household.pk).update(head=head)


def cast_accounts() -> None:
    """The accounts that sign in at the screens."""
    create_demo_accounts(password="demo-only-2018", streets=[STREET])  # noqa: S106


def facts_of(act: str, number: int) -> tuple[User, dict[str, Any]]:
    """Who does an act, and with which facts; the same every time it is tried."""
    people = {user.username: user for user in User.objects.filter(username__in=("cw", "cw2", "sh"))}
    day = people["cw"].date_joined.date().isoformat()
    facts: dict[str, dict[str, Any]] = {
        "refer": {
            "household": Household.objects.order_by("pk")[number],
            "source": "COMMITTEE",
            "reason": "试转介",
            "division": STREET,
        },
        "accept_referral": {},
        "arrange_verification": {
            "verifiers": [
                {"user": people["cw2"].pk},
                {"name": "试核查员", "unit": "COMMUNITY"},
            ],
            "visit_on": day,
        },
        "record_verification": {
            "visited_on": day,
            "member_signed": True,
            "verifiers_signed": True,
            "photos": 2,
            "econ_check": "WAIVED",
            "proposal": "REJECTED",
            "reason": "NO_NEED",
        },
        "confirm_verification": {"outcome": "REJECTED", "reason": "NO_NEED"},
    }
    return people["sh" if act == "confirm_verification" else "cw"], facts[act]


def do(number: int, act: str, key: str | None = None) -> Any:
    """One act of one case, under its key."""
    by, facts = facts_of(act, number)
    case = HelpCase.objects.filter(household=Household.objects.order_by("pk")[number]).first()
    subject = None if act == "refer" else case
    return perform(act, subject, by=by, key=key or f"{number}-{act}", **facts)


def lead(first: str, last: str, acts: str, acknowledged: str) -> None:
    """Lead cases through their first acts, noting each answer; what is noted is not done again."""
    notes = Path(acknowledged)
    noted = set(notes.read_text().split()) if notes.exists() else set()
    with notes.open("a") as lines:
        for number in range(int(first), int(last)):
            for act in ACTS[: int(acts)]:
                if (key := f"{number}-{act}") not in noted:
                    _until_answered(lambda n=number, a=act: do(n, a))
                    lines.write(key + "\n")
                    lines.flush()
                    os.fsync(lines.fileno())


def _until_answered(act: Callable[[], Any]) -> None:
    """Try again under the same key while the database is away, as a person would."""
    while True:
        try:
            act()
        except (OperationalError, InterfaceError):
            connections.close_all()
            time.sleep(0.05)
        else:
            return


def at_once(how_many: int, one: Callable[[int], str]) -> Counter[str]:
    """Let many threads do one thing at the same moment; how each was answered."""
    gate = threading.Barrier(how_many)
    answers: Counter[str] = Counter()
    guard = threading.Lock()

    def wait_and_do(place: int) -> None:
        connection.ensure_connection()
        gate.wait()
        answer = one(place)
        with guard:
            answers[answer] += 1
        connections.close_all()

    threads = [threading.Thread(target=wait_and_do, args=(place,)) for place in range(how_many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def naive(how_many: str) -> dict[str, int]:
    """What a step without lock and key does: look whether it is done, then do it."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS fault_naive")
        cursor.execute("CREATE TABLE fault_naive (step int)")

    def one(_place: int) -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM fault_naive")
            if cursor.fetchone()[0]:
                return "refused"
            time.sleep(0.01)
            cursor.execute("INSERT INTO fault_naive (step) VALUES (1)")
            return "done"

    return {"doubled": at_once(int(how_many), one)["done"] - 1}


def submit(number: str, act: str, how_many: str, keys: str) -> dict[str, int]:
    """Submit one act many times at the same moment; how each submission was answered."""

    def one(place: int) -> str:
        key = f"{number}-{act}-{0 if keys == 'same' else place}"
        try:
            return "repeated" if do(int(number), act, key).repeated else "done"
        except CaseworkError:
            return "refused"
        except DatabaseError as failure:
            return type(failure).__name__

    return dict(at_once(int(how_many), one))


@outbox.handles("fault_effect")
def fault_effect(message: OutboxMessage) -> Callable[[], None]:
    """Some slow work, then an effect that can be counted."""
    time.sleep(float(os.environ.get("FAULT_SECONDS", "0.05")))

    def leave_a_mark() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO fault_effect (message) VALUES (%s)", [message.pk])

    return leave_a_mark


def order_effects(how_many: str) -> None:
    """Order effects, each with an act of the books."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE fault_effect (message bigint)")
    for number in range(int(how_many)):
        with open_books("fault", by=None) as books:
            books.send("fault_effect", f"fault-{number}", {"number": number})
            books.close(("week", number + 1), from_state="", to_state="")


def wake(times: str, task: str = "workflows.deliver_outbox") -> None:
    """Send a task to the broker, as the clock does."""
    for _time in range(int(times)):
        app.send_task(task, queue="documents" if "deliver" in task else "acts")


@shared_task(name="fault.mark", queue="acts")
def mark() -> None:
    """A task that is nothing but itself: no row says that it was ordered."""
    time.sleep(8)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO fault_effect (message) VALUES (0)")


def move_once(moment: str) -> None:
    """Let one figure move at a moment: from that week on there is something to seal."""
    at = clock.start_of(date.fromisoformat(moment))
    with clock.at(at), open_books("fault", by=None, moment=at) as books:
        books.post("referred", 1, subject=("week", 1), district="110101")
        books.close(("week", 1), from_state="", to_state="")


def weeks() -> dict[str, Any]:
    """Every sealed week with its bytes, and how often it was compiled and printed."""
    sealed = Period.objects.filter(sealed_at__isnull=False).order_by("week")
    papers = Counter(Document.objects.values_list("kind", "number"))
    return {
        "sealed": dict(sealed.values_list("week", "sha256")),
        "compiled": JournalEntry.objects.filter(act="compile_week").count(),
        "papers": Document.objects.count(),
        "doubled": sum(count - 1 for count in papers.values()),
        "books": verify_books().holds,
    }


def imported() -> dict[str, int]:
    """What an import came to."""
    people = Member.objects.filter(name__startswith="试导")
    return {
        "people": people.count(),
        "distinct": people.values("id_hash").distinct().count(),
        "cases": HelpCase.objects.count(),
        "entries": JournalEntry.objects.filter(act="refer").count(),
    }


def spoil(what: str) -> None:
    """Take a safety away, so that the harness can be seen to miss it; never in the product."""
    if "no-lock" in what:
        perform_module.lock_subject = lambda kind, subject: kind.model.objects.get(pk=subject.pk)
        journal_append = journal.append

        def slow(entry: JournalEntry, head: journal.Head | None = None) -> JournalEntry:
            time.sleep(0.02)
            return journal_append(entry, head)

        journal.append = slow
        HelpCase._do_update = models.Model._do_update  # type: ignore[method-assign]
    if "no-key" in what:
        perform_module.answered = lambda _key, _fingerprint: None
    if "no-fence" in what:
        outbox._settle = _settle_unfenced  # type: ignore[assignment]
    if "no-unique" in what:
        with connection.cursor() as cursor:
            for table in ("ledger_answer", "ledger_journalentry", "workflows_run"):
                _drop_uniqueness(cursor, table)


def _settle_unfenced(message: OutboxMessage, finish: Callable[[], None] | None) -> bool:
    with transaction.atomic():
        if finish:
            finish()
        OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxMessage.State.DONE)
    return True


def _drop_uniqueness(cursor: Any, table: str) -> None:
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'",
        [table],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}" CASCADE')
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass"
        " AND indisunique AND NOT indisprimary",
        [table],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP INDEX IF EXISTS {name}")


def count_doubled() -> dict[str, int]:
    """Acts of one case that stand in the journal more than once, and cases of one household."""
    entries = Counter(
        JournalEntry.objects.filter(subject_type="case").values_list("subject_id", "act")
    )
    cases_of = Counter(HelpCase.objects.values_list("household_id", flat=True))
    return {"doubled": sum(count - 1 for count in (*entries.values(), *cases_of.values()))}


def drain(later: str) -> None:
    """Carry out messages until none is left, some seconds later than it is."""
    with clock.at(clock.now() + timedelta(seconds=int(later))):
        while outbox.drain():
            pass


def taken_again() -> int:
    """How often a message was taken up that a worker had held before."""
    return sum(
        attempt - 1
        for attempt in OutboxMessage.objects.filter(attempt__gt=1).values_list("attempt", flat=True)
    )


def effects() -> dict[str, int]:
    """How many effects were ordered, how many came, how many messages were taken up again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT message) FROM fault_effect")
        marks, distinct = cursor.fetchone()
    ordered = OutboxMessage.objects.filter(kind="fault_effect")
    return {
        "ordered": ordered.count(),
        "marks": marks,
        "lost": ordered.count() - distinct,
        "doubled": marks - distinct,
        "taken_again": taken_again(),
        "pending": ordered.exclude(state=OutboxMessage.State.DONE).count(),
    }


def documents() -> dict[str, int]:
    """Whether each case that was refused has its one notice, and its bytes."""
    issued = Document.objects.filter(state=DocumentState.ISSUED)
    spoilt = 0
    for name in issued.values_list("sha256", flat=True):
        try:
            read_private(name)
        except FileSpoilt:
            spoilt += 1
    numbers = Document.objects.values("kind", "number").distinct().count()
    return {
        "cases": HelpCase.objects.filter(state="REJECTED").count(),
        "issued": issued.count(),
        "spoilt": spoilt,
        "doubled": Document.objects.count()
        - numbers
        + Document.objects.count()
        - Document.objects.values("subject_type", "subject_id").distinct().count(),
        "taken_again": taken_again(),
        "pending": OutboxMessage.objects.exclude(state=OutboxMessage.State.DONE).count(),
    }


def account(cases: str, acts: str, *acknowledged: str) -> dict[str, Any]:
    """Compare what was acknowledged with what the books hold."""
    noted = {key for path in acknowledged for key in Path(path).read_text().split()}
    kept = set(Answer.objects.values_list("key", flat=True))
    entries = Counter(
        JournalEntry.objects.filter(subject_type="case").values_list("subject_id", "act")
    )
    figures = Counter(Movement.objects.values_list("figure", "subject_id"))
    wanted = int(cases) * int(acts)
    return {
        "acknowledged": len(noted),
        "lost": len(noted - kept) + wanted - len(entries),
        "doubled": sum(count - 1 for count in entries.values())
        + sum(count - 1 for count in figures.values())
        + HelpCase.objects.count()
        - int(cases),
        "faults": list(flow_faults()),
        "books": verify_books().holds,
    }


def judge(*acknowledged: str) -> dict[str, Any]:
    """Whether the tables hold what people were told, once, and agree with the journal."""
    notes = [
        json.loads(line) for path in acknowledged for line in Path(path).read_text().splitlines()
    ]
    kept = set(Answer.objects.values_list("key", flat=True))
    entries = Counter(
        JournalEntry.objects.filter(subject_type="case").values_list("subject_id", "act")
    )
    places = Counter(JournalEntry.objects.values_list("subject_type", "subject_id", "seq"))
    last: dict[int, str] = {}
    rows = JournalEntry.objects.filter(subject_type="case").order_by("subject_id", "seq")
    broken = 0
    for case, before, after in rows.values_list("subject_id", "from_state", "to_state"):
        broken += before != last.get(case, "")
        last[case] = after
    states = dict(HelpCase.objects.values_list("pk", "state"))
    cases_of = Counter(HelpCase.objects.values_list("household_id", flat=True))
    papers = documents()
    return {
        "acknowledged": len(notes),
        "lost": len({note["key"] for note in notes} - kept)
        + papers["cases"]
        - papers["issued"]
        + papers["spoilt"]
        + papers["pending"],
        "doubled": sum(count - 1 for count in (entries + places + cases_of).values())
        # A household entered by a referral that nobody was told of.
        + Household.objects.filter(address__startswith="示例二").exclude(pk__in=cases_of).count()
        + papers["doubled"],
        "disagree": broken + sum(last.get(case) != state for case, state in states.items()),
        "faults": list(flow_faults()),
        "books": verify_books().holds,
        "pending": papers["pending"],
        "waiting": [
            f"{kind} attempt {attempt} {error}"
            for kind, attempt, error in OutboxMessage.objects.exclude(
                state=OutboxMessage.State.DONE
            ).values_list("kind", "attempt", "last_error")
        ],
    }


def back_up(folder: str) -> str:
    """Copy database and files below a folder; where the copy lies."""
    return str(backup.back_up(Path(folder)))


def keys() -> list[str]:
    """The submissions that the database has answered."""
    return list(Answer.objects.values_list("key", flat=True))


COMMANDS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        migrate,
        cast,
        cast_accounts,
        lead,
        naive,
        submit,
        order_effects,
        drain,
        effects,
        documents,
        account,
        judge,
        wake,
        move_once,
        weeks,
        imported,
        spoil,
        count_doubled,
        keys,
        back_up,
    )
}

if __name__ == "__main__":
    spoil(os.environ.get("SPOILT", "").replace("no-unique", ""))
    answer = COMMANDS[sys.argv[1]](*sys.argv[2:])
    if answer is not None:
        print(json.dumps(answer))
