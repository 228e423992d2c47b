"""Whose documents are whose: those of their subject."""

from casework.staff.rows import ROW, show

show(
    "documents.Document",
    f"CASE WHEN {ROW}.subject_type = 'case' THEN (SELECT casework_has('city'))"
    f" OR EXISTS (SELECT FROM cases_helpcase up WHERE up.id = {ROW}.subject_id"
    " AND (up.handling_street LIKE ANY ((SELECT casework_texts('streets'))::text[])"
    " OR up.id = ANY ((SELECT casework_ids('cases'))::bigint[])))"
    f" ELSE casework_sees_subject({ROW}.subject_type, {ROW}.subject_id) END",
)
