"""Whose orders are whose: the street, the provider, and the evaluators who recheck."""

from casework.staff.rows import ROW, beyond_the_street, function, show, subject

beyond_the_street(
    "orders",
    "provided",
    """
    SELECT o.id FROM rectification_rectificationorder o
    WHERE o.provider_id = ANY (casework_ids('providers'))""",
)
# Whom the body leads, what the person rechecks, and what is free for the body to recheck.
beyond_the_street(
    "orders",
    "rechecked",
    """
    SELECT item.order_id FROM scoring_evaluatorassignment a
    JOIN rectification_rectificationitem item ON item.case_id = a.case_id
    WHERE a.organisation_id = ANY (casework_ids('leads'))
        OR (a.organisation_id = ANY (casework_ids('bodies')) AND a.purpose = 'RECHECK'
            AND a.evaluator_id = casework_person() AND a.ended_at IS NULL)
    UNION SELECT o.id FROM scoring_evaluatorassignment a
    JOIN rectification_rectificationitem item ON item.case_id = a.case_id
    JOIN rectification_rectificationorder o ON o.id = item.order_id
    WHERE a.organisation_id = ANY (casework_ids('bodies')) AND o.state IN ('REPORTED', 'RECHECKED')
        AND NOT EXISTS (SELECT FROM rectification_rectificationitem other
            JOIN scoring_evaluatorassignment taken ON taken.case_id = other.case_id
            WHERE other.order_id = o.id AND taken.purpose = 'RECHECK' AND taken.ended_at IS NULL)
        AND NOT EXISTS (SELECT FROM rectification_rectificationorder_first_evaluators f
            WHERE f.rectificationorder_id = o.id AND f.user_id = casework_person())""",
)
beyond_the_street(
    "known",
    "in_an_order",
    """
    SELECT item.case_id FROM rectification_rectificationitem item
    JOIN rectification_rectificationorder o ON o.id = item.order_id
    WHERE o.id = ANY (casework_ids('orders'))
        OR o.street_id LIKE ANY (casework_texts('streets'))""",
)
function(
    "casework_sees_order",
    """
    SELECT casework_has('city') OR $1 = ANY (casework_ids('orders')) OR EXISTS (
        SELECT FROM rectification_rectificationorder o
        WHERE o.id = $1 AND o.street_id LIKE ANY (casework_texts('streets')))""",
)
show(
    "rectification.RectificationOrder",
    "(SELECT casework_has('city'))"
    f" OR {ROW}.street_id LIKE ANY ((SELECT casework_texts('streets'))::text[])"
    f" OR {ROW}.id = ANY ((SELECT casework_ids('orders'))::bigint[])",
)
for of_order in ("Notice", "RectificationItem", "Recheck", "EscalationRecord"):
    show(f"rectification.{of_order}", f"casework_sees_order({ROW}.order_id)")
subject("order", "casework_sees_order(subject_id)")
