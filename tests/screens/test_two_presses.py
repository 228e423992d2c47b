"""One form pressed many times at one moment, before any of the presses is answered."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from casework.cases.models import HelpCase
from casework.households.models import Household
from casework.lib import clock
from tests.walk import Walk, at

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

PRESSES = 6


def test_a_referral_pressed_at_one_moment_enters_one_household() -> None:
    walk = Walk()
    before = Household.objects.count()
    sent = {
        "name": "孙试兰", "id_no": "110199193809019045", "division": walk.street,
        "address": "示例路2号", "category": "B_ELDER", "relief_type": "NONE",
        "source": "COMMITTEE", "urgency": "NORMAL", "reason": "高龄独居", "key": "once",
    }  # fmt: skip
    together = threading.Barrier(PRESSES)
    places: list[str] = []

    def press(client: Client) -> None:
        try:
            together.wait()
            with clock.at(at("2018-05-02 09:00")):
                answer = client.post(reverse("refer"), sent)
            places.append(answer.headers.get("Location", f"answered {answer.status_code}"))
        finally:
            connection.close()

    clients = [Client() for _press in range(PRESSES)]
    for client in clients:
        client.force_login(walk.person("CO"))
    presses = [threading.Thread(target=press, args=[client]) for client in clients]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert HelpCase.objects.count() == 1
    assert Household.objects.count() == before + 1
    assert len(places) == PRESSES
    assert len(set(places)) == 1, places
