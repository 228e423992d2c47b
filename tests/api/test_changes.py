"""The feed and the webhooks: nothing missed or doubled, signed, tried again, told once more."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import connection, connections, transaction

from casework.ledger import outbox
from casework.ledger.models import JournalEntry, OutboxMessage
from casework.lib import clock
from tests.api.test_api import Program, program
from tests.walk import Walk, at
from workflows import feed
from workflows.models import FeedEntry, Webhook

pytestmark = pytest.mark.django_db
SUSPEND = {"reason": "HOSPITAL", "from_on": "2018-06-19"}


@pytest.fixture
def walk() -> Any:
    with clock.at(at("2018-06-20 09:00")):
        yield Walk.upto("start")


def all_changes(one: Program) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = 0
    while True:
        told = one.get("api_changes", after=after).json()
        found += told["results"]
        if not told["results"]:
            return found
        after = told["last"]


class TestFeed:
    def test_it_tells_every_act_in_order_and_nobodys_name(self, walk: Walk) -> None:
        answer = program(walk, "CW").get("api_changes")
        rows = answer.json()["results"]
        acts = JournalEntry.objects.filter(subject_type="case", subject_id=walk.case.pk)
        assert [row["act"] for row in rows] == list(
            acts.order_by("seq").values_list("act", flat=True)
        )
        assert rows[0]["number"] == walk.case.case_no
        assert [row["position"] for row in rows] == sorted(row["position"] for row in rows)
        assert "陈试勇" not in answer.content.decode()

    def test_it_goes_on_from_where_the_reader_was(self, walk: Walk) -> None:
        one = program(walk, "CW")
        last = one.get("api_changes").json()["last"]
        assert one.get("api_changes", after=last).json() == {"results": [], "last": last}
        one.post("api_case_act", walk.case.case_no, "suspend", body=SUSPEND)
        told = one.get("api_changes", after=last).json()
        assert [row["act"] for row in told["results"]] == ["suspend"]

    def test_what_lies_beyond_the_reach_moves_the_reader_on(self, walk: Walk) -> None:
        other = Walk("110101901", id_no="110199197605129013")
        told = program(other, "CW").get("api_changes").json()
        assert told["results"] == []
        assert told["last"] > 0

    @pytest.mark.parametrize("size", [1, 3])
    def test_pages_of_any_size_tell_the_same(
        self, walk: Walk, monkeypatch: pytest.MonkeyPatch, size: int
    ) -> None:
        one = program(walk, "CW")
        whole = one.get("api_changes").json()["results"]
        monkeypatch.setattr(feed, "SIZE", size)
        monkeypatch.setattr(feed.entries_after, "__kwdefaults__", {"upto": None, "size": size})
        assert all_changes(one) == whole

    def test_a_long_backlog_is_placed_part_by_part(
        self, walk: Walk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feed, "_BATCH", 3)
        assert [feed.advance(), feed.advance()] == [3, 3]
        while feed.advance():
            pass
        told = all_changes(program(walk, "CW"))
        acts = JournalEntry.objects.filter(subject_type="case", subject_id=walk.case.pk)
        assert len(told) == acts.count()

    @pytest.mark.parametrize("after", ["", "-1", "x", "9" * 30, "1.5", "①"])
    def test_what_is_no_position_is_told(self, walk: Walk, after: str) -> None:
        answer = program(walk, "CW").get("api_changes", after=after)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["after"])

    def test_a_place_once_given_never_changes(self, walk: Walk) -> None:
        feed.advance()
        before = list(FeedEntry.objects.values_list("position", "entry"))
        assert feed.advance() == 0
        walk.act("suspend", "CW", "2018-06-20 09:00", **SUSPEND)
        feed.advance()
        assert list(FeedEntry.objects.values_list("position", "entry"))[: len(before)] == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_act_that_commits_late_is_told_all_the_same() -> None:
    """Its number was drawn first; a reader who went by numbers would never hear of it."""
    walk = Walk.upto("accept")
    other = Walk.upto("accept", id_no="110199197605129013")
    feed.advance()
    start = feed.last_position()
    drawn, goes_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            walk.act("correct_household", "CW", "2018-05-03 09:00", reason="CHANGED",
                     changes={"address": "示例路2号"})  # fmt: skip
            drawn.set()
            goes_on.wait(20)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert drawn.wait(20)
    other.act("correct_household", "CW", "2018-05-03 09:00", reason="CHANGED",
              changes={"address": "示例路3号"})  # fmt: skip
    feed.advance()
    user = walk.person("CW")
    first = feed.entries_after(user, start)
    goes_on.set()
    thread.join(20)
    feed.advance()
    later = feed.entries_after(user, first[-1].position)
    assert [row.entry.subject_id for row in first] == [other.case.pk]
    assert [row.entry.subject_id for row in later] == [walk.case.pk]
    assert later[0].entry_id < first[0].entry_id


class Receiver:
    """A program's own server: it keeps what it was sent and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.taken.append((dict(self.headers), body))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_said: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def changes(self) -> list[str]:
        return [row["act"] for _head, body in self.taken for row in json.loads(body)["changes"]]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    made = Receiver()
    settings.WEBHOOK_HOSTS = [made.place, "hooks.example.cn"]
    yield made
    made.server.shutdown()
    made.server.server_close()


class TestWebhooks:
    def opened(self, walk: Walk, receiver: Receiver) -> tuple[Program, dict[str, Any]]:
        one = program(walk, "CW")
        answer = one.post("api_webhooks", body={"url": f"http://{receiver.place}/in?x=1"})
        assert answer.status_code == 201
        return one, answer.json()

    def test_changes_are_sent_signed_and_once(self, walk: Walk, receiver: Receiver) -> None:
        one, hook = self.opened(walk, receiver)
        one.post("api_case_act", walk.case.case_no, "suspend", body=SUSPEND)
        assert feed.push() == 1
        assert feed.push() == 0
        outbox.drain()
        outbox.drain()
        assert receiver.changes() == ["suspend"]
        heads, body = receiver.taken[0]
        moment, mac = heads["X-Casework-Signature"].split(",")
        signed = f"{moment.removeprefix('t=')}.".encode() + body
        wanted = hmac.new(hook["secret"].encode(), signed, hashlib.sha256).hexdigest()
        assert mac == f"v1={wanted}"
        assert "陈试勇" not in body.decode()

    def test_the_secret_lies_sealed_and_is_told_once(self, walk: Walk, receiver: Receiver) -> None:
        one, hook = self.opened(walk, receiver)
        assert "secret" not in one.get("api_webhooks").json()[0]
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM workflows_webhook")
            assert hook["secret"] not in cursor.fetchone()[0]

    def test_a_no_is_tried_again_and_nothing_is_lost(self, walk: Walk, receiver: Receiver) -> None:
        one, _hook = self.opened(walk, receiver)
        one.post("api_case_act", walk.case.case_no, "suspend", body=SUSPEND)
        feed.push()
        receiver.status = 500
        outbox.drain()
        message = OutboxMessage.objects.get(kind="webhook")
        assert (message.state, message.last_error) == ("PENDING", "NotTakenError")
        receiver.status, receiver.taken = 204, []
        with clock.at(at("2018-06-20 11:00")):
            outbox.drain()
        assert receiver.changes() == ["suspend"]

    def test_a_redirect_is_not_followed(self, walk: Walk, receiver: Receiver) -> None:
        one, _hook = self.opened(walk, receiver)
        one.post("api_case_act", walk.case.case_no, "suspend", body=SUSPEND)
        feed.push()
        receiver.status = 302
        outbox.drain()
        assert OutboxMessage.objects.get(kind="webhook").state == "PENDING"

    def test_replay_tells_everything_once_more(self, walk: Walk, receiver: Receiver) -> None:
        one, hook = self.opened(walk, receiver)
        one.post("api_case_act", walk.case.case_no, "suspend", body=SUSPEND)
        feed.push()
        outbox.drain()
        answer = one.post("api_webhook_replay", hook["id"], body={"after": 0})
        assert answer.json()["cursor"] == 0
        feed.push()
        outbox.drain()
        acts = receiver.changes()
        assert acts.count("suspend") == 2
        assert acts.count("refer") == 1

    def test_it_ends_with_its_program_or_by_hand(self, walk: Walk, receiver: Receiver) -> None:
        one, hook = self.opened(walk, receiver)
        assert one.client.delete(f"/api/v1/webhooks/{hook['id']}/").status_code == 204
        one.post("api_case_act", walk.case.case_no, "suspend", body=SUSPEND)
        assert feed.push() == 0
        assert one.post("api_webhook_replay", hook["id"], body={"after": 0}).status_code == 404

    def test_nobody_touches_the_webhook_of_another(self, walk: Walk, receiver: Receiver) -> None:
        _one, hook = self.opened(walk, receiver)
        other = program(walk, "SH")
        assert other.get("api_webhooks").json() == []
        assert other.client.delete(f"/api/v1/webhooks/{hook['id']}/").status_code == 404
        assert Webhook.objects.get().ended_at is None

    @pytest.mark.parametrize(
        "url",
        [
            "http://hooks.example.cn/",
            "https://hooks.example.cn@evil.example/",
            "https://user@hooks.example.cn/",
            "https://evil.example/",
            "https://127.0.0.1/",
            "http://169.254.169.254/latest",
            "ftp://hooks.example.cn/",
            "https://hooks.example.cn/#x",
            "https://[::1",
            "//hooks.example.cn",
            "",
        ],
    )
    def test_only_to_where_the_operator_allows(
        self, walk: Walk, receiver: Receiver, url: str
    ) -> None:
        answer = program(walk, "CW").post("api_webhooks", body={"url": url})
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["url"])

    def test_an_allowed_host_is_taken(self, walk: Walk, receiver: Receiver) -> None:
        one = program(walk, "CW")
        for turn in range(6):
            answer = one.post("api_webhooks", body={"url": f"https://hooks.example.cn/{turn}"})
        assert answer.status_code == 409
