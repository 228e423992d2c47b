"""Whose cases are an evaluator's, and who sees what was found in them."""

from casework.staff.rows import ROW, show, show_with_case, source_of_cases

source_of_cases(
    "assigned",
    """casework_has('evaluates') AND c.state NOT IN ('DECLINED', 'REJECTED', 'TERMINATED', 'CLOSED',
            'MERGED')
        AND EXISTS (SELECT FROM scoring_evaluatorassignment a
        WHERE a.case_id = c.id AND a.evaluator_id = casework_person() AND a.ended_at IS NULL
        AND (a.window_ends_on IS NULL OR a.window_ends_on >= casework_day()))""",
)
source_of_cases(
    "led",
    """casework_ids('leads') <> '{}'
        AND c.state NOT IN ('DECLINED', 'REJECTED', 'TERMINATED', 'CLOSED', 'MERGED')
        AND CASE WHEN EXISTS (SELECT FROM scoring_evaluatorassignment a
                WHERE a.case_id = c.id AND a.ended_at IS NULL)
            THEN EXISTS (SELECT FROM scoring_evaluatorassignment a
                WHERE a.case_id = c.id AND a.ended_at IS NULL
                AND a.organisation_id = ANY (casework_ids('leads')))
            ELSE c.state = 'EVALUATING'
                OR EXISTS (SELECT FROM scoring_sampledcase s WHERE s.case_id = c.id) END""",
)
show_with_case("scoring.SampledCase")
# A body knows what it was given, also where a colleague has it: who is free to recheck follows.
show(
    "scoring.EvaluatorAssignment",
    f"casework_knows_case({ROW}.case_id)"
    f" OR {ROW}.organisation_id = ANY ((SELECT casework_ids('bodies'))::bigint[])",
)
# Whoever puts a finding right reads it with its sheet, and nothing else of the file.
for judged in ("scoring.ScoreSheet", "scoring.Finding"):
    show(judged, f"casework_knows_case({ROW}.case_id)")
