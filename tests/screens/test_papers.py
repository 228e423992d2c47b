"""Papers to fill in and sign: each says what the file says, to whom it may."""

from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from casework.ledger.models import ReadEntry
from casework.lib import clock
from tests.screens.test_pages import client_of
from tests.walk import Walk, at
from workflows.papers.catalogue import PAPERS

pytestmark = pytest.mark.django_db
NUMBER = "110199196908179152"
# The step to which a case is walked, and what each paper must then say.
SAYS: dict[str, tuple[str, list[str]]] = {
    "referral_form": ("refer", ["居家困难", "110199********9152", "受理意见"]),
    "acceptance_notice": ("accept", ["陈试勇：", "2018年5月2日受理", "办事处"]),
    "deficiency_notice": ("accept", ["一次性告知", "份数"]),
    "visit_form": ("arrange", ["2018年5月4日", "工资性收入", "入户所见"]),
    "plan": ("plan", ["服务内容", "资金来源", "我们同意按本方案接受帮扶"]),
    "service_slip": ("approve", ["服务对象签字", "请勿签字"]),
    "closing_summary": ("finish", ["服务完成情况", "小结"]),
    "evaluation_sheet": ("score", ["指标得分", "总分"]),
    "recheck_sheet": ("pass_all", ["逐项意见", "通过"]),
}


def printed(walk: Walk, code: str, role: str = "CW") -> Any:
    return client_of(walk, role).get(reverse("case_paper", args=[walk.case.case_no, code]))


def words_of(answer: Any) -> str:
    sheets = PdfReader(BytesIO(answer.content)).pages
    return "".join(sheet.extract_text() for sheet in sheets).replace(" ", "").replace("\n", "")


@pytest.mark.parametrize("code", sorted(SAYS))
def test_a_paper_says_what_the_file_says(code: str) -> None:
    step, wanted = SAYS[code]
    with clock.at(at("2018-09-20 09:00")):
        walk = Walk.upto(step)
        answer = printed(walk, code)
    assert answer.status_code == 200
    words = words_of(answer)
    assert PAPERS[code].title in words
    for part in wanted:
        assert part.replace(" ", "") in words, words
    assert NUMBER not in words
    assert ReadEntry.objects.get(what="case_paper").reason == f"PRINT {code}"


class TestRarer:
    @pytest.fixture
    def walk(self) -> Any:
        with clock.at(at("2018-06-20 09:00")):
            yield Walk.upto("start")

    def test_a_rest(self, walk: Walk) -> None:
        walk.act("suspend", "CW", "2018-06-20 09:00", reason="HOSPITAL", from_on="2018-06-19")
        assert "2018年6月19日" in words_of(printed(walk, "suspension_note"))

    def test_a_handover(self, walk: Walk) -> None:
        walk.act("offer_transfer", "CW", "2018-06-20 09:00", to_street="110101901", reason="搬家")
        words = words_of(printed(walk, "handover_sheet"))
        assert "搬家" in words
        assert "示例一街道" in words

    def test_a_termination(self, walk: Walk) -> None:
        walk.act("terminate", "SH", "2018-06-20 09:00", reason="WITHDRAWN", evidence="书面声明")
        assert "10个工作日内向区民政局申请复核" in words_of(printed(walk, "termination_notice"))

    def test_a_declined_referral(self) -> None:
        with clock.at(at("2018-06-20 09:00")):
            walk = Walk.upto("refer")
            walk.act("decline_referral", "CW", "2018-05-02 14:00", reason="需求已满足")
            assert "需求已满足" in words_of(printed(walk, "decline_notice"))

    def test_an_income_assessment_tells_every_line(self) -> None:
        with clock.at(at("2018-06-20 09:00")):
            walk = Walk.upto("arrange")
            walk.act(
                "record_verification", "CW", "2018-05-04 17:00", visited_on="2018-05-04",
                member_signed=True, verifiers_signed=True, photos=2, place="家中",
                econ_check="PRESENT", econ_report_on="2018-05-04", proposal="VERIFIED",
                income={"size": 1, "monthly_incomes": [999.99]},
            )  # fmt: skip
            words = words_of(printed(walk, "income_assessment"))
        assert "999.99" in words
        assert "低于标准" in words
        assert "街道负责人审定" in words


class TestPublicity:
    def test_the_notice_holds_the_whitelist_and_nothing_else(self) -> None:
        with clock.at(at("2018-06-20 09:00")):
            walk = Walk.upto("record")
            walk.act("confirm_verification", "SH", "2018-05-07 09:00", outcome="VERIFIED",
                     relief_granted="DIBAO")  # fmt: skip
            walk.act("post_publicity", "SH", "2018-05-08 09:00", posted_on="2018-05-08",
                     place="社区公告栏")  # fmt: skip
            words = words_of(printed(walk, "publicity_notice", "SH"))
        assert "陈*勇" in words
        for kept_back in ("陈试勇", "1969", "示例路1号", "残疾", "110199"):
            assert kept_back not in words


def test_a_paper_without_a_word_is_not_printed() -> None:
    with clock.at(at("2018-06-20 09:00")):
        walk = Walk.upto("accept")
        for code in ("plan", "publicity_notice", "termination_notice", "recheck_sheet"):
            assert printed(walk, code).status_code == 409
        assert printed(walk, "love_letter").status_code == 404


def test_a_provider_prints_its_own_slips_and_nothing_of_the_file() -> None:
    with clock.at(at("2018-06-20 09:00")):
        walk = Walk.upto("start")
        assert printed(walk, "service_slip", "PR").status_code == 200
        words = words_of(printed(walk, "plan", "PR"))
        assert "110199" not in words
        for code in ("referral_form", "visit_form", "closing_summary", "evaluation_sheet"):
            assert printed(walk, code, "PR").status_code == 403


def test_the_case_page_offers_what_can_be_printed() -> None:
    with clock.at(at("2018-06-20 09:00")):
        walk = Walk.upto("start")
        page = client_of(walk, "CW").get(reverse("case_page", args=[walk.case.case_no]))
        shown = page.content.decode()
        for code in ("plan", "service_slip", "referral_form"):
            assert reverse("case_paper", args=[walk.case.case_no, code]) in shown
        assert "termination_notice" not in shown
