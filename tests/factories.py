"""Cases and people for tests: traits are named after states, everybody is invented."""

from datetime import date, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from stdnum.iso7064 import mod_11_2

from casework.cases.models import (
    CaseReferral,
    CaseSeries,
    HelpCase,
    HelpLine,
    HelpPlan,
    NeedsAssessment,
    PlanItem,
    Publicity,
    Suspension,
    Transfer,
    Verification,
    Verifier,
)
from casework.cases.states import (
    CaseState,
    ClosingReason,
    Hold,
    ItemStatus,
    Line,
    LineState,
    PlanState,
    RejectionReason,
    TerminationReason,
)
from casework.directory.models import Organisation
from casework.households.models import Consent, Household, Member
from casework.lib.identity import case_number
from casework.referrals.models import Referral
from casework.staff.models import Membership, Role, User

STREET = "110112901"
OTHER_STREET = "110106902"
PROVIDER_A = "52110199990000017H"
PROVIDER_B = "52110199990000025C"
SINCE = date(2018, 1, 1)
SIGNED_ON = date(2018, 4, 10)
PLAN_ENDS_ON = date(2018, 7, 20)


def moment(text: str) -> datetime:
    """A local moment, as in '2018-05-02 09:00'."""
    return timezone.make_aware(datetime.fromisoformat(text))


def id_number(serial: int, born: str = "19690817") -> str:
    """An ID number of the test prefix with a valid check character."""
    body = f"110199{born}{serial % 1000:03d}"
    return body + mod_11_2.calc_check_digit(body)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"tester{n}")
    display_name = factory.Sequence(lambda n: f"试职员{n}")


def staff(role: str, unit: str = STREET, **facts: Any) -> User:
    """An account that holds one role, in a division or by credit code in an organisation."""
    user = UserFactory(**facts)
    if role in {Role.PR, Role.EV, Role.LE}:
        body = Organisation.objects.get(credit_code=unit)
        Membership.objects.create(user=user, role=role, organisation=body, valid_from=SINCE)
    else:
        Membership.objects.create(user=user, role=role, division_id=unit, valid_from=SINCE)
    return user


class HouseholdFactory(DjangoModelFactory[Household]):
    class Meta:
        model = Household
        skip_postgeneration_save = True

    class Params:
        street = STREET

    residence_division = factory.SelfAttribute("street")
    address = "示例路6号"
    category = "D_DISABLED"
    registered_at = factory.LazyFunction(lambda: moment("2018-04-01 09:00"))
    created_rule_set = date(2018, 4, 1)
    test_data = True

    @factory.post_generation
    def members(self: Household, create: bool, extracted: int | None, **_kw: Any) -> None:  # noqa: N805
        for number in range(extracted or 1):
            member = MemberFactory(household=self, relation_to_head="20" if number else "02")
            self.head = self.head or member
        self.save(update_fields=["head"])


class MemberFactory(DjangoModelFactory[Member]):
    class Meta:
        model = Member

    household = factory.SubFactory(HouseholdFactory)
    name = factory.Iterator(["陈试勇", "褚试英", "陈试童", "孙试兰", "李试刚"])
    id_no = factory.Sequence(lambda n: id_number(n, f"1969{1 + n // 1000 % 12:02d}17"))
    sex = "1"
    birth_date = date(1969, 8, 17)


class ReferralFactory(DjangoModelFactory[Referral]):
    class Meta:
        model = Referral

    household = factory.SubFactory(HouseholdFactory)
    source = "COMMITTEE"
    reason = "家庭需要帮扶"
    division = STREET
    received_at = factory.LazyFunction(lambda: moment("2018-04-02 09:00"))


def _number(case: Any) -> str:
    serial = CaseSeries.next_serial(year=2018, district=case.handling_district)
    return case_number("BF", 2018, case.handling_district, serial)


class HelpCaseFactory(DjangoModelFactory[HelpCase]):
    """A case of one member in one street; a trait puts it into a state with what belongs to it."""

    class Meta:
        model = HelpCase
        skip_postgeneration_save = True

    class Params:
        street = STREET
        accepted = factory.Trait(state=CaseState.ACCEPTED, accepted_at=moment("2018-04-03 09:00"))
        declined = factory.Trait(state=CaseState.DECLINED, declined_reason="不属于本区")
        verifying = factory.Trait(accepted=True, state=CaseState.VERIFYING)
        verified = factory.Trait(
            accepted=True, state=CaseState.VERIFIED, verified_at=moment("2018-04-06 09:00")
        )
        rejected = factory.Trait(
            accepted=True, state=CaseState.REJECTED, rejection_reason=RejectionReason.INCOME_OVER
        )
        publicised = factory.Trait(
            verified=True, state=CaseState.PUBLICISED, publicity_required=True
        )
        planned = factory.Trait(verified=True, state=CaseState.PLANNED)
        in_help = factory.Trait(
            planned=True,
            state=CaseState.IN_HELP,
            help_started_on=date(2018, 4, 16),
            counted_line=factory.LazyAttribute(
                lambda case: case.help_lines[0] if len(case.help_lines) == 1 else "COMBINED"
            ),
        )
        help_done = factory.Trait(
            in_help=True,
            state=CaseState.HELP_DONE,
            help_done_on=PLAN_ENDS_ON,
            completed_counted=True,
            satisfaction=4,
        )
        evaluating = factory.Trait(help_done=True, state=CaseState.EVALUATING)
        self_checked = factory.Trait(help_done=True, state=CaseState.SELF_CHECKED)
        rectifying = factory.Trait(help_done=True, state=CaseState.RECTIFYING)
        rechecking = factory.Trait(help_done=True, state=CaseState.RECHECKING)
        closed = factory.Trait(
            help_done=True,
            state=CaseState.CLOSED,
            closed_at=moment("2018-09-18 09:00"),
            closing_reason=ClosingReason.COMPLETED,
        )
        terminated = factory.Trait(
            accepted=True,
            state=CaseState.TERMINATED,
            termination_reason=TerminationReason.WITHDRAWN,
            terminated_on=date(2018, 5, 2),
        )
        suspended = factory.Trait(in_help=True, hold=Hold.SUSPENDED)
        transferring = factory.Trait(in_help=True, hold=Hold.TRANSFERRING)

    help_lines = (Line.DISABLED,)
    quantity = 4
    household = factory.SubFactory(
        HouseholdFactory, residence_division=factory.SelfAttribute("..handling_street")
    )
    person = factory.LazyAttribute(lambda case: case.household.head)
    handling_street = factory.SelfAttribute("street")
    handling_district = factory.LazyAttribute(lambda case: case.handling_street[:6])
    home_district = factory.LazyAttribute(lambda case: case.handling_street[:6])
    case_no = factory.LazyAttribute(_number)
    category = "D_DISABLED"
    rule_date = date(2018, 4, 2)
    referred_at = factory.LazyFunction(lambda: moment("2018-04-02 09:00"))

    @factory.post_generation
    def belongings(self: HelpCase, create: bool, extracted: Any, **_kw: Any) -> None:  # noqa: N805
        if extracted is not False:
            _furnish(self)

    @classmethod
    def _create(cls, model_class: type[HelpCase], *args: Any, **kwargs: Any) -> HelpCase:
        # What the plan is to hold; read by `belongings` and unknown to the model itself.
        planned = kwargs.pop("help_lines"), kwargs.pop("quantity")
        case = super()._create(model_class, *args, **kwargs)
        case.test_lines, case.test_quantity = planned
        return case


def _furnish(case: HelpCase) -> None:
    """Give a case what every case of its state has on file."""
    referral = ReferralFactory(
        household=case.household, person=case.person, division=case.handling_street
    )
    CaseReferral.objects.create(case=case, referral=referral, linked_at=case.referred_at)
    if case.state == CaseState.VERIFYING:
        _verification(case, is_confirmed=False)
    elif case.verified_at or case.state == CaseState.REJECTED:
        _verification(case, is_confirmed=True)
    if case.state == CaseState.PUBLICISED:
        Publicity.objects.create(
            case=case,
            posted_on=date(2018, 4, 9),
            last_day=date(2018, 4, 16),
            place="示例一社区公告栏",
            notice={"name": "陈*勇"},
        )
    if case.state == CaseState.PLANNED or case.help_started_on:
        _plan(case)
    if case.hold == Hold.SUSPENDED:
        Suspension.objects.create(
            case=case, reason="HOSPITAL", from_on=date(2018, 6, 5), limit_on=date(2018, 9, 3)
        )
    if case.hold == Hold.TRANSFERRING:
        Transfer.objects.create(
            case=case,
            from_street=case.handling_street,
            to_street=OTHER_STREET,
            reason="迁居",
            offered_at=moment("2018-05-23 09:00"),
        )


def _verification(case: HelpCase, *, is_confirmed: bool) -> Verification:
    round_ = Verification.objects.create(
        case=case,
        round=1,
        visit_on=date(2018, 4, 4),
        visited_on=date(2018, 4, 4) if is_confirmed else None,
        member_signed=is_confirmed,
        verifiers_signed=is_confirmed,
        photos=2 if is_confirmed else 0,
    )
    for name in ("试核查甲", "试核查乙"):
        Verifier.objects.create(verification=round_, name=name, unit="STREET")
    if is_confirmed:
        round_.proposal = round_.outcome = (
            "REJECTED" if case.state == CaseState.REJECTED else "VERIFIED"
        )
        round_.proposal_reason = round_.outcome_reason = case.rejection_reason
        round_.entered_at = moment("2018-04-05 09:00")
        round_.confirmed_at = moment("2018-04-06 09:00")
        round_.save()
    return round_


_SERVICE_OF = {Line.DISABLED: "D04", Line.ELDERLY: "E03", Line.STUDENT: "S01"}


def _plan(case: HelpCase) -> HelpPlan:
    is_over = case.help_done_on is not None
    is_started = case.help_started_on is not None
    provider = Organisation.objects.get(credit_code=PROVIDER_B)
    assessment = NeedsAssessment.objects.create(
        case=case, assessed_on=SIGNED_ON, needs=[{"code": "N1", "text": "需要照护"}]
    )
    plan = HelpPlan.objects.create(
        case=case,
        version=1,
        state=PlanState.APPROVED,
        assessment=assessment,
        lines=[str(line) for line in case.test_lines],
        signed_on=SIGNED_ON,
        starts_on=date(2018, 4, 16),
        ends_on=PLAN_ENDS_ON,
        entered_at=moment("2018-04-10 09:00"),
    )
    for line in case.test_lines:
        status = ItemStatus.ACTIVE if is_started else ItemStatus.PLANNED
        HelpLine.objects.create(
            case=case, line=line, state=LineState.DONE if is_over else LineState(status.value)
        )
        PlanItem.objects.create(
            plan=plan,
            service_id=_SERVICE_OF[line],
            line=line,
            member=case.person,
            goal="每周一次",
            unit="次",
            qty_planned=case.test_quantity,
            qty_done=case.test_quantity if is_over else 0,
            starts_on=date(2018, 4, 16),
            ends_on=PLAN_ENDS_ON,
            provider=provider,
            status=ItemStatus.DONE if is_over else status,
            promised_on=SIGNED_ON,
        )
    Consent.objects.create(
        household=case.household, purpose="SHARE_PROVIDER", given_on=SIGNED_ON - timedelta(days=1)
    )
    return plan
