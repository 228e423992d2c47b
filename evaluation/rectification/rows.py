"""Whose orders are whose: the street, the provider, and the evaluators who recheck."""

from casework.staff.rows import ROW, function, show, subject

function(
    "casework_rechecks",
    """
    SELECT EXISTS (SELECT FROM rectification_rectificationitem item
            JOIN scoring_evaluatorassignment a ON a.case_id = item.case_id
            WHERE item.order_id = $1 AND (a.organisation_id = ANY (casework_ids('leads'))
                OR (a.organisation_id = ANY (casework_ids('bodies')) AND a.purpose = 'RECHECK'
                    AND a.evaluator_id = casework_person() AND a.ended_at IS NULL)))
        OR (EXISTS (SELECT FROM rectification_rectificationorder o
                JOIN rectification_rectificationitem item ON item.order_id = o.id
                JOIN scoring_evaluatorassignment a ON a.case_id = item.case_id
                WHERE o.id = $1 AND o.state IN ('REPORTED', 'RECHECKED')
                AND a.organisation_id = ANY (casework_ids('bodies')))
            AND NOT EXISTS (SELECT FROM rectification_rectificationitem item
                JOIN scoring_evaluatorassignment a ON a.case_id = item.case_id
                WHERE item.order_id = $1 AND a.purpose = 'RECHECK' AND a.ended_at IS NULL)
            AND NOT EXISTS (SELECT FROM rectification_rectificationorder_first_evaluators f
                WHERE f.rectificationorder_id = $1 AND f.user_id = casework_person()))""",
)
function(
    "casework_sees_order",
    """
    SELECT casework_has('city') OR EXISTS (SELECT FROM rectification_rectificationorder o
            WHERE o.id = $1 AND (o.street_id LIKE ANY (casework_texts('streets'))
                OR o.provider_id = ANY (casework_ids('providers'))))
        OR (casework_ids('bodies') <> '{}' AND casework_rechecks($1))""",
)
show("rectification.RectificationOrder", f"casework_sees_order({ROW}.id)")
for of_order in ("Notice", "RectificationItem", "Recheck", "EscalationRecord"):
    show(f"rectification.{of_order}", f"casework_sees_order({ROW}.order_id)")
subject("order", "casework_sees_order(subject_id)")
