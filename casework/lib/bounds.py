"""What no entry can sensibly exceed: beyond it stands a slip of the hand, or worse."""

from decimal import Decimal

# Nobody assisted was born before the one; no plan, permit or order runs past the other.
FIRST_YEAR, LAST_YEAR = 1900, 2199
# A column of the database would not hold much more either.
MOST_COUNTED = 1_000_000
MOST_MONEY = Decimal(10) ** 10
