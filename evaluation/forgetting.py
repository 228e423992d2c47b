"""What is forgotten of evaluation and rectification: words; points, codes and papers stay."""

from casework.households.forgetting import forgets

forgets("scoring.Finding", "case__household", description="", evidence=[])
forgets("scoring.Revisit", "case__household", wish="")
forgets(
    "rectification.RectificationItem", "case__household",
    requirement="", person_in_charge="", extension_reason="", measure="", result="",
    root_cause="", long_term="", evidence=[], verdict_reason="", earlier_rounds=[],
)  # fmt: skip
