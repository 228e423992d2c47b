"""Forms of the home verification and of what follows a refusal."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.cases.states import (
    AppealOutcome,
    AppealRoute,
    AttemptOutcome,
    EconCheck,
    Finding,
    RejectionReason,
    VerifierUnit,
)
from casework.households.codes import ReliefType
from casework.lib import clock
from casework.lib.bounds import MOST_MONEY
from workflows.forms.base import (
    ActForm,
    RowForm,
    RowSpec,
    Section,
    choice,
    count,
    day,
    long_text,
    moment,
    money,
    offer,
)
from workflows.forms.people import verifier_choices


class AmountList(forms.CharField):
    """Several amounts of money, one on each line."""

    widget = forms.Textarea(attrs={"rows": 3, "inputmode": "decimal"})

    def to_python(self, value: Any) -> list[Decimal]:  # type: ignore[override]
        """Each line as an amount; blank lines do not count."""
        lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        return [self._amount(line) for line in lines]

    def _amount(self, line: str) -> Decimal:
        try:
            amount = Decimal(line.replace(",", "").replace("，", ""))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or not 0 <= amount < MOST_MONEY:
            raise forms.ValidationError(
                _("“%(line)s” is not an amount. Write one amount on each line."),
                params={"line": line},
            )
        return amount


class VerifierRow(RowForm):
    row_title = _("Verifier")

    user = choice(_("Colleague"), [], required=False)
    name = forms.CharField(label=_("or a name"), max_length=60, required=False)
    unit = choice(_("of the"), VerifierUnit.choices, required=False)
    relative_of = forms.BooleanField(label=_("Near relative of the household"), required=False)

    def prepare(self) -> None:
        offer(self, "user", verifier_choices(self.act_form.subject, self.act_form.today))

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if self.has_changed() and not said.get("user"):
            if not said.get("name"):
                self.add_error("user", _("Choose a colleague or write a name."))
            elif not said.get("unit"):
                self.add_error("unit", _("Say which unit this person comes from."))
        return said

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said["user"]:
            return {"user": int(said["user"]), "relative_of": said["relative_of"]}
        return {"name": said["name"], "unit": said["unit"], "relative_of": said["relative_of"]}


class ArrangeVerification(ActForm):
    purpose = _(
        "At least two verifiers, one of them from the street, none a near relative, and nobody "
        "who verified this case before."
    )

    visit_on = day(_("Day of the visit"))

    row_specs = (
        RowSpec(
            "verifiers",
            _("Verifiers"),
            VerifierRow,
            minimum=2,
            too_few=_("Name at least two verifiers."),
        ),
    )


class RecordAttempt(ActForm):
    purpose = _(
        "Attempts on three different days, one of them outside office hours, are needed before "
        "a household counts as unreachable."
    )

    at = moment(_("When"), initial=clock.now)
    outcome = choice(_("What happened"), AttemptOutcome.choices)


class RecordVerification(ActForm):
    conditional = ("visited_on", "econ_report_on", "reason")

    visited_on = day(
        _("Visited on"), required=False, help_text=_("Empty only where nobody could be reached.")
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    photos = count(_("Number of photos"), min_value=0, initial=0)
    member_signed = forms.BooleanField(label=_("A household member signed"), required=False)
    verifiers_signed = forms.BooleanField(label=_("All verifiers signed"), required=False)
    findings_text = long_text(_("What was found at home"), required=False)
    neighbours_asked = count(_("Neighbours asked"), min_value=0, required=False)
    neighbours_words = long_text(
        _("What the neighbours said"),
        required=False,
        help_text=_("Without the names of those who spoke."),
    )
    econ_check = choice(_("Data check of the means"), EconCheck.choices)
    econ_report_on = day(_("Date of the check report"), required=False)
    size = count(_("People in the household"), min_value=1, required=False)
    monthly_incomes = AmountList(
        label=_("Monthly incomes (yuan)"), required=False, help_text=_("One amount on each line.")
    )
    one_off_yearly = AmountList(
        label=_("One-off income of the last 12 months (yuan)"),
        required=False,
        help_text=_("One amount on each line; it is spread over twelve months."),
    )
    exempt_monthly = AmountList(
        label=_("Exempt income a month (yuan)"),
        required=False,
        help_text=_("Special-care pensions, relief, scholarships: told, not counted."),
    )
    deductions_monthly = AmountList(
        label=_("Deductions a month (yuan)"),
        required=False,
        help_text=_("Necessary costs of working, of disability or grave illness."),
    )
    rigid_spending_yearly = money(
        _("Rigid spending of the last 12 months (yuan)"),
        required=False,
        help_text=_("Own share of treatment, schooling and the like."),
    )
    cash_assets = money(_("Savings (yuan)"), required=False)
    second_dwelling = forms.BooleanField(label=_("Owns a second dwelling"), required=False)
    vehicle = forms.BooleanField(label=_("Owns a vehicle"), required=False)
    proposal = choice(_("Proposal"), Finding.choices)
    reason = choice(_("Reason for a refusal"), RejectionReason.choices, required=False)

    sections = (
        Section(
            _("The visit"),
            (
                "visited_on",
                "place",
                "photos",
                "member_signed",
                "verifiers_signed",
                "findings_text",
                "neighbours_asked",
                "neighbours_words",
            ),
        ),
        Section(
            _("Income and property"),
            (
                "econ_check",
                "econ_report_on",
                "size",
                "monthly_incomes",
                "one_off_yearly",
                "exempt_monthly",
                "deductions_monthly",
                "rigid_spending_yearly",
                "cash_assets",
                "second_dwelling",
                "vehicle",
            ),
            _("Leave the amounts empty where the case does not turn on income."),
        ),
        Section(
            _("Proposal"),
            ("proposal", "reason"),
            _("The system works out the per-capita income and proposes; people decide."),
        ),
    )

    _MEANS = (
        "size",
        "monthly_incomes",
        "one_off_yearly",
        "exempt_monthly",
        "deductions_monthly",
        "rigid_spending_yearly",
        "cash_assets",
        "second_dwelling",
        "vehicle",
    )

    def prepare(self) -> None:
        self.fields["size"].initial = self.subject.household.size

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if said.get("proposal") == Finding.REJECTED and not said.get("reason"):
            self.add_error("reason", _("Say why the case should be refused."))
        if not said.get("visited_on") and said.get("reason") != RejectionReason.UNREACHABLE:
            self.add_error("visited_on", _("Give the day of the visit."))
        if said.get("econ_check") == EconCheck.PRESENT and not said.get("econ_report_on"):
            self.add_error("econ_report_on", _("Give the date of the report."))
        return said

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        means = {name: said.pop(name) for name in self._MEANS if name in said}
        spoken = any(value for name, value in means.items() if name != "size")
        if spoken:
            said["income"] = means
        return said


class ConfirmVerification(ActForm):
    conditional = ("reason",)
    purpose = _("A second person confirms: not the one who entered the verification.")

    outcome = choice(_("Decision"), Finding.choices)
    reason = choice(_("Reason for a refusal"), RejectionReason.choices, required=False)
    relief_granted = choice(
        _("Relief granted"),
        [row for row in ReliefType.choices if row[0] != ReliefType.NONE],
        required=False,
        help_text=_("Nothing chosen: as the income assessment proposes."),
    )
    publicity = choice(
        _("Publicity"),
        [("yes", _("needed")), ("no", _("not needed"))],
        required=False,
        help_text=_("Nothing chosen: as the rules say."),
    )

    def prepare(self) -> None:
        entered = self.subject.verifications.order_by("-round").first()
        if entered is not None:
            self.fields["outcome"].initial = entered.proposal
            self.fields["reason"].initial = entered.proposal_reason

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if said.get("outcome") == Finding.REJECTED and not said.get("reason"):
            self.add_error("reason", _("A refusal names its reason."))
        return said

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        if said.get("outcome") != Finding.REJECTED:
            said.pop("reason", None)
        if "publicity" in said:
            said["publicity"] = said["publicity"] == "yes"
        return said


class NotifyRefusal(ActForm):
    purpose = _("The times to appeal run from the day of delivery.")

    delivered_on = day(_("Delivered on"))
    method = choice(
        _("How"),
        [
            ("HAND", _("By hand, against a signature")),
            ("POST", _("By post")),
            ("LEFT", _("Left at the home before witnesses")),
        ],
    )


class FileAppeal(ActForm):
    purpose = _("An appeal filed too late is entered all the same, with its date.")

    route = choice(_("Route"), AppealRoute.choices)
    filed_on = day(_("Filed on"))
    ground = long_text(_("Ground"))


class DecideAppeal(ActForm):
    purpose = _(
        "Somebody who took no part in the first decision decides. An overturned refusal goes "
        "back to the home verification with a new pair."
    )

    outcome = choice(_("Decision"), AppealOutcome.choices)
    reason = long_text(_("Reasons"), max_length=500)
