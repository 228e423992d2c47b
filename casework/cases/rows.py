"""Whose cases are whose, as the database holds it, and what lies in a case's file."""

from casework.staff.rows import (
    ROW,
    beyond_the_street,
    function,
    show,
    show_with,
    show_with_case,
    subject,
)

beyond_the_street(
    "cases",
    "offered",
    """
    SELECT c.id FROM cases_transfer t JOIN cases_helpcase c ON c.id = t.case_id
    WHERE c.hold = 'TRANSFERRING' AND t.state = 'OFFERED'
        AND t.to_street LIKE ANY (casework_texts('streets'))""",
)
beyond_the_street(
    "cases",
    "handed_over",
    """
    SELECT t.case_id FROM cases_transfer t WHERE t.state = 'ACCEPTED'
        AND t.from_street LIKE ANY (casework_texts('streets'))
        AND t.decided_at >= (casework_day() - (SELECT (p.value #>> '{}')::int
            FROM directory_parameter p WHERE p.code = 'old_street_read_days' AND NOT p.is_draft
            AND p.effective_from <= casework_day()
            AND (p.effective_to IS NULL OR p.effective_to >= casework_day())
            ORDER BY p.effective_from DESC, p.id DESC LIMIT 1)
            )::timestamp AT TIME ZONE 'Asia/Shanghai'""",
)
beyond_the_street(
    "cases",
    "referred",
    """
    SELECT link.case_id FROM referrals_referral r
    JOIN cases_casereferral link ON link.referral_id = r.id
    WHERE casework_texts('boards') <> '{}' AND r.referred_by_id = casework_person()""",
)
beyond_the_street(
    "cases",
    "on_the_board",
    """
    SELECT c.id FROM cases_helpcase c WHERE casework_texts('boards') <> '{}'
        AND c.state = 'PUBLICISED'
        AND c.handling_street = ANY (
            SELECT left(board, 9) FROM unnest(casework_texts('boards')) board)""",
)
beyond_the_street(
    "cases",
    "served",
    """
    SELECT c.id FROM cases_planitem item
    JOIN cases_helpplan plan ON plan.id = item.plan_id
    JOIN cases_helpcase c ON c.id = plan.case_id
    JOIN directory_organisation unit ON unit.id = item.provider_id
    JOIN households_consent consent ON consent.household_id = c.household_id
    WHERE item.provider_id = ANY (casework_ids('providers'))
        AND NOT c.locked AND c.state IN ('PLANNED', 'IN_HELP')
        AND plan.state = 'APPROVED' AND item.status IN ('PLANNED', 'ACTIVE')
        AND (unit.suspended_on IS NULL OR unit.suspended_on > casework_day())
        AND consent.purpose = 'SHARE_PROVIDER'
        AND (consent.recipient_id IS NULL OR consent.recipient_id = item.provider_id)
        AND consent.given_on <= casework_day()
        AND (consent.withdrawn_on IS NULL OR consent.withdrawn_on > casework_day())""",
)
function(
    "casework_knows_case",
    "SELECT casework_sees_case($1) OR $1 = ANY (casework_ids('known'))",
)
show(
    "cases.HelpCase",
    "(SELECT casework_has('city'))"
    f" OR {ROW}.handling_street LIKE ANY ((SELECT casework_texts('streets'))::text[])"
    f" OR {ROW}.id = ANY ((SELECT casework_ids('cases'))::bigint[])"
    f" OR {ROW}.id = ANY ((SELECT casework_ids('known'))::bigint[])",
)
show_with_case(
    "cases.Appeal",
    "cases.CaseReferral",
    "cases.HelpLine",
    "cases.Suspension",
    "cases.Transfer",
    "cases.Death",
    "cases.NeedsAssessment",
    "cases.HelpPlan",
    "cases.Publicity",
    "cases.ServiceRecord",
    "cases.ServiceAlert",
    "cases.Verification",
    "cases.SubjectRequest",
    "cases.LegalHold",
    "cases.StepReturn",
    "cases.Correction",
    "cases.Petition",
    "cases.MeansChange",
    "cases.Photo",
)
show_with("cases.PlanItem", "plan_id", "cases.HelpPlan")
show_with("cases.Objection", "publicity_id", "cases.Publicity")
show_with("cases.Appraisal", "objection_id", "cases.Objection")
show_with("cases.Verifier", "verification_id", "cases.Verification")
show_with("cases.VisitAttempt", "verification_id", "cases.Verification")
subject("case", "casework_sees_case(subject_id)")
