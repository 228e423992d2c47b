"""Whose cases are whose, as the database holds it, and what lies in a case's file."""

from casework.staff.rows import (
    ROW,
    function,
    show,
    show_with,
    show_with_case,
    source_of_cases,
    subject,
)

source_of_cases(
    "offered",
    """c.hold = 'TRANSFERRING' AND EXISTS (SELECT FROM cases_transfer t
        WHERE t.case_id = c.id AND t.state = 'OFFERED'
        AND t.to_street LIKE ANY (casework_texts('streets')))""",
)
source_of_cases(
    "handed_over",
    """EXISTS (SELECT FROM cases_transfer t
        WHERE t.case_id = c.id AND t.state = 'ACCEPTED'
        AND t.from_street LIKE ANY (casework_texts('streets'))
        AND t.decided_at >= (casework_day() - (SELECT (p.value #>> '{}')::int
            FROM directory_parameter p WHERE p.code = 'old_street_read_days' AND NOT p.is_draft
            AND p.effective_from <= casework_day()
            AND (p.effective_to IS NULL OR p.effective_to >= casework_day())
            ORDER BY p.effective_from DESC, p.id DESC LIMIT 1)
            )::timestamp AT TIME ZONE 'Asia/Shanghai')""",
)
source_of_cases(
    "referred",
    """casework_texts('boards') <> '{}' AND EXISTS (SELECT FROM cases_casereferral link
        JOIN referrals_referral r ON r.id = link.referral_id
        WHERE link.case_id = c.id AND r.referred_by_id = casework_person())""",
)
source_of_cases(
    "on_the_board",
    """c.state = 'PUBLICISED' AND EXISTS (SELECT FROM unnest(casework_texts('boards')) board
        WHERE board LIKE c.handling_street || '%')""",
)
source_of_cases(
    "served",
    """NOT c.locked AND c.state IN ('PLANNED', 'IN_HELP')
        AND EXISTS (SELECT FROM cases_helpplan plan
        JOIN cases_planitem item ON item.plan_id = plan.id
        JOIN directory_organisation unit ON unit.id = item.provider_id
        JOIN households_consent consent ON consent.household_id = c.household_id
        WHERE plan.case_id = c.id AND plan.state = 'APPROVED'
        AND item.status IN ('PLANNED', 'ACTIVE')
        AND item.provider_id = ANY (casework_ids('providers'))
        AND (unit.suspended_on IS NULL OR unit.suspended_on > casework_day())
        AND consent.purpose = 'SHARE_PROVIDER'
        AND (consent.recipient_id IS NULL OR consent.recipient_id = item.provider_id)
        AND consent.given_on <= casework_day()
        AND (consent.withdrawn_on IS NULL OR consent.withdrawn_on > casework_day()))""",
)
function(
    "casework_knows_case",
    """
    SELECT casework_sees_case($1) OR EXISTS (SELECT FROM rectification_rectificationitem item
        WHERE item.case_id = $1 AND casework_sees_order(item.order_id))""",
)
show("cases.HelpCase", f"casework_knows_case({ROW}.id)")
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
)
show_with("cases.PlanItem", "plan_id", "cases.HelpPlan")
show_with("cases.Objection", "publicity_id", "cases.Publicity")
show_with("cases.Appraisal", "objection_id", "cases.Objection")
show_with("cases.Verifier", "verification_id", "cases.Verification")
show_with("cases.VisitAttempt", "verification_id", "cases.Verification")
subject("case", "casework_sees_case(subject_id)")
