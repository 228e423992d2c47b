"""Whose elders are whose: the street that answers for them and the station that visits them."""

from casework.staff.rows import ROW, show, show_with

show(
    "visits.ElderEnrolment",
    f"{ROW}.station_id = ANY ((SELECT casework_ids('providers'))::bigint[])"
    f" OR {ROW}.street LIKE ANY ((SELECT casework_texts('streets'))::text[])",
)
for made in ("visits.PlannedVisit", "visits.VisitRecord", "visits.VisitAlert"):
    show_with(made, "enrolment_id", "visits.ElderEnrolment")
