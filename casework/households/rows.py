"""Whose households are whose, as the database holds it: through a case, an order or a visit."""

from casework.staff.rows import ROW, beyond_the_street, show

beyond_the_street(
    "homes",
    "referred",
    """
    SELECT r.household_id FROM referrals_referral r
    WHERE r.referred_by_id = casework_person()""",
)
beyond_the_street(
    "homes",
    "visited",
    """
    SELECT m.household_id FROM visits_elderenrolment e
    JOIN households_member m ON m.id = e.member_id
    WHERE e.station_id = ANY (casework_ids('providers'))
        OR e.street LIKE ANY (casework_texts('streets'))""",
)


def _at_home(column: str) -> str:
    """The household of a column is one of a visible case, or was referred or is visited."""
    return (
        "(SELECT casework_has('city'))"
        f" OR {ROW}.{column} = ANY ((SELECT casework_ids('homes'))::bigint[])"
        f" OR EXISTS (SELECT FROM cases_helpcase c WHERE c.household_id = {ROW}.{column})"
    )


for home in ("households.Household", "households.HistoricalHousehold"):
    show(home, _at_home("id"))
for held in ("households.Member", "households.HistoricalMember", "households.Consent"):
    show(held, _at_home("household_id"))
# Whether a person out of reach is on file is told to the city alone.
show("households.Duplicate", "(SELECT casework_has('city'))")
show(
    "households.ImportRow",
    "EXISTS (SELECT FROM households_importbatch b"
    f" WHERE b.id = {ROW}.batch_id AND b.imported_by_id = casework_person())",
)
