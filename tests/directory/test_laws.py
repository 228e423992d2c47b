"""Every limit is on the page with its source, and something fails where it counts otherwise."""

import pytest

from casework.directory.models import Limit, Parameter
from tests.laws import PAGE, PROOFS, WAITING, page, unproved

pytestmark = pytest.mark.django_db


def test_every_limit_has_its_proof_or_counts_nothing_yet() -> None:
    codes = {*Limit.objects.values_list("code", flat=True)}
    codes |= {*Parameter.objects.values_list("code", flat=True)}
    assert codes - PROOFS.keys() - WAITING == set()
    assert unproved() == []


def test_the_page_is_as_the_rows_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
