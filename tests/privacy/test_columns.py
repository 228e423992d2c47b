"""Every column about a household is forgotten in time, or somebody has said why it is not."""

from typing import Final

from django.apps import apps
from django.db import models

from casework.households.forgetting import columns
from casework.staff.rows import policies

# Codes, numbers and figures: they tell nobody who it was once the names are gone.
STAYS: Final = {
    "ledger.JournalEntry": "codes, numbers and dates; the acting official, not the household",
    "ledger.Answer": "numbers of what was answered",
    "documents.Document": "papers as issued are kept for good",
    "households.Consent": "version of the notice",
    "households.Duplicate": "codes of what agrees",
    "visits.ElderEnrolment": "codes of risk",
    "scoring.SampledCase": "codes",
    "scoring.ScoreSheet": "points and codes",
    "rectification.RectificationOrder": "number",
    "rectification.Notice": "number",
    "rectification.Recheck": "verdicts by item; the second rechecker is an official",
    "workflows.Draft": "deleted as a whole when the household is forgotten",
    "workflows.Timer": "codes, dates and the facts of the system's own acts",
    "cases.NeedsAssessment": "codes of needs",
    "cases.HelpPlan": "codes of lines",
    "cases.ServiceAlert": "codes",
    "referrals.Referral.division": "code",
    "households.Household.hukou_division": "code",
    "households.Household.residence_division": "code",
    "households.Member.disability_types": "codes",
    "households.HistoricalHousehold.hukou_division": "code",
    "households.HistoricalHousehold.residence_division": "code",
    "households.HistoricalHousehold.history_change_reason": "code",
    "households.HistoricalMember.disability_types": "codes",
    "households.HistoricalMember.history_change_reason": "code",
    "households.ImportRow.natural_key": "digest",
    "households.ImportRow.group_key": "digest",
    "cases.HelpCase.case_no": "number",
    "cases.HelpCase.home_district": "code",
    "cases.HelpCase.handling_district": "code",
    "cases.HelpCase.handling_street": "code",
    "cases.HelpCase.category": "code",
    "cases.HelpCase.classification": "code",
    "cases.HelpCase.relief_type_granted": "code",
    "cases.HelpCase.forced_reasons": "codes",
    "cases.Transfer.from_street": "code",
    "cases.Transfer.to_street": "code",
    "cases.PlanItem.need": "code",
    "cases.PlanItem.unit": "unit of measure",
    "cases.PlanItem.freq": "how often",
    "cases.ServiceRecord.evidence": "codes of kinds",
    "visits.VisitRecord.need_codes": "codes",
    "visits.VisitAlert.reason": "code",
    "scoring.Finding.indicator": "code",
    "scoring.Revisit.identity": "codes of neutral facts",
    "scoring.Revisit.received": "numbers of items and codes",
    "rectification.RectificationItem.ref": "short name",
    "rectification.RectificationItem.unit_name": "the body that answers, not the household",
}
# Tables of work hold codes alone.
WORK: Final = ("workflows.Run", "workflows.WorkItem", "workflows.Deadline", "workflows.Letter")


def words_of(model: type[models.Model]) -> set[str]:
    """Columns that may hold words of or about people."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return {
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not field.choices and not field.is_relation
    }


def test_every_column_about_a_household_is_thought_of() -> None:
    unthought = []
    for model in apps.get_models():
        label = model._meta.label
        if model._meta.db_table not in policies() or label in STAYS or label in WORK:
            continue
        told = columns().get(label)
        left = words_of(model) - set(told.become if told else ())
        unthought += [f"{label}.{name}" for name in left if f"{label}.{name}" not in STAYS]
    assert unthought == []


def test_the_list_names_what_exists() -> None:
    for entry in STAYS:
        app, model, *column = entry.split(".")
        known = words_of(apps.get_model(app, model))
        assert set(column) <= known, entry
