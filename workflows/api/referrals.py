"""Taking in a referral with its household: the same act as the screen's."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from casework.cases.states import CaseState
from casework.households import codes
from casework.households.models import Household, Member
from casework.ledger.reading import note_read
from casework.lib import clock
from casework.lib.errors import NotYours
from casework.referrals.models import Referral
from casework.staff.models import ClientScope
from casework.staff.scope import reach_of
from workflows.acts import REFERRERS
from workflows.api import shapes
from workflows.api.base import Door, asking, raw, submission_key
from workflows.api.schema import KEY
from workflows.intake import refer_household

_PERSON = (
    "name id_type id_no sex birth_date ethnicity marital relation_to_head hukou_type education"
    " in_school school grade health disability_cert_no disability_grade ability_level self_care"
    " employment work_capacity phone is_dependent"
).split()


class Text(s.CharField):
    """Text without the one sign that no database keeps."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_blank", True)
        options.setdefault("required", False)
        super().__init__(**options)


class MemberIn(s.ModelSerializer[Member]):
    """A person of the household; the first one is its head."""

    id_no = Text(max_length=18)
    disability_cert_no = Text(max_length=20)
    phone = Text(max_length=20)
    chronic_diseases = s.ListField(child=s.CharField(max_length=60), max_length=20, required=False)
    disability_types = s.ListField(
        child=s.ChoiceField(choices=codes.DisabilityType.choices), max_length=7, required=False
    )
    # Bounds of our own: a column's differ between databases.
    ability_level = s.IntegerField(min_value=0, max_value=4, allow_null=True, required=False)
    guardian = s.IntegerField(min_value=0, max_value=59, required=False)
    guardian_consent_on = s.DateField(required=False)

    class Meta:
        model = Member
        fields = (
            *_PERSON, "chronic_diseases", "disability_types", "guardian", "guardian_consent_on",
        )  # fmt: skip


class HouseholdIn(s.ModelSerializer[Household]):
    members = MemberIn(many=True)

    class Meta:
        model = Household
        fields = (
            "address", "residence_division", "hukou_division", "category", "relief_type",
            "relief_cert_no", "housing", "relative_register_flag", "relative_note", "members",
        )  # fmt: skip


class ReferralIn(s.Serializer[Any]):
    """Who, where, why, from whom."""

    household = HouseholdIn()
    person = s.IntegerField(min_value=0, max_value=59, default=0)
    source = s.ChoiceField(choices=Referral.Source.choices)
    urgency = s.ChoiceField(choices=Referral.Urgency.choices, default=Referral.Urgency.NORMAL)
    reason = s.CharField(max_length=2000)
    contact = Text(max_length=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        members = attrs["household"]["members"]
        if not 0 < len(members) <= 60:
            raise s.ValidationError({"household.members": _("A household has 1 to 60 people.")})
        if attrs["person"] >= len(members):
            raise s.ValidationError({"person": _("This person is not in the list.")})
        return attrs


class Referrals(Door):
    """Refer a household: it is matched to its entry in the street, or entered, and a case opens."""

    scope = ClientScope.ACTS

    @extend_schema(
        operation_id="refer", parameters=[KEY], request=ReferralIn, responses={201: shapes.Done}
    )
    def post(self, request: Request) -> Response:
        user = asking(request)
        if not reach_of(user, clock.today()).has(*REFERRERS):
            raise NotYours(_("“Refer” is not among the acts of your role here."))
        key = submission_key(request)
        form = ReferralIn(data=request.data)
        form.is_valid(raise_exception=True)
        said = dict(form.validated_data)
        home = dict(said.pop("household"))
        done = refer_household(
            by=user,
            key=key,
            household=home,
            person=said.pop("person"),
            division=str(home["residence_division"])[:9],
            **said,
        )
        note_read(raw(request), "case", done.subject[1])
        told = {
            "act": "refer",
            "subject": str(done.values["case_no"]),
            "state": str(CaseState.REFERRED),
            "entry": done.entry_id,
            "repeated": done.repeated,
            "values": {"case_no": done.values["case_no"]},
        }
        return Response(told, status=201)
