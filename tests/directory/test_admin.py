from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from casework.directory.models import Limit
from casework.directory.queries import limit
from casework.staff.demo import create_demo_accounts
from casework.staff.models import User

pytestmark = pytest.mark.django_db
ON = date(2018, 8, 1)


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    return create_demo_accounts(password="demo-password")


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def enter_limit(client: Client) -> Limit:
    client.post(
        reverse("admin:directory_limit_add"),
        {
            "code": "report",
            "amount": "20",
            "unit": "WD",
            "effective_from": "2018-08-01",
            "source": "示例文号",
        },
    )
    return Limit.objects.latest("pk")


def publish(client: Client, row: Limit) -> None:
    client.post(
        reverse("admin:directory_limit_changelist"),
        {"action": "publish", "_selected_action": [row.pk]},
    )


class TestDatedRows:
    def test_a_second_person_brings_a_new_row_into_force(self, staff: dict[str, User]) -> None:
        row = enter_limit(as_user(staff["ca"]))
        assert limit("report", ON).amount == 15
        publish(as_user(staff["ca2"]), row)
        assert limit("report", ON).amount == 20
        row.refresh_from_db()
        assert (row.entered_by, row.published_by) == (staff["ca"], staff["ca2"])

    def test_nobody_publishes_what_they_entered(self, staff: dict[str, User]) -> None:
        row = enter_limit(as_user(staff["ca"]))
        publish(as_user(staff["ca"]), row)
        assert limit("report", ON).amount == 15

    def test_a_published_row_is_never_edited_or_deleted(self, staff: dict[str, User]) -> None:
        row = Limit.objects.get(code="report")
        client = as_user(staff["ca"])
        page = reverse("admin:directory_limit_change", args=[row.pk])
        assert client.post(page, {"amount": "99"}).status_code == 403
        gone = client.post(reverse("admin:directory_limit_delete", args=[row.pk]), {"post": "yes"})
        assert gone.status_code == 403
        assert limit("report", ON).amount == 15

    @pytest.mark.parametrize("username", ["sec", "sys"])
    def test_other_offices_cannot_enter_rules(self, staff: dict[str, User], username: str) -> None:
        page = reverse("admin:directory_limit_add")
        assert as_user(staff[username]).get(page).status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "division",
        "organisation",
        "serviceitem",
        "calendaryear",
        "calendarday",
        "limit",
        "parameter",
    ],
)
def test_every_list_of_reference_data_opens(staff: dict[str, User], name: str) -> None:
    page = as_user(staff["ca"]).get(reverse(f"admin:directory_{name}_changelist"))
    assert page.status_code == 200
