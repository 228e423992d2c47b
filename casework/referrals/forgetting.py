"""What is forgotten of a referral."""

from casework.households.forgetting import forgets

forgets("referrals.Referral", "household", reason="", contact="", external_key=None)
