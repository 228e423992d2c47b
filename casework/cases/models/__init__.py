"""Cases and what belongs to them."""

from casework.cases.models.afterwards import Correction, Petition, StepReturn
from casework.cases.models.appeal import Appeal
from casework.cases.models.case import CaseReferral, HelpCase
from casework.cases.models.line import HelpLine
from casework.cases.models.means import MeansChange, Recalculation
from casework.cases.models.movement import Death, Suspension, Transfer
from casework.cases.models.photo import Photo
from casework.cases.models.plan import HelpPlan, NeedsAssessment, PlanItem
from casework.cases.models.privacy import LegalHold, SubjectRequest
from casework.cases.models.publicity import Appraisal, Objection, Publicity
from casework.cases.models.series import CaseSeries
from casework.cases.models.service import ServiceAlert, ServiceRecord
from casework.cases.models.verification import Verification, Verifier, VisitAttempt

__all__ = [
    "Appeal",
    "Appraisal",
    "CaseReferral",
    "CaseSeries",
    "Correction",
    "Death",
    "HelpCase",
    "HelpLine",
    "HelpPlan",
    "LegalHold",
    "MeansChange",
    "NeedsAssessment",
    "Objection",
    "Petition",
    "Photo",
    "PlanItem",
    "Publicity",
    "Recalculation",
    "ServiceAlert",
    "ServiceRecord",
    "StepReturn",
    "SubjectRequest",
    "Suspension",
    "Transfer",
    "Verification",
    "Verifier",
    "VisitAttempt",
]
