"""What the interface answers, as serializers: they describe, and hold nothing of the law."""

from typing import Any

from rest_framework import serializers as s

from casework.cases.states import CaseState, Hold, Line
from casework.documents.models import DocumentKind, DocumentState


class Problem(s.Serializer[Any]):
    """A refusal: what went wrong, and beside which field."""

    type = s.CharField()
    status = s.IntegerField()
    detail = s.CharField(allow_blank=True)
    request = s.CharField(allow_blank=True)
    fields_ = s.DictField(child=s.CharField(allow_blank=True), required=False)

    def get_fields(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found


class Due(s.Serializer[Any]):
    """The next duty of a case or order."""

    kind = s.CharField()
    due_on = s.DateField()


class CaseRow(s.Serializer[Any]):
    """A case as lists show it; the name only to whom it is shown on screens too."""

    case_no = s.CharField()
    state = s.ChoiceField(choices=CaseState.choices)
    hold = s.ChoiceField(choices=Hold.choices, allow_blank=True)
    locked = s.BooleanField()
    lines = s.ListField(child=s.ChoiceField(choices=Line.choices))
    category = s.CharField()
    handling_district = s.CharField()
    handling_street = s.CharField()
    referred_at = s.DateTimeField()
    due = Due(allow_null=True)
    person = s.CharField(allow_null=True)


class Page(s.Serializer[Any]):
    """One page; `next` leads on, and is null on the last."""

    next = s.CharField(allow_null=True)


class CasePage(Page):
    results = CaseRow(many=True)


class Person(s.Serializer[Any]):
    """A person of the household; numbers are masked."""

    id = s.IntegerField()
    name = s.CharField(allow_blank=True)
    id_no_masked = s.CharField(allow_blank=True)
    sex = s.CharField(allow_blank=True)
    birth_date = s.DateField(allow_null=True)
    relation_to_head = s.CharField(allow_blank=True)
    phone = s.CharField(allow_blank=True)
    guardian = s.IntegerField(allow_null=True)
    death_date = s.DateField(allow_null=True)
    left_on = s.DateField(allow_null=True)


class Home(s.Serializer[Any]):
    """The household, to whom the whole file is open."""

    address = s.CharField(allow_blank=True)
    residence_division = s.CharField()
    hukou_division = s.CharField(allow_blank=True)
    category = s.CharField()
    relief_type = s.CharField()
    members = Person(many=True)


class PlanItemRow(s.Serializer[Any]):
    service = s.CharField()
    line = s.CharField()
    provider = s.CharField(allow_blank=True)
    planned = s.IntegerField()
    done = s.IntegerField()
    unit = s.CharField(allow_blank=True)
    starts_on = s.DateField()
    ends_on = s.DateField()
    status = s.CharField()


class CaseFile(CaseRow):
    """One case: what its reader may see of it, and what may be done now."""

    acts = s.ListField(child=s.CharField())
    household = Home(allow_null=True)
    plan = PlanItemRow(many=True, allow_null=True)


class OrderRow(s.Serializer[Any]):
    id = s.IntegerField()
    number = s.CharField()
    state = s.CharField()
    round = s.IntegerField()
    district = s.CharField()
    street = s.CharField()
    provider = s.CharField(allow_blank=True)
    issued_at = s.DateTimeField()
    due = Due(allow_null=True)


class OrderPage(Page):
    results = OrderRow(many=True)


class OrderFile(OrderRow):
    acts = s.ListField(child=s.CharField())
    cases = s.ListField(child=s.CharField())


class Done(s.Serializer[Any]):
    """What an act answered; `repeated` when its key had been answered before."""

    act = s.CharField()
    subject = s.CharField()
    state = s.CharField()
    entry = s.IntegerField()
    repeated = s.BooleanField()
    values = s.DictField()


class Act(s.Serializer[Any]):
    """An act: who may perform it, and the JSON Schema of its facts."""

    name = s.CharField()
    title = s.CharField()
    subject = s.CharField()
    roles = s.ListField(child=s.CharField())
    facts = s.DictField()


class WorkRow(s.Serializer[Any]):
    id = s.IntegerField()
    step = s.CharField()
    title = s.CharField()
    subject_type = s.CharField()
    number = s.CharField()
    due_on = s.DateField(allow_null=True)
    on_hold = s.BooleanField()
    owner = s.CharField(allow_blank=True)


class WorkPage(Page):
    results = WorkRow(many=True)


class PaperRow(s.Serializer[Any]):
    uuid = s.UUIDField()
    kind = s.ChoiceField(choices=DocumentKind.choices)
    number = s.CharField(allow_blank=True)
    title = s.CharField()
    state = s.ChoiceField(choices=DocumentState.choices)
    issued_at = s.DateTimeField()
    sha256 = s.CharField(allow_blank=True)
    pages = s.IntegerField()
    url = s.CharField()


class PaperPage(Page):
    results = PaperRow(many=True)


class Week(s.Serializer[Any]):
    """The table of a week; a cell is a number, a decimal as text, or nothing."""

    week = s.CharField()
    sealed_at = s.DateTimeField(allow_null=True)
    sha256 = s.CharField(allow_blank=True)
    columns = s.ListField(child=s.CharField())
    rows = s.ListField(child=s.DictField())
    total = s.DictField()


class Change(s.Serializer[Any]):
    """One thing that happened, in codes: no person is named in it."""

    position = s.IntegerField()
    moment = s.DateTimeField()
    act = s.CharField()
    subject_type = s.CharField()
    number = s.CharField()
    from_state = s.CharField(allow_blank=True)
    to_state = s.CharField(allow_blank=True)
    reason = s.CharField(allow_blank=True)


class ChangePage(s.Serializer[Any]):
    """Changes after a position; ask again from `last`, also when `results` is empty."""

    results = Change(many=True)
    last = s.IntegerField()
