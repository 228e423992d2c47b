"""Whose work is whose: the unit's, the owner's, and that of a subject one may see."""

from casework.staff.rows import ROW, show, show_with, show_with_subject

show(
    "workflows.WorkItem",
    f"{ROW}.owner_id = (SELECT casework_person())"
    f" OR {ROW}.street LIKE ANY ((SELECT casework_texts('streets'))::text[])"
    f" OR {ROW}.organisation_id = ANY ((SELECT casework_ids('providers'))::bigint[])"
    f" OR {ROW}.organisation_id = ANY ((SELECT casework_ids('bodies'))::bigint[])"
    " OR (SELECT casework_has('city'))"
    f" OR ({ROW}.subject_type = 'case'"
    f" AND {ROW}.subject_id = ANY ((SELECT casework_ids('cases'))::bigint[]))"
    f" OR ({ROW}.subject_type = 'order'"
    f" AND {ROW}.subject_id = ANY ((SELECT casework_ids('orders'))::bigint[]))",
)
show_with_subject("workflows.Run", "workflows.Deadline", "workflows.Timer")
show("workflows.Draft", f"{ROW}.user_id = (SELECT casework_person())")
show("workflows.Letter", f"{ROW}.recipient_id = (SELECT casework_person())")
show_with("workflows.FeedEntry", "entry_id", "ledger.JournalEntry")
