"""What a case can be, why it can end, and which acts are lawful in each state and hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    REFERRED = "REFERRED", _("Referred")
    ACCEPTED = "ACCEPTED", _("Accepted")
    DECLINED = "DECLINED", _("Declined")
    MERGED = "MERGED", _("Merged")
    VERIFYING = "VERIFYING", _("Being verified")
    VERIFIED = "VERIFIED", _("Verified")
    REJECTED = "REJECTED", _("Rejected")
    PUBLICISED = "PUBLICISED", _("Publicised")
    PLANNED = "PLANNED", _("Planned")
    IN_HELP = "IN_HELP", _("In help")
    HELP_DONE = "HELP_DONE", _("Help done")
    EVALUATING = "EVALUATING", _("Being evaluated")
    SELF_CHECKED = "SELF_CHECKED", _("Self-checked")
    RECTIFYING = "RECTIFYING", _("Being rectified")
    RECHECKING = "RECHECKING", _("Being rechecked")
    CLOSED = "CLOSED", _("Closed")
    TERMINATED = "TERMINATED", _("Terminated")


class Hold(models.TextChoices):
    NONE = "", _("Not on hold")
    SUSPENDED = "SUSPENDED", _("Suspended")
    TRANSFERRING = "TRANSFERRING", _("Being transferred")


class Line(models.TextChoices):
    DISABLED = "DISABLED", _("Help for the disabled")
    ELDERLY = "ELDERLY", _("Help for the elderly")
    STUDENT = "STUDENT", _("Help for students")


COMBINED = "COMBINED"


class LineState(models.TextChoices):
    PLANNED = "PLANNED", _("Planned")
    ACTIVE = "ACTIVE", _("Active")
    DONE = "DONE", _("Done")
    ENDED_EARLY = "ENDED_EARLY", _("Ended early")


class AppealStatus(models.TextChoices):
    NONE = "NONE", _("No appeal")
    INTERNAL = "INTERNAL", _("Internal review open")
    RECONSIDERATION = "RECONSIDERATION", _("Administrative reconsideration open")
    LITIGATION = "LITIGATION", _("Administrative litigation open")
    UPHELD = "UPHELD", _("Decision upheld")
    OVERTURNED = "OVERTURNED", _("Decision overturned")
    OUT_OF_TIME = "OUT_OF_TIME", _("Filed out of time")
    WITHDRAWN = "WITHDRAWN", _("Appeal withdrawn")


class MeansBand(models.TextChoices):
    """Where a household's income per person stands to the lines; strictly below."""

    DIBAO = "DIBAO", _("Below the subsistence line")
    LOW_INCOME = "LOW_INCOME", _("Below the low-income line")
    OVER = "OVER", _("Not below a line")


class PetitionStage(models.TextChoices):
    """Handling, and the two reviews that may be asked for (信访条例, 2005-05-01, art. 34, 35)."""

    HANDLING = "HANDLING", _("Handling")
    REVIEW = "REVIEW", _("Review")
    SECOND_REVIEW = "SECOND_REVIEW", _("Second review")


class PetitionOutcome(models.TextChoices):
    SUPPORTED = "SUPPORTED", _("Supported")
    PARTLY = "PARTLY", _("Supported in part")
    NOT_SUPPORTED = "NOT_SUPPORTED", _("Not supported")
    NOT_TAKEN_UP = "NOT_TAKEN_UP", _("Not taken up")


class ReturnTo(models.TextChoices):
    """The earlier steps a supervisor may send a case back to."""

    ENTRY = "ENTRY", _("The verifiers' entry")
    VERIFICATION = "VERIFICATION", _("A new home verification")
    PLAN = "PLAN", _("The help plan")
    HELP = "HELP", _("The help")


class ReturnReason(models.TextChoices):
    INCOMPLETE = "INCOMPLETE", _("Facts or papers are missing")
    MISTAKE = "MISTAKE", _("Done by mistake")
    NEW_FACT = "NEW_FACT", _("A fact became known later")
    CHECK = "CHECK", _("A check asks for it")


class CorrectedFact(models.TextChoices):
    """What may be put right in the file of a case that has ended."""

    SATISFACTION = "SATISFACTION", _("Satisfaction")
    SUMMARY = "SUMMARY", _("Closing summary")
    HELP_DONE_ON = "HELP_DONE_ON", _("Day on which help was done")
    COUNTED = "COUNTED", _("Counted as completed")
    SERVICE = "SERVICE", _("A service record")


class CorrectionOutcome(models.TextChoices):
    APPROVED = "APPROVED", _("Approved")
    REFUSED = "REFUSED", _("Refused")


class AppealRoute(models.TextChoices):
    INTERNAL = "INTERNAL", _("Internal review")
    RECONSIDERATION = "RECONSIDERATION", _("Administrative reconsideration")
    LITIGATION = "LITIGATION", _("Administrative litigation")


class RejectionReason(models.TextChoices):
    INCOME_OVER = "INCOME_OVER", _("Income not below the line")
    PROPERTY_OVER = "PROPERTY_OVER", _("Property above the limit")
    NOT_RESIDENT = "NOT_RESIDENT", _("Not registered here")
    NOT_SHARED_HOUSEHOLD = "NOT_SHARED_HOUSEHOLD", _("Not one shared household")
    FALSE_DECLARATION = "FALSE_DECLARATION", _("False declaration")
    NO_NEED = "NO_NEED", _("Needs already met")
    ALREADY_SERVED = "ALREADY_SERVED", _("Same help funded elsewhere")
    UNCOOPERATIVE = "UNCOOPERATIVE", _("Refuses the check")
    UNREACHABLE = "UNREACHABLE", _("Could not be reached")
    DUPLICATE = "DUPLICATE", _("Duplicate of another case")


class TerminationReason(models.TextChoices):
    DEATH = "DEATH", _("Death of the helped person")
    DEATH_SOLE_MEMBER = "DEATH_SOLE_MEMBER", _("Death of the only member")
    MOVED_OUT_OF_CITY = "MOVED_OUT_OF_CITY", _("Moved out of the city")
    INCOME_IMPROVED = "INCOME_IMPROVED", _("Income improved")
    PROPERTY_IMPROVED = "PROPERTY_IMPROVED", _("Property improved")
    FRAUD = "FRAUD", _("Fraud")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn by the household")
    INSTITUTIONALISED = "INSTITUTIONALISED", _("Entered full-time care")
    IMPRISONED = "IMPRISONED", _("Imprisoned")
    STUDENT_LEFT_EDUCATION = "STUDENT_LEFT_EDUCATION", _("Student left education")
    AGED_OUT = "AGED_OUT", _("Outgrew the age limit")
    REFUSED_WORK_3_TIMES = "REFUSED_WORK_3_TIMES", _("Refused work three times")
    PROVIDER_FAILED = "PROVIDER_FAILED", _("Provider failed")


DEATH_REASONS = frozenset({TerminationReason.DEATH, TerminationReason.DEATH_SOLE_MEMBER})


class ClosingReason(models.TextChoices):
    COMPLETED = "COMPLETED", _("Completed")
    ENDED_EARLY = "ENDED_EARLY", _("Ended early")


class VerifierUnit(models.TextChoices):
    STREET = "STREET", _("Street")
    DISTRICT = "DISTRICT", _("District")
    COMMUNITY = "COMMUNITY", _("Community")


class AttemptOutcome(models.TextChoices):
    NO_ANSWER = "NO_ANSWER", _("No answer")
    NOT_HOME = "NOT_HOME", _("Nobody at home")
    WRONG_ADDRESS = "WRONG_ADDRESS", _("Wrong address or number")
    REFUSED = "REFUSED", _("Refused to meet")
    MET = "MET", _("Met")


class EconCheck(models.TextChoices):
    PRESENT = "PRESENT", _("Report on file")
    WAIVED = "WAIVED", _("Waived: not an income case")


class Finding(models.TextChoices):
    """What a verification proposes, and what its confirmation decides."""

    VERIFIED = "VERIFIED", _("Verified")
    REJECTED = "REJECTED", _("Rejected")


class ObjectionOutcome(models.TextChoices):
    DISMISSED = "DISMISSED", _("Dismissed")
    SUSTAINED = "SUSTAINED", _("Sustained")
    OVERTAKEN = "OVERTAKEN", _("Overtaken by another objection")


class AppraisalConclusion(models.TextChoices):
    UPHELD = "UPHELD", _("Verification upheld")
    SUSTAINED = "SUSTAINED", _("Objection sustained")


class AppealOutcome(models.TextChoices):
    UPHELD = "UPHELD", _("Decision upheld")
    OVERTURNED = "OVERTURNED", _("Decision overturned")
    WITHDRAWN = "WITHDRAWN", _("Appeal withdrawn")


class PlanState(models.TextChoices):
    ENTERED = "ENTERED", _("Awaiting approval")
    APPROVED = "APPROVED", _("Approved")
    RETURNED = "RETURNED", _("Returned")
    REPLACED = "REPLACED", _("Replaced")


class ItemStatus(models.TextChoices):
    PLANNED = "PLANNED", _("Planned")
    ACTIVE = "ACTIVE", _("Active")
    DONE = "DONE", _("Done")
    ENDED_EARLY = "ENDED_EARLY", _("Ended early")


class FundSource(models.TextChoices):
    PURCHASE = "PURCHASE", _("Government purchase")
    LOTTERY = "LOTTERY", _("Lottery fund")
    CHARITY = "CHARITY", _("Charity")
    IN_KIND = "IN_KIND", _("In kind")
    NONE = "NONE", _("No cost")


class Evidence(models.TextChoices):
    SLP = "SLP", _("Signed service slip")
    PHO = "PHO", _("Photo")
    REC = "REC", _("Worker's record")
    INV = "INV", _("Invoice or receipt")
    RPT = "RPT", _("Professional report")
    ATT = "ATT", _("Attendance sheet")
    CAL = "CAL", _("Call log")
    DEL = "DEL", _("Delivery receipt")
    SAT = "SAT", _("Satisfaction slip")


class SuspensionReason(models.TextChoices):
    HOSPITAL = "HOSPITAL", _("Hospital stay")
    AWAY = "AWAY", _("Away for more than 30 days")
    COURT = "COURT", _("Court case")


class TransferState(models.TextChoices):
    OFFERED = "OFFERED", _("Offered")
    ACCEPTED = "ACCEPTED", _("Accepted")
    DECLINED = "DECLINED", _("Declined")


class RequestKind(models.TextChoices):
    """What a person asks about the own data (PIPL art. 44 to 49, in force 2021-11-01)."""

    ACCESS = "ACCESS", _("To see what is kept")
    COPY = "COPY", _("To have a copy")
    CORRECT = "CORRECT", _("To have it corrected")
    DELETE = "DELETE", _("To have it deleted")
    WITHDRAW = "WITHDRAW", _("To withdraw consent")


class RequestOutcome(models.TextChoices):
    """How a request was answered."""

    DONE = "DONE", _("Done as asked")
    PARTLY = "PARTLY", _("Done in part")
    REFUSED = "REFUSED", _("Refused, with the reason told")


class HoldReason(models.TextChoices):
    """Why a file must not be forgotten."""

    APPEAL = "APPEAL", _("Appeal or court")
    AUDIT = "AUDIT", _("Audit or inspection")
    COMPLAINT = "COMPLAINT", _("Complaint or discipline")
    OTHER = "OTHER", _("Another duty to keep it")


class ForcedReason(models.TextChoices):
    """Why a finished case is always evaluated, whatever the draw says."""

    APPEAL = "APPEAL", _("Appeal")
    COMPLAINT = "COMPLAINT", _("Complaint")
    VETO_ALERT = "VETO_ALERT", _("Contradiction in the records")
    NEAR_RELATIVE = "NEAR_RELATIVE", _("Near relative of staff")


ENDED_STATES = frozenset(
    {
        CaseState.DECLINED,
        CaseState.MERGED,
        CaseState.REJECTED,
        CaseState.CLOSED,
        CaseState.TERMINATED,
    }
)
OPEN_STATES = frozenset(CaseState) - ENDED_STATES
BEFORE_HELP_ENDS = frozenset(
    {
        CaseState.REFERRED,
        CaseState.ACCEPTED,
        CaseState.VERIFYING,
        CaseState.VERIFIED,
        CaseState.PUBLICISED,
        CaseState.PLANNED,
        CaseState.IN_HELP,
    }
)
# Files that are complete; what is wrong in them is put right by two people, never by opening them.
SETTLED_STATES = frozenset({CaseState.REJECTED, CaseState.CLOSED, CaseState.TERMINATED})

STAGES = {
    "referral": _("Referral"),
    "verification": _("Home verification"),
    "plan": _("Plan"),
    "help": _("Help"),
    "evaluation": _("Evaluation"),
    "rectification": _("Rectification"),
    "closure": _("Closure"),
}
STAGE_OF = {
    CaseState.REFERRED: "referral",
    CaseState.ACCEPTED: "verification",
    CaseState.VERIFYING: "verification",
    CaseState.VERIFIED: "plan",
    CaseState.PUBLICISED: "plan",
    CaseState.PLANNED: "plan",
    CaseState.IN_HELP: "help",
    CaseState.HELP_DONE: "evaluation",
    CaseState.EVALUATING: "evaluation",
    CaseState.SELF_CHECKED: "evaluation",
    CaseState.RECTIFYING: "rectification",
    CaseState.RECHECKING: "rectification",
    CaseState.DECLINED: "closure",
    CaseState.MERGED: "closure",
    CaseState.REJECTED: "closure",
    CaseState.CLOSED: "closure",
    CaseState.TERMINATED: "closure",
}
