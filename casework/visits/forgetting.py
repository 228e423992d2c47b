"""What is forgotten of visits to an elder."""

from casework.households.forgetting import forgets

forgets("visits.VisitRecord", "enrolment__member__household", findings={}, signs=[], text="")
forgets("visits.VisitAlert", "enrolment__member__household", outcome="")
