from casework.households.models.consent import Consent
from casework.households.models.duplicate import Duplicate
from casework.households.models.household import Household
from casework.households.models.member import Member
from casework.households.models.staging import ImportBatch, ImportMapping, ImportRow
from casework.households.models.standard import ClassifiedRule, StandardLine

__all__ = [
    "ClassifiedRule",
    "Consent",
    "Duplicate",
    "Household",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "Member",
    "StandardLine",
]
