"""docs/limits.md: every limit of the law and of the city, its source, and the test that proves it.

`python -m tests.laws` writes the page from the rows that the migrations enter; a test compares.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "limits.md"

# Code of a row → the test that fails where it counts otherwise, as file::name.
PROOFS: Final[dict[str, str]] = {
    # limits
    "decide_referral": "scenarios/FX01.yaml::decide_referral",
    "interview": "scenarios/FX01.yaml::interview",
    "interview_sudden": "scenarios/FX13.yaml::interview",
    "ledger_entry_sudden": "scenarios/FX13.yaml::ledger_entry: 2018-06-06",
    "verify": "scenarios/FX01.yaml::verify",
    "publicity": "cases/test_publicity.py::test_seven_days_for_objections",
    "objection": "scenarios/FX11.yaml::objection:",
    "plan": "scenarios/A1-afterwards.yaml::plan",
    "start_help": "scenarios/A1-afterwards.yaml::start_help",
    "finish_help": "scenarios/A1-afterwards.yaml::finish_help",
    "evaluate": "scoring/test_assign_evaluator.py::test_the_window_is_ten_working_days",
    "issue_order": "scenarios/FX06.yaml::issue_order: 2018-08-08",
    "receipt": "rectification/test_receipt_and_report.py::test_silence_counts_as_receipt",
    "report": "rectification/test_receipt_and_report.py::test_due_dates_pass_over_holidays",
    "second_report": "rectification/test_recheck.py::failed_ones_get_ten_days",
    "recheck": "scenarios/FX07.yaml::recheck: 2018-10-23",
    "notify_refusal": "scenarios/FX01.yaml::notify_refusal",
    "notify_termination": "scenarios/FX05.yaml::notify_termination",
    "transfer": "scenarios/FX04.yaml::transfer",
    "suspension": "cases/test_hold.py::test_fourteen_days_of_rest",
    "internal_review_file": "cases/test_appeal.py::test_filing_periods",
    "internal_review_answer": "scenarios/FX08.yaml::internal_review_answer: 2018-04-28",
    "reconsideration_file": "cases/test_appeal.py::test_sixty_days_end_on_the_twelfth_of_june",
    "reconsideration_answer": "scenarios/A1-afterwards.yaml::reconsideration_answer",
    "reconsideration_extension": "cases/test_petition.py::takes_thirty_days_more_once",
    "litigation_after_file": "cases/test_petition.py::fifteen_days_to_court",
    "petition_inform": "cases/test_petition.py::test_fifteen_and_sixty_days",
    "petition_answer": "cases/test_petition.py::test_fifteen_and_sixty_days",
    "petition_extension": "cases/test_petition.py::test_thirty_days_more_and_once",
    "petition_review_file": "cases/test_petition.py::test_a_review_within_thirty_days",
    "petition_review_answer": "scenarios/A1-afterwards.yaml::petition_answer: 2018-10-25",
    "correction": "scenarios/A1-afterwards.yaml::decide_correction",
    "extension": "rectification/test_lateness.py::test_at_most_ten_days",
    "extension_notice": "rectification/test_lateness.py::test_it_is_asked_for_two_working",
    # parameters
    "income_window_months": "households/test_eligibility.py::spread_over_twelve_months",
    "cash_assets_multiple": "households/test_eligibility.py::test_property_over_is_told",
    "publicity_for_services": "cases/test_verification.py::test_a_named_fact_overrides_publicity",
    "publicity_required_for": "cases/test_verification.py::newly_granted_is_publicised",
    "min_contacts": "cases/test_service.py::test_too_few_contacts_are_not_counted",
    "min_home_contacts": "cases/test_service.py::test_one_contact_must_be_at_home",
    "revisit_attempts": "scoring/test_revisits.py::test_three_hours_on_two_days_are_unreachable",
    "revisit_attempt_days": "scoring/test_revisits.py::test_one_day_or_the_same_hour_is_not",
    "second_score_share": "scoring/test_protocol.py::test_the_paper_is_enough",
    "second_score_tolerance": "scoring/test_second.py::test_it_counts_for_nothing_by_itself",
    "crisis_items": "scenarios/FX13.yaml::C02",
    "litigation_months": "cases/test_appeal.py::test_filing_periods",
    "unreachable_attempts": "cases/test_verification.py::test_unreachable_needs_three_days",
    "office_hours": "cases/test_verification.py::test_unreachable_needs_three_days",
    "appraisal_quorum": "cases/test_publicity.py::test_a_meeting_without_quorum",
    "old_street_read_days": "cases/test_access.py::test_the_old_street_reads_for_thirty_days",
    "rectification_rounds": "rectification/test_recheck.py::test_there_is_no_third_notice",
    "escalation_after": "rectification/test_lateness.py::test_rungs_are_reached_by_working_days",
    "import_rows_days": "workflows/test_import_jobs.py::test_a_trial_that_nobody_decided",
    "provider_poor_share": "reporting/test_units.py::test_a_provider_with_a_fifth_poor",
    "evaluator_drift_points": "reporting/test_units.py::test_an_evaluator_apart_from_the_others",
    "bulletin_working_day": "reporting/test_bulletins.py::test_due_on_the_fifth_working_day",
    "progress_gap_points": "reporting/test_month.py::test_behind_the_calendar_by_more_than_the_gap",
    "sample_share": "scoring/test_draw_sample.py::test_a_fifth_rounded_up_but_five_at_least",
    "sample_minimum": "scoring/test_draw_sample.py::test_a_fifth_rounded_up_but_five_at_least",
    "request_working_days": "cases/test_retention.py::test_an_answer_is_due_in_fifteen",
    "retention_rejected_years": "cases/test_retention.py::kept_two_years_from_its_end",
    "retention_case_years": "cases/test_retention.py::test_a_closed_case_is_kept_thirty_years",
    "export_rows_street": "screens/test_exports.py::test_a_street_takes_no_long_list",
    "export_rows_alone": "screens/test_exports.py::test_a_long_list_waits_for_a_second_person",
    "check_worker_minutes": "cases/test_doubts.py::test_ten_hours_are_a_day",
    "check_identical_records": "cases/test_doubts.py::test_five_records_of_the_same_round_time",
    "check_plan_likeness": "cases/test_doubts.py::test_a_copied_plan_of_another_household",
    "checks_that_refuse": "cases/test_doubts.py::test_it_refuses_where_the_city_lets_it",
    "check_photo_metres": "cases/test_photos.py::test_taken_far_from_the_others",
    "percent_rounding": "reporting/test_compile_rows.py::test_prose_cuts_the_percentage_off",
    "visit_frequency": "visits/test_elder_visits.py::test_the_class_sets_how_often",
    "visit_phone_seconds": "visits/test_elder_visits.py::test_a_talk_of_a_minute_counts",
    "visit_door_minutes": "visits/test_elder_visits.py::test_too_short_or_nobody_does_not_count",
    "visit_red_gap_minutes": "visits/test_elder_visits.py::test_two_calls_less_than_two_hours",
    "explain": "rectification/test_issue_order.py::frozen_with_every_field",
    "evaluation_contact": "rectification/test_issue_order.py::frozen_with_every_field",
    "street_contact_phone": "cases/test_verification.py::test_rejection_counts_twice",
}
# Entered for what is yet to be built; nothing counts by them so far.
WAITING: Final = frozenset(
    "template_similarity satisfaction_min_n appraisal_window crisis phone_revisit_share"
    " door_revisit_share".split()
)


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Code, value, since when, source and proof of every row in force or to come."""
    from casework.directory.models import Limit, Parameter
    from casework.households.models import ClassifiedRule, StandardLine

    for limit in Limit.objects.filter(is_draft=False).order_by("code", "effective_from"):
        unit = {"WD": "工作日", "CD": "日"}[limit.unit]
        yield _row(limit, limit.code, f"{limit.amount} {unit}")
    for row in Parameter.objects.filter(is_draft=False).order_by("code", "effective_from"):
        yield _row(row, row.code, _short(row.value))
    for rule in ClassifiedRule.objects.filter(is_draft=False).order_by("category"):
        proof = "households/test_classified.py::test_the_amount_is_a_share_of_the_line"
        yield (rule.category, f"{rule.coefficient} × 标准", rule.effective_from.isoformat(),
               _plain(rule.source), _linked(proof))  # fmt: skip
    for line in StandardLine.objects.filter(is_draft=False).order_by("kind", "effective_from"):
        proof = "households/test_eligibility.py::test_published_lines"
        yield (line.kind, f"{line.amount} 元/月", line.effective_from.isoformat(),
               _plain(line.source), _linked(proof))  # fmt: skip


def _row(row: Any, code: str, value: str) -> tuple[str, str, str, str, str]:
    since = row.effective_from
    from_when = "" if since == date(2004, 1, 1) else since.isoformat()
    proof = _linked(PROOFS[code]) if code in PROOFS else "not counted by yet"
    return code, value, from_when, _plain(row.source), proof


def _short(value: Any) -> str:
    # The stores keep the order of a mapping each in its own way.
    plain = (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    )
    text = plain.replace("|", "/")
    return text if len(text) <= 60 else text[:57] + "…"


def _plain(text: str) -> str:
    return text.replace("|", "/")


def _linked(proof: str) -> str:
    file, _, name = proof.partition("::")
    return f"[{file}](../tests/{file}) `{name}`"


def page() -> str:
    """The page as it should stand."""
    lines = [
        "# Limits of the law and of the city",
        "",
        "Every period, amount and share that something here is counted by, as the migrations enter",
        "it. A city changes them in the administration by a later row, never by an edit; `[D]` in",
        "the source marks a default of this product that has no rule behind it. Written by",
        "`python -m tests.laws`; a test compares it with the rows and looks each proof up.",
        "",
        "| Row | Value | Since | Source | Proof |",
        "| --- | --- | --- | --- | --- |",
        *("| `{}` | {} | {} | {} | {} |".format(*row) for row in rows()),
    ]
    return "\n".join(lines) + "\n"


def unproved() -> list[str]:
    """Proofs that lead nowhere."""
    found = []
    for code, proof in PROOFS.items():
        file, _, name = proof.partition("::")
        path = ROOT / "tests" / file
        if not path.is_file() or not re.search(re.escape(name), path.read_text(encoding="utf-8")):
            found.append(f"{code}: {proof}")
    return found


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_databases, teardown_databases

    call_command("check")
    made = setup_databases(verbosity=0, interactive=False)
    PAGE.write_text(page(), encoding="utf-8")
    teardown_databases(made, verbosity=0)
