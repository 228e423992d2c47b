"""Whose referrals are whose: who referred, and who may see the case that came of it."""

from casework.staff.rows import ROW, show

show(
    "referrals.Referral",
    f"{ROW}.referred_by_id = casework_person()"
    f" OR {ROW}.division LIKE ANY ((SELECT casework_texts('streets'))::text[])"
    " OR EXISTS (SELECT FROM cases_casereferral link"
    f" WHERE link.referral_id = {ROW}.id AND casework_sees_case(link.case_id))"
    " OR (SELECT casework_has('city'))",
)
