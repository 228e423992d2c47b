"""Signing in through the city's own identity service, over real HTTP."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from casework.ledger.models import SecurityEvent
from casework.staff.models import User
from tests.staff.identity_service import CLIENT, SECRET, Service, identity_service

pytestmark = pytest.mark.django_db
LOGIN = "openid_connect_login"


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    with identity_service() as running:
        app = {
            "provider_id": "city", "name": "市统一身份认证", "client_id": CLIENT,
            "secret": SECRET, "settings": {"server_url": running.issuer},
        }  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
        }
        yield running


@pytest.fixture
def mei() -> User:
    return User.objects.create_user(username="mei", password=None)


def come_back(client: Client) -> Any:
    """What a browser does: press the button, be sent to the service, be sent back."""
    out = client.post(reverse(LOGIN, args=["city"]))
    there = requests.get(out["Location"], allow_redirects=False, timeout=5)
    back = urlsplit(there.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def test_the_login_page_offers_it(service: Service) -> None:
    assert "市统一身份认证" in Client().get(reverse("login")).content.decode()


def test_without_a_service_the_page_offers_none() -> None:
    assert "account/oidc" not in Client().get(reverse("login")).content.decode()


def test_a_person_of_the_same_user_name_comes_in(service: Service, mei: User) -> None:
    client = Client()
    assert come_back(client).status_code == 302
    assert client.session["_auth_user_id"] == str(mei.pk)
    assert SecurityEvent.objects.filter(kind="SIGNED_IN", account=mei).exists()


def test_once_tied_the_account_follows_the_person_and_not_the_name(
    service: Service, mei: User
) -> None:
    come_back(Client())
    User.objects.create_user(username="other", password=None)
    service.person = {"sub": "1", "preferred_username": "other"}
    client = Client()
    come_back(client)
    assert client.session["_auth_user_id"] == str(mei.pk)


@pytest.mark.parametrize("told", [{"sub": "9", "preferred_username": "stranger"}, {"sub": "9"}])
def test_whoever_has_no_account_here_is_told_so(
    service: Service, mei: User, told: dict[str, str]
) -> None:
    service.person = told
    client = Client()
    answer = come_back(client)
    assert answer.status_code == 403
    assert "没有账号" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == 1


def test_a_closed_account_stays_closed(service: Service, mei: User) -> None:
    mei.is_active = False
    mei.save()
    client = Client()
    come_back(client)
    assert "_auth_user_id" not in client.session


def test_its_second_factor_is_asked_for_all_the_same(service: Service, mei: User) -> None:
    TOTP.activate(mei, "JBSWY3DPEHPK3PXP")
    client = Client()
    assert come_back(client)["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_an_answer_that_was_not_asked_for_is_refused(service: Service, mei: User) -> None:
    client = Client()
    address = reverse("openid_connect_callback", args=["city"])
    answer = client.get(address, {"code": "stolen", "state": "invented"})
    assert answer.status_code == 401
    assert "_auth_user_id" not in client.session
