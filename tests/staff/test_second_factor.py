"""The second factor, the way in through the city's identity service, and being asked again."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from casework.ledger.models import SecurityEvent
from casework.staff.doors import SecondFactors
from casework.staff.models import User
from casework.staff.operations import grant_membership

pytestmark = pytest.mark.django_db
WORD = "correct horse battery"
Kind = SecurityEvent.Kind


@pytest.fixture(autouse=True)
def _no_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def mei() -> User:
    return User.objects.create_user(username="mei", password=WORD)


@pytest.fixture
def required(settings: Any) -> None:
    settings.REQUIRE_MFA = True


def sign_in(client: Client, name: str = "mei", password: str = WORD) -> Any:
    return client.post(reverse("login"), {"username": name, "password": password})


def code_of(user: User) -> str:
    secret = Authenticator.objects.get(user=user, type="totp").wrap()
    return code_from(SecondFactors().decrypt(secret.instance.data["secret"]))


def code_from(secret: str) -> str:
    """What a telephone shows at this moment."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_factor(user: User) -> User:
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    return user


class TestSetUp:
    def test_a_telephone_is_set_up_and_asked_for_from_then_on(self, mei: User) -> None:
        client = Client()
        sign_in(client)
        asked = client.get(reverse("mfa_activate_totp"))
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        page = client.post(asked["Location"], {"password": WORD}, follow=True)
        secret = page.context["form"].secret
        code = code_from(secret)
        done = client.post(reverse("mfa_activate_totp"), {"code": code})
        assert done["Location"] == reverse("mfa_view_recovery_codes")
        again = Client()
        assert sign_in(again)["Location"] == reverse("mfa_authenticate")
        assert "_auth_user_id" not in again.session
        kinds = list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds[:3] == [Kind.SIGNED_IN, Kind.CONFIRMED, Kind.FACTOR_ADDED]

    def test_its_secret_is_sealed_at_rest(self, mei: User) -> None:
        with_factor(mei)
        kept = Authenticator.objects.get(user=mei).data["secret"]
        assert "JBSWY3DPEHPK3PXP" not in kept

    def test_the_page_is_in_the_house_s_language_and_look(self, mei: User) -> None:
        client = Client()
        sign_in(client)
        page = client.get(reverse("mfa_index")).content.decode()
        assert "site-header" in page
        assert "双因素" in page or "两步" in page


class TestSigningIn:
    def test_the_code_opens_and_works_once(self, mei: User) -> None:
        with_factor(mei)
        client, code = Client(), code_of(mei)
        sign_in(client)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
        assert client.session["_auth_user_id"] == str(mei.pk)
        other = Client()
        sign_in(other)
        assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
        assert "_auth_user_id" not in other.session

    def test_guessing_codes_is_stopped_and_written_down(self, mei: User) -> None:
        with_factor(mei)
        client = Client()
        sign_in(client)
        for number in range(8):
            client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
        right = client.post(reverse("mfa_authenticate"), {"code": code_of(mei)})
        assert right.status_code == 200
        assert "_auth_user_id" not in client.session
        assert SecurityEvent.objects.filter(kind=Kind.FACTOR_WRONG, account=mei).exists()

    def test_a_recovery_code_opens_once(self, mei: User) -> None:
        with_factor(mei)
        code = RecoveryCodes.activate(mei).get_unused_codes()[0]
        for expected in (302, 200):
            client = Client()
            sign_in(client)
            answer = client.post(reverse("mfa_authenticate"), {"code": code})
            assert answer.status_code == expected

    def test_the_administration_has_no_door_of_its_own(self, mei: User) -> None:
        answer = Client().get(reverse("admin:login"))
        assert answer["Location"].startswith(reverse("login"))


class TestRequired:
    def test_without_a_factor_no_page_opens_but_its_set_up(self, mei: User, required: None) -> None:
        grant_membership(user=mei, role="CA", by=None, division="110000")
        client = Client()
        sign_in(client)
        for name in ("home", "case_list", "week_list", "admin:index"):
            assert client.get(reverse(name))["Location"] == reverse("mfa_index"), name
        assert client.get(reverse("mfa_index")).status_code == 200
        assert client.post(reverse("logout")).status_code == 302

    def test_with_one_everything_opens_until_it_is_given_up(
        self, mei: User, required: None
    ) -> None:
        with_factor(mei)
        client = Client()
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code_of(mei)})
        assert client.get(reverse("home")).status_code == 200

    def test_a_city_requires_it_unless_it_says_otherwise(self) -> None:
        said = "from django.conf import settings; print(settings.REQUIRE_MFA)"
        key = base64.b64encode(bytes(32)).decode()
        env = {
            "DJANGO_SETTINGS_MODULE": "casework.settings",
            "ENV_FILE": os.devnull,
            "SECRET_KEY": "x" * 40,
            "FIELD_KEYS": f"k1:{key}",
            "BLIND_INDEX_KEY": "y" * 40,
            "ALLOWED_HOSTS": "city.example",
            "PATH": os.environ["PATH"],
        }
        for given, answer in (({}, "True"), ({"REQUIRE_MFA": "0"}, "False")):
            told = subprocess.run(
                [sys.executable, "-c", said], env=env | given, capture_output=True, text=True
            )
            assert told.stdout.strip() == answer, told.stderr


class TestAskedAgain:
    def test_a_whole_number_asks_again_after_a_while(self, mei: User, settings: Any) -> None:
        client = Client()
        sign_in(client)
        session = client.session
        session["confirmed_at"] = int(time.time()) - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT - 1
        session.save()
        address = reverse("week_xlsx", args=["2018-W20"])
        asked = client.get(address)
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        wrong = client.post(asked["Location"], {"password": "wrong"})
        assert wrong.status_code == 200
        back = client.post(asked["Location"], {"password": WORD})
        assert back["Location"] == address
        # Asked no more: now the page itself answers, here that the role does not reach it.
        assert client.get(address).status_code == 403


class TestOwnSessions:
    def test_a_person_sees_and_ends_the_own_sessions_elsewhere(self, mei: User) -> None:
        here, elsewhere = Client(), Client(REMOTE_ADDR="192.0.2.9")
        for client in (here, elsewhere):
            sign_in(client)
        page = here.get(reverse("usersessions_list")).content.decode()
        assert "192.0.2.9" in page
        here.post(reverse("usersessions_list"))
        assert elsewhere.get(reverse("home"))["Location"].startswith(reverse("login"))
        assert here.get(reverse("home")).status_code == 200

    def test_signing_out_lets_the_browser_forget(self, mei: User) -> None:
        client = Client()
        sign_in(client)
        assert client.post(reverse("logout"))["Clear-Site-Data"] == '"cache", "storage"'


class TestSecurityOffice:
    @pytest.fixture
    def office(self, mei: User) -> Client:
        keeper = User.objects.create_user(username="keeper", password=WORD)
        grant_membership(user=keeper, role="SEC", by=None, division="110000")
        client = Client()
        sign_in(client, "keeper")
        return client

    def test_sees_who_is_signed_in_and_ends_it(self, office: Client, mei: User) -> None:
        hers = Client()
        sign_in(hers)
        page = office.get(reverse("security_doors")).content.decode()
        assert "mei" in page
        session = UserSession.objects.get(user=mei)
        assert office.post(reverse("session_end", args=[session.pk])).status_code == 302
        assert hers.get(reverse("home"))["Location"].startswith(reverse("login"))
        event = SecurityEvent.objects.get(kind=Kind.SESSION_ENDED)
        assert (event.account, event.by.username) == (mei, "keeper")

    def test_lifts_a_lock(self, office: Client, mei: User) -> None:
        for number in range(10):
            sign_in(Client(), password=f"wrong {number}")
        assert sign_in(Client()).status_code == 429
        lock = AccessAttempt.objects.get()
        assert "mei" in office.get(reverse("security_doors")).content.decode()
        office.post(reverse("lock_lift", args=[lock.pk]))
        assert sign_in(Client()).status_code == 302
        assert SecurityEvent.objects.filter(kind=Kind.LOCKED, account=mei).exists()
        assert SecurityEvent.objects.filter(kind=Kind.LOCK_LIFTED, account=mei).exists()

    def test_removes_lost_factors_with_a_reason(self, office: Client, mei: User) -> None:
        with_factor(mei)
        wrong = office.post(reverse("factors_forget"), {"username": "nobody", "reason": "LOST"})
        assert wrong.status_code == 422
        office.post(reverse("factors_forget"), {"username": "mei", "reason": "LOST"})
        assert not Authenticator.objects.filter(user=mei).exists()
        assert SecurityEvent.objects.get(kind=Kind.FACTOR_REMOVED).detail == "LOST"

    def test_reads_the_log_that_nobody_changes(self, office: Client, mei: User) -> None:
        sign_in(Client(), "a password typed as a name", "x")
        page = office.get(reverse("security_log")).content.decode()
        assert "a password typed as a name" not in page
        event = SecurityEvent.objects.filter(kind=Kind.REFUSED).latest("pk")
        assert len(event.digest) == 64
        with pytest.raises(Exception, match="only ever added"):
            event.delete()

    def test_roles_given_and_ended_stand_in_it(self, office: Client) -> None:
        assert SecurityEvent.objects.filter(kind=Kind.ROLE_GIVEN, detail="SEC 110000").exists()
