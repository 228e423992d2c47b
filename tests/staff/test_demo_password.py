"""The password of a demonstration is worth nothing outside it."""

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import override_settings

DEMO = [
    "casework.staff.hashers.DemoPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]


@pytest.mark.parametrize(("hashers", "is_known"), [(DEMO, True), (DEMO[1:], False)])
def test_only_a_demonstration_accepts_it(hashers: list[str], is_known: bool) -> None:
    with override_settings(PASSWORD_HASHERS=DEMO):
        kept = make_password("known-to-everybody")
    with override_settings(PASSWORD_HASHERS=hashers):
        assert check_password("known-to-everybody", kept) is is_known
