"""Which field of a file which role may meet, as rows: crawled on every page that a role reaches.

The rows are written from the table of data in the rules of access, not from the code. A column of
a household, a person or a verification that has no row here fails the build.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.db import models

from casework.cases.models import Verification
from casework.households.models import Household, Member
from casework.lib import clock
from tests.privacy.test_canary import crawl, holds
from tests.walk import Walk, at, deliver
from workflows.tasks import run_until

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
FULL: Final = frozenset({"CW", "SH", "DS", "CA"})
REVISITS: Final = frozenset({"EV", "EV2", "LE"})
SERVES: Final = frozenset({"PR"})
REFERRED: Final = frozenset({"CO"})
# Column → what stands in it here, and who may meet it.
ROWS: Final[dict[str, tuple[Any, frozenset[str]]]] = {
    "member.name": ("陈试勇", FULL | REVISITS | SERVES | REFERRED),
    "member.phone": ("12086754321", FULL | REVISITS | SERVES),
    "member.id_no": ("110199196908179152", frozenset()),
    # It begins with the ID number.
    "member.disability_cert_no": ("残疾人证样例寅", frozenset()),
    "member.school": ("样例学校甲", FULL),
    "member.grade": ("样例年级乙", FULL),
    "member.chronic_diseases": (["样例病丙"], FULL),
    "household.address": ("示例路1号", FULL | REVISITS | SERVES),
    "household.relief_cert_no": ("CERT-样例丁", FULL),
    "household.relative_note": ("样例关系戊", FULL),
    "household.vehicles": (["样例车己"], FULL),
    "household.income_items": ([{"kind": "样例收入庚", "amount": "1"}], FULL),
    "household.expense_items": ([{"kind": "样例支出辛", "amount": "1"}], FULL),
    "household.assets": ([{"kind": "样例财产壬", "amount": "1"}], FULL),
    "verification.place": ("样例地点癸", FULL),
    "verification.findings_text": ("样例发现子", FULL),
    "verification.neighbours_words": ("样例邻里丑", FULL),
    "verification.refusal_method": ("样例方式丑", FULL),
}
# Columns that hold a code, a division or a fingerprint: they tell nobody apart.
CODES: Final = frozenset({
    "household.hukou_division", "household.residence_division", "household.category",
    "household.relief_type", "household.housing", "member.id_type", "member.id_hash",
    "member.phone_hash", "member.name_sound", "member.sex",
    "member.ethnicity", "member.marital", "member.relation_to_head", "member.hukou_type",
    "member.education", "member.in_school", "member.health", "member.disability_types",
    "member.disability_grade", "member.self_care", "member.employment", "member.work_capacity",
    "member.join_reason", "member.leave_reason",
    "verification.econ_check", "verification.assessment", "verification.proposal",
    "verification.proposal_reason", "verification.outcome", "verification.outcome_reason",
})  # fmt: skip
TOLD: Final = (Household, Member, Verification)


@pytest.fixture
def walk() -> Iterator[Walk]:
    """A case with an order on it, of which every field holds something of its own."""
    with clock.at(at("2018-07-17 09:00")):
        made = Walk.upto("receive")
        about = {
            "household": [made.household],
            "member": list(made.household.members.all()),
            "verification": list(made.case.verifications.all()),
        }
        made.household.relative_register_flag = True
        for column, (value, _roles) in ROWS.items():
            kind, _dot, name = column.partition(".")
            for row in about[kind]:
                setattr(row, name, value)
        for rows in about.values():
            for row in rows:
                row.save()
        run_until(clock.now())
        deliver()
        yield made


def canary(value: Any) -> str:
    """The text that betrays a field."""
    found = value[0] if isinstance(value, list) else value
    return str(found["kind"] if isinstance(found, dict) else found)


def met(walk: Walk) -> dict[str, set[str]]:
    """Column → the roles that met what stands in it."""
    found: dict[str, set[str]] = defaultdict(set)
    for seen in crawl(walk):
        body = seen.answer.content.decode(errors="replace")
        for column, (value, _roles) in ROWS.items():
            if holds(body, canary(value)):
                found[column].add(seen.who)
    return found


def test_a_field_is_met_by_those_the_rows_name(walk: Walk) -> None:
    found = met(walk)
    assert {
        column: sorted(found[column] - roles)
        for column, (_value, roles) in ROWS.items()
        if found[column] - roles
    } == {}
    # Those who work the case do meet what stands in its file; the city owes a reason first.
    for column, (_value, roles) in ROWS.items():
        assert found[column] >= roles & (FULL - {"CA"}), column
    for column in ("member.phone", "household.address"):
        assert found[column] >= {"LE"}, column


def test_every_column_that_may_tell_of_somebody_has_a_row() -> None:
    told = (models.CharField, models.TextField, models.JSONField)
    columns = {
        f"{model._meta.model_name}.{field.name}"
        for model in TOLD
        for field in model._meta.concrete_fields
        if isinstance(field, told)
    }
    assert columns == set(ROWS) | CODES
