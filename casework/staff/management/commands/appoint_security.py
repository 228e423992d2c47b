import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from casework.directory.queries import CITY_CODE
from casework.lib import clock
from casework.lib.errors import CaseworkError
from casework.staff.models import Membership, Role, User
from casework.staff.operations import grant_membership


class Command(BaseCommand):
    """Make the first account of an installation: its security administrator.

    Refused as soon as there is one: from then on roles are given on the pages, by a person whose
    name stands beside them.
    """

    help = "Create the first security administrator; afterwards roles are given on the pages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="as it appears beside what is recorded")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        in_force = Membership.objects.in_force(clock.today())
        if in_force.filter(role=Role.SEC, user__is_active=True).exists():
            raise CommandError("There is a security administrator already; ask them for the role.")
        username = options["username"]
        if User.objects.filter(username=username).exists():
            raise CommandError(f"The account {username} exists; choose a name of its own.")
        user = User(username=username, display_name=options["name"] or username, is_staff=True)
        password = self._password(from_stdin=options["password_stdin"])
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save()
        try:
            grant_membership(user=user, role=Role.SEC, by=None, division=CITY_CODE)
        except CaseworkError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{username} is the security administrator. Sign in at /admin/.")

    def _password(self, *, from_stdin: bool) -> str:
        if from_stdin:
            return sys.stdin.readline().rstrip("\n")
        first = getpass.getpass("Password: ")
        if first != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ; nothing was created.")
        return first
