"""One city with everybody in it, and two cases of one street for them to come to."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.test import Client
from django.urls import reverse

from casework.cases.models import HelpCase
from casework.documents.models import Document
from casework.ledger import figures
from casework.ledger.models import JournalEntry, Movement, OutboxMessage
from casework.lib import clock
from casework.staff.clients import issue
from casework.staff.demo import create_demo_accounts
from casework.staff.models import ClientScope, Membership, User
from casework.staff.operations import grant_membership
from evaluation.rectification.models import RectificationOrder
from tests.access.rules import HELPED, JUDGED
from tests.walk import PASSWORD, STREET, Walk, at, deliver
from workflows.bulletins import order_bulletin
from workflows.lists import open_items
from workflows.models import Letter, WorkItem
from workflows.tasks import seal_moment, seal_one_week

OTHER_STREET = "110112902"
OTHER_DISTRICT = "110101901"
NOW = "2018-07-17 09:00"
ENDED_ON = date(2018, 7, 16)


class World(NamedTuple):
    """Who there is, and what they come to."""

    people: dict[str, User]
    addresses: dict[tuple[str, str], str]
    helped: Any
    judged: Any
    order: RectificationOrder
    sessions: dict[str, str]
    tokens: dict[str, str]
    standing: tuple[object, ...]

    def address(self, url: str, subject: str = "") -> str:
        """Where a row of the table leads."""
        return self.addresses.get((url, subject)) or reverse(url)


def build() -> World:
    """The city on a day in July 2018."""
    create_demo_accounts(password=PASSWORD, streets=[STREET, OTHER_STREET, OTHER_DISTRICT])
    judged = Walk.upto("receive")
    helped = Walk.upto("start", id_no="110199197605129013")
    publish_weeks()
    order_bulletin("draft_bulletin", "2018-05", by=None, moment=at("2018-06-08 09:00"))
    deliver()
    order = judged.order
    assert order is not None
    people = {name: User.objects.get(username=username) for name, username in _NAMES.items()}
    people |= {f"{role}.ended": _ended(role, people[role]) for role in ("CW", "EV", "LE")}
    people["NONE"] = User.objects.create_user(username="nobody", password=None)
    addresses = _addresses(helped, judged, order)
    sessions = {actor: _session(user) for actor, user in people.items()}
    tokens = {actor: token_of(user) for actor, user in people.items()}
    return World(people, addresses, helped, judged, order, sessions, tokens, standing())


def token_of(user: User, *scopes: str) -> str:
    """A token of an account, for everything unless scopes are named."""
    was, user.is_system = user.is_system, True
    _client, token = issue(
        user, name="probe", scopes=scopes or ClientScope.values,
        expires_on=clock.today() + timedelta(days=30), by=user,
    )  # fmt: skip
    user.is_system = was
    return token


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def standing() -> tuple[object, ...]:
    """What a refused request must leave as it was."""
    return (
        JournalEntry.objects.count(),
        Movement.objects.count(),
        tuple(HelpCase.objects.order_by("pk").values_list("state", "hold")),
        tuple(RectificationOrder.objects.order_by("pk").values_list("state")),
        tuple(WorkItem.objects.order_by("pk").values_list("owner", "done_at")),
    )


def publish_weeks() -> None:
    """The weeks up to the one that the rows ask for are sealed, with their papers."""
    while (week := figures.week_to_seal()) and week <= "2018-W20":
        seal_one_week(week, at=seal_moment(week))


_NAMES = {
    "CO": f"co.{STREET}001", "CO.street": f"co.{OTHER_STREET}001",
    "CO.district": f"co.{OTHER_DISTRICT}001",
    "CW": f"cw.{STREET}", "CW.street": f"cw.{OTHER_STREET}", "CW.district": f"cw.{OTHER_DISTRICT}",
    "SH": f"sh.{STREET}", "SH.street": f"sh.{OTHER_STREET}", "SH.district": f"sh.{OTHER_DISTRICT}",
    "DS": "ds.110112", "DS.district": "ds.110101",
    "CA": "ca", "PR": "pr.b", "PR.other": "pr.a", "EV": "ev1", "EV.other": "ev2", "LE": "le",
    "AU": "au", "SEC": "sec", "SYS": "sys",
}  # fmt: skip


def _ended(role: str, model: User) -> User:
    """Somebody who held the very same membership until yesterday."""
    held = Membership.objects.get(user=model, role=role)
    user = User.objects.create_user(username=f"ended.{role.lower()}", password=None)
    with clock.at(clock.start_of(ENDED_ON - timedelta(days=60))):
        grant_membership(
            user=user, role=role, by=None, division=held.division_id or "",
            organisation=held.organisation_id, valid_to=ENDED_ON,
        )  # fmt: skip
    return user


def _addresses(helped: Walk, judged: Walk, order: RectificationOrder) -> dict[tuple[str, str], str]:
    item = open_items().get(subject_type="case", subject_id=helped.case.pk)
    notice = Document.objects.get(kind="RECTIFICATION_NOTICE", subject_id=order.pk)
    found = {
        ("document", JUDGED): reverse("document", args=[notice.uuid]),
        ("order_page", JUDGED): reverse("order_page", args=[order.pk]),
        ("letter_read", JUDGED): reverse("letter_read", args=[_letter(order).pk]),
        ("unit_page", ""): reverse("unit_page", args=["providers", "999999"]),
        ("evaluation_page", ""): reverse("evaluation_page", args=["2018-06"]),
        ("evaluation_pdf", ""): reverse("evaluation_pdf", args=["2018-06"]),
        ("scheme_draft", ""): reverse("scheme_draft", args=[999999]),
        ("scheme_act", ""): reverse("scheme_act", args=[999999, "publish"]),
        ("scheme_page", ""): reverse("scheme_page", args=["PG2018"]),
        ("bulletin_page", ""): reverse("bulletin_page", args=["2018-05"]),
        ("bulletin_cell", ""): reverse("bulletin_cell", args=["2018-05", "completed", "all"]),
        ("bulletin_act", ""): reverse("bulletin_act", args=["2018-05", "archive-bulletin"]),
        ("week_page", ""): reverse("week_page", args=["2018-W20"]),
        ("week_xlsx", ""): reverse("week_xlsx", args=["2018-W20"]),
        ("week_cell", ""): reverse("week_cell", args=["2018-W20", "referred", "110112"]),
    }
    found["api_week", ""] = reverse("api_week", args=["2018-W20"])
    found["api_order", JUDGED] = reverse("api_order", args=[order.pk])
    found["api_order_act", JUDGED] = reverse("api_order_act", args=[order.pk, "extend"])
    found["api_document_file", JUDGED] = reverse("api_document_file", args=[notice.uuid])
    found["api_case_act", HELPED] = reverse("api_case_act", args=[helped.case.case_no, "suspend"])
    # Numbers that are nobody's: the answer does not depend on whether they exist.
    for name in (
        "duplicate_decide",
        "standard_effect",
        "sample_protocol",
        "standard_recalculate",
        "export_decide",
        "import_errors",
        "import_batch",
        "export_take",
        "program_revoke",
        "api_webhook",
        "api_webhook_replay",
    ):
        found[name, ""] = reverse(name, args=[999_999])
    found["import_order", ""] = reverse("import_order", args=[999_999, "stop"])
    for name in ("session_end", "lock_lift", "mfa_remove_webauthn", "mfa_edit_webauthn"):
        found[name, ""] = reverse(name, args=[999_999])
    for name in ("openid_connect_login", "openid_connect_callback"):
        found[name, ""] = reverse(name, args=["city"])
    for name in ("work_claim", "work_release", "work_assign"):
        found[name, HELPED] = reverse(name, args=[item.pk])
    for subject, walk in ((HELPED, helped), (JUDGED, judged)):
        for name in (
            "case_page",
            "case_reason",
            "case_reveal",
            "score_sheet",
            "case_copy",
            "case_file",
            "case_file_pdf",
            "api_case",
        ):
            found[name, subject] = reverse(name, args=[walk.case.case_no])
        found["case_photo", subject] = reverse("case_photo", args=[walk.case.case_no, 999_999])
        found["case_paper", subject] = reverse("case_paper", args=[walk.case.case_no, "plan"])
    return found


def _letter(order: RectificationOrder) -> Letter:
    """A letter of the ladder to the head of the street."""
    message = OutboxMessage.objects.create(
        kind="letter", key="access-letter", payload={}, created_at=clock.now(), due_at=clock.now(),
        state=OutboxMessage.State.DONE,
    )  # fmt: skip
    return Letter.objects.create(
        recipient=User.objects.get(username=f"sh.{STREET}"), subject_type="order",
        subject_id=order.pk, level=1, message=message, sent_at=clock.now(),
    )  # fmt: skip
