"""Issuing an order: what the notice says, whom it covers, what it counts."""

import pytest

from casework.cases.states import CaseState
from casework.documents.models import Document
from casework.ledger.figures import balance, subjects
from casework.ledger.models import JournalEntry, OutboxMessage
from casework.lib.errors import Incomplete, NotLawfulNow
from evaluation.rectification.models import Notice, RectificationOrder
from evaluation.rectification.operations import issue_order
from evaluation.scoring.models import Finding
from tests.evaluation.conftest import Cast
from tests.evaluation.world import FINDINGS, PROVIDER_A, act, body, case_of
from tests.rectification.loop import ALL_ITEMS, confirmed, issued

pytestmark = pytest.mark.django_db


class TestIssueOrder:
    def test_every_finding_becomes_an_item_and_the_case_is_being_rectified(
        self, cast: Cast
    ) -> None:
        case = confirmed(cast)
        order = issued(cast, case)
        case.refresh_from_db()
        assert case.state == CaseState.RECTIFYING
        assert (order.state, order.round) == ("ISSUED", 1)
        assert order.number_base.startswith("ZG-2018-110112-000001-")
        assert [item.ref for item in order.items.all()] == list(ALL_ITEMS)
        assert {finding.state for finding in Finding.objects.all()} == {"ORDERED"}
        assert list(order.first_evaluators.all()) == [cast.first]

    def test_the_notice_is_frozen_with_every_field_of_the_form(self, cast: Cast) -> None:
        order = issued(cast)
        data = Document.objects.get(subject_type="order", subject_id=order.pk).data
        assert data["addressee"] == "通州区民政局"
        assert data["cc"] == ["示例乙社会工作服务中心"]
        assert data["cases"] == [{"masked_name": "陈*勇", "case_no": "BF-2018-110112-000001-X"}]
        assert data["basis"]["evaluation_number"].startswith("PG-2018-110112-")
        assert data["basis"]["evaluated_on"] == "2018-08-02"
        assert data["basis"]["evaluator"] == "示例社会组织评估中心"
        first, *_middle, last = data["items"]
        assert first == {
            "seq": 1, "code": "F03", "problem": "方案模板化，与需求不匹配",
            "facts": "方案与他户雷同", "evidence": "证据1",
            "standard": "B2 方案可衡量、与需求匹配、非模板", "severity": "黄",
            "requirement": "重新评估需求，逐户修订方案并签字", "due_count": "15个工作日",
            "due_on": "2018-08-27", "unit": "示例乙社会工作服务中心", "person": "单位负责人",
        }  # fmt: skip
        assert (last["severity"], last["due_count"], last["due_on"]) == (
            "绿", "10个工作日", "2018-08-20",
        )  # fmt: skip

    def test_the_deadline_gives_count_and_date_and_on_what_the_date_rests(self, cast: Cast) -> None:
        data = Document.objects.get(subject_id=issued(cast).pk, subject_type="order").data
        assert data["deadline"].startswith("请于收到本通知之日起15个工作日内（即2018年8月27日前）")
        assert "按发文当日签收推算" in data["deadline"]
        assert "3个工作日内（即2018年8月9日前）" in data["explain"]
        assert data["consequence"]
        assert len(data["report_requirements"]) == 4
        assert data["contact"] == {"name": "绩效评估科", "phone": "12000000000"}

    def test_no_full_name_of_the_household_stands_in_the_notice(self, cast: Cast) -> None:
        data = Document.objects.get(subject_id=issued(cast).pk, subject_type="order").data
        assert "陈试勇" not in str(data)

    def test_number_document_and_figure(self, cast: Cast) -> None:
        order = issued(cast)
        notice = Notice.objects.get(order=order)
        assert notice.number == "京民救改〔2018〕1号"
        assert str(notice.receipt_due_on) == "2018-08-07"
        assert subjects("orders_issued", week="2018-W32") == [("notice", notice.pk, 1)]
        assert OutboxMessage.objects.filter(key=f"document-{notice.document_id}").count() == 1

    def test_requirements_are_taken_as_written(self, cast: Cast) -> None:
        case = confirmed(cast)
        finding = Finding.objects.get(code__code="F04")
        order = issued(cast, case, requirements={finding.pk: "补足两次助浴", "F08": "补录"})
        told = {item.ref: item.requirement for item in order.items.all()}
        assert (told["F04"], told["F08"]) == ("补足两次助浴", "补录")

    def test_one_order_covers_several_cases_of_one_unit(self, cast: Cast) -> None:
        case, other = confirmed(cast), confirmed(cast, 2, FINDINGS[:2])
        order = issued(cast, case, also=[other])
        other.refresh_from_db()
        assert other.state == CaseState.RECTIFYING
        refs = [item.ref for item in order.items.all()]
        assert refs == [*ALL_ITEMS, "F03-2", "F04-2"]
        paper = Document.objects.get(subject_id=order.pk, subject_type="order").data
        assert paper["items"][-1]["facts"] == "BF-2018-110112-000002-X：助浴少两次"
        assert balance("orders_issued", week="2018-W32") == 1
        entry = JournalEntry.objects.filter(subject_type="case", subject_id=other.pk).last()
        assert entry is not None
        assert (entry.act, entry.from_state, entry.to_state) == (
            "issue_order", "EVALUATING", "RECTIFYING",
        )  # fmt: skip

    def test_cases_of_several_units_or_districts_are_refused(self, cast: Cast) -> None:
        case = confirmed(cast)
        for other in (
            confirmed(cast, 2, provider=PROVIDER_A),
            confirmed(cast, 3, street="110101901"),
        ):
            with pytest.raises(Incomplete) as refusal:
                act(issue_order, case, by=cast.supervisor, at="2018-08-06", also=[other])
            assert list(refusal.value.fields) == ["also"]
        assert not RectificationOrder.objects.exists()

    def test_a_provider_may_be_named(self, cast: Cast) -> None:
        case, other = confirmed(cast), confirmed(cast, 2, provider=PROVIDER_A)
        order = issued(cast, case, also=[other.case_no], provider=PROVIDER_A)
        assert order.provider == body(PROVIDER_A)

    def test_a_person_in_charge_may_be_named(self, cast: Cast) -> None:
        order = issued(cast, person="乙主任")
        assert set(order.items.values_list("person_in_charge", flat=True)) == {"乙主任"}

    def test_an_unconfirmed_or_undrawn_case_is_refused(self, cast: Cast) -> None:
        for case in (case_of(5, state=CaseState.EVALUATING), case_of(6)):
            with pytest.raises(NotLawfulNow):
                act(issue_order, case, by=cast.supervisor, at="2018-08-06")
