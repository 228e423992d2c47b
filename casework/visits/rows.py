"""Whose elders are whose: the street that answers for them and the station that visits them."""

from casework.staff.rows import ROW, function, show

function(
    "casework_visits",
    """
    SELECT EXISTS (SELECT FROM visits_elderenrolment e WHERE e.id = $1
        AND (e.station_id = ANY (casework_ids('providers'))
            OR e.street LIKE ANY (casework_texts('streets'))))""",
)
show("visits.ElderEnrolment", f"casework_visits({ROW}.id)")
for made in ("visits.PlannedVisit", "visits.VisitRecord", "visits.VisitAlert"):
    show(made, f"casework_visits({ROW}.enrolment_id)")
