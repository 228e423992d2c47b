"""Whose cases are an evaluator's, and who sees what was found in them."""

from casework.staff.rows import ROW, beyond_the_street, function, show, show_with, show_with_case

_OPEN = "c.state NOT IN ('DECLINED', 'REJECTED', 'TERMINATED', 'CLOSED', 'MERGED')"
beyond_the_street(
    "cases",
    "assigned",
    f"""
    SELECT c.id FROM scoring_evaluatorassignment a JOIN cases_helpcase c ON c.id = a.case_id
    WHERE casework_has('evaluates') AND ({_OPEN} OR a.purpose IN ('PHONE', 'DOOR'))
        AND a.evaluator_id = casework_person() AND a.ended_at IS NULL
        AND (a.window_ends_on IS NULL OR a.window_ends_on >= casework_day())""",
)
beyond_the_street(
    "cases",
    "led",
    f"""
    SELECT c.id FROM (
        SELECT case_id AS id FROM scoring_sampledcase
        UNION SELECT id FROM cases_helpcase WHERE state = 'EVALUATING'
    ) wanted JOIN cases_helpcase c ON c.id = wanted.id
    WHERE casework_ids('leads') <> '{{}}' AND {_OPEN}
        AND NOT EXISTS (SELECT FROM scoring_evaluatorassignment a
            WHERE a.case_id = c.id AND a.ended_at IS NULL)
    UNION SELECT c.id FROM scoring_evaluatorassignment a JOIN cases_helpcase c ON c.id = a.case_id
    WHERE a.ended_at IS NULL AND a.organisation_id = ANY (casework_ids('leads')) AND {_OPEN}
    UNION SELECT c.id FROM scoring_revisit r JOIN cases_helpcase c ON c.id = r.case_id
    WHERE casework_ids('leads') <> '{{}}' AND NOT ({_OPEN}) AND r.state IN ('WAITING', 'ASSIGNED')
        AND (r.organisation_id IS NULL OR r.organisation_id = ANY (casework_ids('leads')))""",
)
show_with_case("scoring.SampledCase")
show_with_case("scoring.Revisit")
# An attempt is known to whoever knows the re-visit it belongs to.
show_with("scoring.Attempt", "revisit_id", "scoring.Revisit")
# A body knows what it was given, also where a colleague has it: who is free to recheck follows.
show(
    "scoring.EvaluatorAssignment",
    f"casework_knows_case({ROW}.case_id)"
    f" OR {ROW}.organisation_id = ANY ((SELECT casework_ids('bodies'))::bigint[])",
)
# Whoever puts a finding right reads it with its sheet, and nothing else of the file.
# Whoever still has to score a case reads no score and no finding of another evaluator.
function(
    "casework_scores_blind",
    """
    SELECT EXISTS (SELECT FROM scoring_evaluatorassignment a
            WHERE a.case_id = $1 AND a.evaluator_id = casework_person()
            AND a.ended_at IS NULL AND a.purpose IN ('FIRST', 'SECOND')
            AND NOT EXISTS (SELECT FROM scoring_scoresheet s
                WHERE s.case_id = $1 AND s.kind = a.purpose))""",
)
for judged in ("scoring.ScoreSheet", "scoring.Finding"):
    show(
        judged,
        f"casework_knows_case({ROW}.case_id) AND NOT casework_scores_blind({ROW}.case_id)",
    )
