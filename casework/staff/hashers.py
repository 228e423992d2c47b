"""How passwords of a demonstration are kept: so that nobody but a demonstration accepts them."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class DemoPasswordHasher(PBKDF2PasswordHasher):
    """The usual hash under a name that only a demonstration knows.

    The passwords of a demonstration are printed for everybody. Where DEMO is off this hasher is
    not among those in use, so a hash of that name matches no password at all.
    """

    algorithm = "demo_pbkdf2_sha256"
