"""Every field of every act meets every kind of bad input; each time there is an answer.

FIELDS=all tries each field alone as well; the gate every second.
"""

import os
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest
from django import forms
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.hostile.words import ALL, DATES, NUMBERS, TEXTS
from tests.walk import Walk
from workflows.acts import ACTS
from workflows.forms import FORMS
from workflows.forms.base import ActForm

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

# 400: the body was larger than a form may be.
ANSWERS = {200, 302, 400, 403, 404, 409, 422}
ROLES = ("CW", "SH", "DS", "PR", "LE", "EV", "CA")
NOW = "2018-08-06 16:00"
# How far the case has come when an act is tried: as far as the act needs, else the whole way.
REACHED = {
    "refer": "accept_referral decline_referral merge_referral",
    "accept": "arrange_verification",
    "arrange": "record_attempt record_verification",
    "record": "confirm_verification",
    "confirm": "make_plan",
    "plan": "approve_plan",
    "approve": "start_help",
    "start": "record_services finish_item suspend offer_transfer amend_plan terminate record_death "
    "end_line record_consent withdraw_consent finish_help",
    "draw": "assign_evaluator assign_revisit record_revisit record_revisit_attempt",
    "assign": "submit_scores assign_second submit_second settle_scores",
    "score": "confirm_result",
    "confirm_result": "issue_order",
    "issue": "confirm_receipt",
    "report": "recheck",
}


def reached(act: str) -> str:
    return next((step for step, acts in REACHED.items() if act in acts.split()), "receive")


def by_step(acts: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Acts by how far the case has to come: one way for all that begin at the same place."""
    found: dict[str, list[str]] = {}
    for act in sorted(acts):
        found.setdefault(reached(act), []).append(act)
    return sorted(found.items())


def fields_of(form: ActForm) -> dict[str, forms.Field]:
    """The fields of an act as a browser posts them: its own, and two lines of each list."""
    found = {name: field for name, field in form.fields.items() if name != "key"}
    for rows in form.row_sets:
        for number in range(2):
            for name, field in rows.formset.empty_form.fields.items():
                found[f"{rows.name}-{number}-{name}"] = field
    return found


def heads_of(form: ActForm) -> dict[str, str]:
    """What a browser sends of each list beside its lines."""
    heads = {}
    for rows in form.row_sets:
        heads |= {f"{rows.name}-TOTAL_FORMS": "2", f"{rows.name}-INITIAL_FORMS": "0"}
    return heads


def decent(field: forms.Field) -> Any:
    """A value that the field would take."""
    if isinstance(field, forms.MultipleChoiceField | forms.ChoiceField):
        chosen = [str(value) for value, _label in field.choices if value and _label]
        return chosen[:1] if isinstance(field, forms.MultipleChoiceField) else (chosen + [""])[0]
    if isinstance(field, forms.DateTimeField):
        return "2018-07-10T09:00"
    if isinstance(field, forms.DateField):
        return "2018-07-10"
    if isinstance(field, forms.BooleanField):
        return "on"
    if isinstance(field, forms.IntegerField | forms.DecimalField):
        return "1"
    return "试"


def answer(client: Client, address: str, data: dict[str, Any]) -> HttpResponse:
    """One post; whatever it did is taken back."""
    with transaction.atomic():
        said = client.post(address, data)
        transaction.set_rollback(True)
    assert not connection.needs_rollback
    return said  # type: ignore[return-value]


class Desk:
    """One act's form open before somebody who may do it."""

    def __init__(self, act: str, walk: Walk) -> None:
        spec = ACTS[act]
        of_order = spec.subject == "order"
        subject = walk.order if of_order else walk.case
        if of_order and subject is None:
            subject = walk.case.rectification_items.get(seq=1).order
        by = walk.person(next(role for role in ROLES if role in spec.roles))
        self.form: ActForm = FORMS[act](
            None, None, subject=subject, by=by, on=datetime.fromisoformat(NOW).date()
        )
        self.client = Client(raise_request_exception=False)
        self.client.force_login(by)
        name, place = ("order_act", subject.pk) if of_order else ("act_page", subject.case_no)
        self.address = reverse(name, args=[place, act])
        self.fields = fields_of(self.form)
        self.sound = {name: decent(field) for name, field in self.fields.items()}
        self.sound |= heads_of(self.form)

    def post(self, data: dict[str, Any]) -> int:
        return answer(self.client, self.address, data).status_code


def alone(field: forms.Field) -> dict[str, str]:
    """What a field is given by itself, beside fields that are sound."""
    if isinstance(field, forms.IntegerField | forms.DecimalField):
        return NUMBERS
    if isinstance(field, forms.DateField | forms.DateTimeField):
        return DATES
    if isinstance(field, forms.ChoiceField):
        return {"nul": TEXTS["nul"], "past integers": NUMBERS["past integers"]}
    if isinstance(field, forms.CharField):
        # What only has to be shown again as it came may come together.
        shown = "".join(TEXTS[kind] for kind in ("html", "template", "bidi", "combining"))
        return {"nul": TEXTS["nul"], "shown": shown}
    return {}


def one_of_each(fields: dict[str, forms.Field]) -> dict[str, forms.Field]:
    """Of fields that differ by an indicator's number alone, the first."""
    first = {re.sub(r"_[A-Z]\d+$", "", name): name for name in reversed(fields)}
    return {name: fields[name] for name in first.values()}


@pytest.mark.parametrize(("step", "acts"), by_step(FORMS), ids=str)
def test_every_field_of_an_act_answers_whatever_is_typed(
    step: str, acts: list[str], clock_at: Callable[[str], datetime]
) -> None:
    walk = Walk.upto(step)
    clock_at(NOW)
    assert {act: wrong for act in acts if (wrong := wrong_answers(Desk(act, walk)))} == {}


def wrong_answers(desk: Desk) -> set[tuple[str, str]]:
    """What was typed into which field where the answer was none."""
    tried = {(kind, "all"): dict.fromkeys(desk.fields, value) for kind, value in ALL.items()}
    fields = [one for one in one_of_each(desk.fields).items() if "-1-" not in one[0]]
    # All of them bad at once is tried above; each alone beside sound ones, every second here.
    step = 1 if os.environ.get("FIELDS") == "all" else 2
    for name, field in fields[::step]:
        tried |= {(kind, name): desk.sound | {name: value} for kind, value in alone(field).items()}
    answers = {
        (kind, name): desk.post({**heads_of(desk.form), **data, "key": f"{kind} {name}"[:64]})
        for (kind, name), data in tried.items()
    }
    answers["nul", "key"] = desk.post(desk.sound | {"key": TEXTS["nul"]})
    answers["none", "key"] = desk.post(heads_of(desk.form))
    return {tried for tried, status in answers.items() if status not in ANSWERS}


HEADS = ("", "-1", "99999999999999999999", "NaN", "1e9", "\x00", "<b>")


@pytest.mark.parametrize(
    ("step", "acts"), by_step(name for name in FORMS if FORMS[name].row_specs), ids=str
)
def test_the_count_of_lines_is_not_believed(
    step: str, acts: list[str], clock_at: Callable[[str], datetime]
) -> None:
    walk = Walk.upto(step)
    clock_at(NOW)
    for act in acts:
        believes_no_count(Desk(act, walk))


def believes_no_count(desk: Desk) -> None:
    for rows in desk.form.row_sets:
        for name in (f"{rows.name}-TOTAL_FORMS", f"{rows.name}-INITIAL_FORMS"):
            for value in HEADS:
                data = {**desk.sound, name: value, "key": "k"}
                for more in ({}, {"more": rows.name}):
                    assert desk.post({**data, **more}) in ANSWERS, (name, value)
    assert desk.post({**desk.sound, "key": "\x00", "more": "\x00"}) in ANSWERS
    assert desk.post({**desk.sound, "key": "k", "set_aside": "1"}) in ANSWERS
