"""What is forgotten of a case: words and names; its course and its codes stay."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from casework.households.forgetting import FORGOTTEN, forgets

forgets("cases.Appeal", "case__household", ground="", outcome_reason="")
forgets(
    "cases.HelpCase", "household", income_figure=None, means_band="",
    agreement_no="", closing_summary="", declined_reason="", termination_evidence="",
)  # fmt: skip
forgets("cases.Transfer", "case__household", reason="", decline_reason="")
forgets("cases.Death", "case__household", evidence="")
forgets("cases.PlanItem", "plan__case__household", goal="", end_reason="")
forgets("cases.Publicity", "case__household", place="", notice={})
forgets("cases.Objection", "publicity__case__household", text="", by_name="", reason="")
forgets("cases.ServiceRecord", "case__household", worker="")
forgets(
    "cases.Verification", "case__household", place="", findings_text="", neighbours_words="",
    assessment=None,
    refusal_method="",
)  # fmt: skip
# Two verifiers of one visit are two people: their numbers keep them apart.
_SOMEBODY = Concat(Value(FORGOTTEN), Cast("pk", CharField()))
forgets("cases.Verifier", "verification__case__household", name=_SOMEBODY)
forgets("cases.StepReturn", "case__household", words="")
forgets("cases.Correction", "case__household", before="", after="", words="", answer="")
forgets("cases.Photo", "case__household", sealed="", place="", likeness="")
forgets("cases.Petition", "case__household", text="", answer="")
forgets("cases.SubjectRequest", "case__household", words="", answer="")
