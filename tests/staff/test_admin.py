import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from casework.lib.errors import NotYours
from casework.staff.checks import nobody_stands_above_the_roles
from casework.staff.demo import create_demo_accounts
from casework.staff.models import Membership, User
from casework.staff.operations import grant_membership
from casework.staff.scope import reach_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    return create_demo_accounts(password="demo-password")


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form(user: User, role: str, division: str) -> dict[str, str]:
    return {
        "user": str(user.pk),
        "role": role,
        "division": division,
        "organisation": "",
        "valid_from": "2018-01-01",
    }


class TestMembershipPages:
    def test_security_gives_and_ends_a_role(self, staff: dict[str, User]) -> None:
        person = User.objects.create_user("newcomer")
        client = as_user(staff["sec"])
        client.post(reverse("admin:staff_membership_add"), form(person, "CW", "110101901"))
        assert reach_of(person).has("CW")
        given = Membership.objects.get(user=person)
        assert given.granted_by == staff["sec"]
        client.post(
            reverse("admin:staff_membership_changelist"),
            {"action": "end_now", "_selected_action": [given.pk]},
        )
        assert not reach_of(User.objects.get(pk=person.pk)).grants

    def test_a_wrong_unit_is_told_on_the_form(self, staff: dict[str, User]) -> None:
        person = User.objects.create_user("newcomer")
        page = as_user(staff["sec"]).post(
            reverse("admin:staff_membership_add"), form(person, "CW", "110101")
        )
        assert page.status_code == 200
        assert not Membership.objects.filter(user=person).exists()

    def test_giving_oneself_a_role_is_refused_without_an_error_page(
        self, staff: dict[str, User]
    ) -> None:
        page = as_user(staff["sec"]).post(
            reverse("admin:staff_membership_add"), form(staff["sec"], "CA", "110000")
        )
        assert page.status_code == 302
        assert not reach_of(User.objects.get(username="sec")).has("CA")

    @pytest.mark.parametrize("username", ["ca", "sys"])
    def test_other_offices_cannot_open_it(self, staff: dict[str, User], username: str) -> None:
        page = as_user(staff[username]).get(reverse("admin:staff_membership_add"))
        assert page.status_code == 403


class TestAccountPages:
    def test_security_sees_accounts_but_no_power_to_tick(self, staff: dict[str, User]) -> None:
        client = as_user(staff["sec"])
        assert client.get(reverse("admin:staff_user_changelist")).status_code == 200
        page = client.get(reverse("admin:staff_user_change", args=[staff["ca"].pk]))
        assert page.status_code == 200
        assert "is_superuser" not in page.content.decode()

    def test_security_cannot_take_over_a_superuser(self, staff: dict[str, User]) -> None:
        root = User.objects.create_superuser("root", password="demo-password")
        client = as_user(staff["sec"])
        page = client.post(reverse("admin:auth_user_password_change", args=[root.pk]), {})
        assert page.status_code == 403


class TestSeparation:
    """Administrator, security and audit are roles; nobody stands above them."""

    def test_a_superuser_opens_no_page_of_the_administration(self, staff: dict[str, User]) -> None:
        root = as_user(User.objects.create_superuser("root", password="demo-password"))
        for name in ("admin:staff_user_changelist", "admin:staff_membership_add"):
            assert root.get(reverse(name)).status_code == 403

    def test_a_superuser_gives_no_role(self, staff: dict[str, User]) -> None:
        root = User.objects.create_superuser("root", password="demo-password")
        with pytest.raises(NotYours):
            grant_membership(user=staff["ca"], role="AU", by=root, division="110000")

    def test_an_active_superuser_stops_the_deployment_check(self, db: None) -> None:
        assert nobody_stands_above_the_roles(None, databases=["default"]) == []
        root = User.objects.create_superuser("root", password="demo-password")
        (found,) = nobody_stands_above_the_roles(None, databases=["default"])
        assert found.id == "staff.E001"
        root.is_active = False
        root.save()
        assert nobody_stands_above_the_roles(None, databases=["default"]) == []


class TestFirstAccount:
    def appoint(self, monkeypatch: pytest.MonkeyPatch, password: str, name: str = "first") -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        call_command("appoint_security", name, password_stdin=True, stdout=io.StringIO())

    def test_it_is_the_security_administrator(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.appoint(monkeypatch, "correct-horse-battery-9")
        made = User.objects.get(username="first")
        assert reach_of(made).roles == {"SEC"}
        assert made.check_password("correct-horse-battery-9")
        assert not made.is_superuser
        assert as_user(made).get(reverse("admin:staff_membership_add")).status_code == 200

    def test_a_second_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.appoint(monkeypatch, "correct-horse-battery-9")
        with pytest.raises(CommandError, match="already"):
            self.appoint(monkeypatch, "correct-horse-battery-9", name="second")
        assert not User.objects.filter(username="second").exists()

    def test_a_weak_password_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(CommandError):
            self.appoint(monkeypatch, "12345")
        assert not User.objects.filter(username="first").exists()
