"""The database's own layer of access: every table about people is under it, none can look past."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from casework.cases.models import HelpCase
from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.staff.demo import create_demo_accounts
from casework.staff.models import User
from casework.staff.row_policies import secure, stands
from casework.staff.rows import APPLICATION_ROLE, as_engine, policies, seen_by
from tests.walk import PASSWORD, STREET, Walk, at

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

OTHER_STREET = "110112902"
# What a row tells of a household, and by which column it would.
TELLING = {
    "households.Household", "households.Member", "cases.HelpCase", "referrals.Referral",
    "visits.ElderEnrolment", "rectification.RectificationOrder", "cases.Verification",
    "cases.HelpPlan", "cases.Publicity", "cases.Objection", "cases.PlanItem",
    "scoring.ScoreSheet", "scoring.Finding", "visits.VisitRecord",
}  # fmt: skip
# Tables that name a subject and are open to every account, each with its reason.
OPEN = {
    "ledger.Movement": "one figure of one district; the list behind it asks the cases",
    "ledger.ReadEntry": "written outside of any person's transaction, read by auditors alone",
    "rectification.RectificationOrder_first_evaluators": "two numbers, read through the order",
}


def tables_that_tell() -> set[str]:
    found = set()
    for model in apps.get_models(include_auto_created=True):
        fields = model._meta.concrete_fields
        related = {f.related_model._meta.label for f in fields if f.is_relation and f.related_model}  # type: ignore[union-attr]
        if related & TELLING or any(f.name == "subject_type" for f in fields):
            found.add(model._meta.label)
    return found | TELLING


def test_every_table_that_tells_of_a_household_has_a_policy() -> None:
    covered = {m._meta.label for m in apps.get_models() if m._meta.db_table in policies()}
    assert tables_that_tell() - covered - set(OPEN) == set()
    assert set(OPEN) & covered == set()


def test_every_policy_stands_in_the_database_and_binds_the_owner_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relrowsecurity AND c.relforcerowsecurity"
        )
        assert {name for (name,) in cursor.fetchall()} == set(policies())


@pytest.fixture
def street() -> Any:
    """A case in help in one street, with its file; the moment stands still."""
    with clock.at(at("2018-07-17 09:00")):
        yield Walk.upto("start")


def rows_of(model: type[models.Model]) -> int:
    return model._base_manager.count()


def test_a_stranger_finds_no_row_in_any_table(street: Walk) -> None:
    nobody = User.objects.create_user(username="nobody", password=None)
    held = [m for m in apps.get_models() if m._meta.db_table in policies()]
    assert sum(rows_of(m) > 0 for m in held) >= 15, "the file has rows to hide"
    with seen_by(nobody.pk):
        assert {m._meta.label: rows_of(m) for m in held if rows_of(m)} == {}
    with seen_by(None):
        assert {m._meta.label: rows_of(m) for m in held if rows_of(m)} == {}


def test_the_street_finds_its_case_and_another_street_does_not(street: Walk) -> None:
    create_demo_accounts(password=PASSWORD, streets=[OTHER_STREET])
    for who, finds in ((f"cw.{STREET}", True), (f"cw.{OTHER_STREET}", False)):
        with seen_by(User.objects.get(username=who).pk):
            assert HelpCase.objects.filter(pk=street.case.pk).exists() is finds
            assert JournalEntry.objects.filter(subject_id=street.case.pk).exists() is finds


def test_the_engine_sees_all_within_and_the_person_no_more_after(street: Walk) -> None:
    with seen_by(None):
        with as_engine():
            assert HelpCase.objects.exists()
        assert not HelpCase.objects.exists()
        with pytest.raises(ZeroDivisionError), as_engine(), transaction.atomic():
            raise ZeroDivisionError
        assert not HelpCase.objects.exists()
    assert HelpCase.objects.exists()


def test_requests_have_no_right_to_change_what_stands_for_good(street: Walk) -> None:
    entry = JournalEntry.objects.earliest("pk")
    for statement in (
        "UPDATE ledger_journalentry SET act = 'x'",
        "DELETE FROM ledger_journalentry",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            seen_by(None),
            as_engine(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert JournalEntry.objects.get(pk=entry.pk).act == entry.act


def test_nobody_writes_a_row_that_they_could_not_see(street: Walk) -> None:
    alert = {"case": street.case, "code": "C01", "raised_at": clock.now()}
    model = apps.get_model("cases.ServiceAlert")
    with pytest.raises(DatabaseError, match="row-level security"), seen_by(None):
        model.objects.create(**alert)


def test_a_connection_that_says_nothing_sees_nothing(street: Walk) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APPLICATION_ROLE}")
        cursor.execute("SELECT set_config('casework.scope', 'none', true)")
        cursor.execute("SELECT count(*) FROM cases_helpcase")
        assert cursor.fetchone() == (0,)
        transaction.set_rollback(True)


def test_the_role_owns_nothing_and_passes_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcanlogin,"
            " (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid)"
            " FROM pg_roles r WHERE r.rolname = %s",
            [APPLICATION_ROLE],
        )
        assert cursor.fetchone()[:3] == (False, False, False)


def test_what_changed_is_put_right_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY casework_rows ON cases_helpcase")
        cursor.execute("COMMENT ON FUNCTION casework_enter(bigint, date) IS 'older'")
        assert not stands(connection)
        secure(connection, ())
        assert stands(connection)


def test_a_web_process_begins_with_no_scope_and_a_worker_with_the_engine_s() -> None:
    said = (
        "from django.conf import settings;"
        "print(settings.DATABASES['default']['OPTIONS']['options'])"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "casework.settings", "DEMO": "1"}
    env |= {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    answers = {
        door: subprocess.run(
            [sys.executable, "-c", f"import {door}; {said}"],
            env=env,
            capture_output=True,
            text=True,
        ).stdout
        for door in ("casework.wsgi", "casework.asgi", "casework.celery")
    }
    assert "casework.scope=none" in answers["casework.wsgi"]
    assert "casework.scope=none" in answers["casework.asgi"]
    assert "casework.scope=engine" in answers["casework.celery"]
