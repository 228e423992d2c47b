"""Whose households are whose, as the database holds it: through a case, an order or a visit."""

from casework.staff.rows import ROW, function, show

# Visits and orders lie in rooms above; their tables answer for themselves.
function(
    "casework_sees_household",
    """
    SELECT casework_has('city')
        OR EXISTS (SELECT FROM cases_helpcase c
            WHERE c.household_id = $1 AND casework_knows_case(c.id))
        OR EXISTS (SELECT FROM referrals_referral r
            WHERE r.household_id = $1 AND r.referred_by_id = casework_person())
        OR EXISTS (SELECT FROM visits_elderenrolment e
            JOIN households_member m ON m.id = e.member_id
            WHERE m.household_id = $1 AND casework_visits(e.id))""",
)
show("households.Household", f"casework_sees_household({ROW}.id)")
for held in ("households.Member", "households.Consent"):
    show(held, f"casework_sees_household({ROW}.household_id)")
show(
    "households.ImportRow",
    "EXISTS (SELECT FROM households_importbatch b"
    f" WHERE b.id = {ROW}.batch_id AND b.imported_by_id = casework_person())",
)
