"""One case through the real screens: from the first word of need to the closed file."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from casework.cases.models import HelpCase
from casework.directory.models import Organisation
from casework.ledger import outbox
from casework.ledger.figures import balance
from casework.ledger.models import JournalEntry
from casework.ledger.verify import verify_books
from casework.ledger.weeks import week_of
from casework.lib import clock
from casework.staff.demo import create_demo_accounts
from evaluation.rectification.models import RectificationOrder
from tests.browser.desk import Desk
from tests.walk import DISTRICT, PASSWORD, PROVIDER, STREET
from workflows.checks import flow_faults
from workflows.tasks import draw_samples, run_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

NAME = "陈试勇"
ID_NO = "110199196908179152"
CW, CW2, SH, DS = f"cw.{STREET}", f"cw2.{STREET}", f"sh.{STREET}", f"ds.{DISTRICT}"
CO, PR = f"co.{STREET}001", "pr.b"
# Taken off: the plan copies another (B2), the system lacks data (D2).
FIRST_SCORES = {
    "A1": 5, "A2": 6, "A3": 4, "B1": 4, "B2": 2, "B3": 4, "C1": 8, "C2": 4, "C3": 4,
    "C4": 4, "D1": 4, "D2": 2, "E1": 6, "E2": 6, "E3": 2, "F1": 6, "F2": 4,
}  # fmt: skip
CASE_ACTS = (
    "refer claim accept_referral record_consent arrange_verification record_verification "
    "confirm_verification make_plan approve_plan start_help record_services finish_item "
    "finish_help enter_sample assign_evaluator submit_scores confirm_result issue_order "
    "report_items rescore close_rectified"
).split()
ORDER_ACTS = "issue_order confirm_receipt report_items recheck strike_off".split()


@pytest.fixture
def desk(browser_page: Page, settings: Any) -> Desk:
    create_demo_accounts(password=PASSWORD, streets=[STREET])
    return Desk(browser_page, settings)


def test_from_referral_to_closure_with_a_rectification(desk: Desk, tmp_path: Path) -> None:
    refer(desk)
    accept_and_consent(desk)
    verify(desk)
    plan(desk)
    help_the_household(desk)
    score(desk)
    order_rectification(desk)
    read_the_notice(desk, tmp_path)
    rectify(desk)
    recheck_and_strike_off(desk)
    score_again_and_close(desk)
    the_file_is_closed_and_tells_its_way(desk)
    the_books_hold()


def refer(desk: Desk) -> None:
    desk.take_turn(CO, "2018-05-02 09:00")
    desk.page.get_by_role("link", name="新建转介").first.click()
    desk.fill("姓名", NAME)
    desk.fill("身份证号", ID_NO)
    desk.choose("居住街道", desk.field("居住街道").locator("option").nth(1).inner_text())
    desk.fill("住址", "示例路1号")
    desk.choose("台账类别", "重度残疾人")
    desk.choose("转介来源", "居委会")
    desk.fill("转介原因", "居家困难，需要助浴")
    desk.press("登记转介")
    expect(desk.page.get_by_text("转介已登记")).to_be_visible()


def accept_and_consent(desk: Desk) -> None:
    desk.take_turn(CW, "2018-05-02 14:00")
    desk.open_work("处理转介", NAME)
    desk.press("认领")
    expect(desk.page.get_by_text("这项工作现在由您办理")).to_be_visible()
    desk.begin("受理转介")
    desk.record("受理转介")
    desk.begin("登记知情同意")
    desk.choose("同意事项", "向服务机构提供信息")
    desk.fill("同意日期", "2018-05-02")
    desk.record("登记知情同意")


def verify(desk: Desk) -> None:
    desk.on("2018-05-03 09:00")
    desk.open_work("安排入户核查", NAME)
    desk.begin("安排入户核查")
    desk.fill("入户日期", "2018-05-04")
    desk.choose("本单位人员", "示例·个案社工 ", desk.row("核查人 1"))
    desk.choose("本单位人员", "示例·个案社工二", desk.row("核查人 2"))
    desk.record("安排入户核查")
    desk.on("2018-05-04 17:00")
    desk.begin("录入入户核查")
    desk.fill("入户日期", "2018-05-04")
    desk.fill("地点", "家中")
    desk.fill("照片数量", "2")
    desk.tick("家庭成员已签字")
    desk.tick("核查人均已签字")
    desk.choose("经济状况核对", "免核对")
    desk.choose("初审意见", "核查通过")
    desk.record("录入入户核查")
    desk.take_turn(SH, "2018-05-07 10:00")
    desk.open_work("确认核查结论", NAME)
    desk.begin("确认核查结论")
    desk.choose("决定", "核查通过")
    desk.record("确认核查结论")


def plan(desk: Desk) -> None:
    desk.take_turn(CW, "2018-05-09 10:00")
    desk.open_work("制定帮扶方案", NAME)
    desk.begin("制定帮扶方案")
    desk.fill("需求评估日期", "2018-05-08")
    desk.tick("助残")
    desk.fill("家庭成员签字日期", "2018-05-09")
    desk.fill("方案起始日期", "2018-05-14")
    desk.fill("截止日期", "2018-06-29")
    desk.fill("需求内容", "需要助浴", desk.row("需求 1"))
    item = desk.row("服务项目 1")
    desk.choose("服务", "D04", item)
    desk.choose("帮扶线", "助残", item)
    desk.fill("目标（可衡量）", "助浴4次", item)
    desk.fill("数量", "4", item)
    desk.choose("服务机构", Organisation.objects.get(credit_code=PROVIDER).name, item)
    desk.record("制定帮扶方案")
    desk.take_turn(SH, "2018-05-10 09:00")
    desk.open_work("审批帮扶方案", NAME)
    desk.begin("审批帮扶方案")
    desk.record("审批帮扶方案")


def help_the_household(desk: Desk) -> None:
    desk.take_turn(PR, "2018-05-14 09:00")
    desk.open_work("启动帮扶", NAME)
    desk.begin("启动帮扶")
    desk.fill("开始日期", "2018-05-14")
    desk.fill("服务协议编号", "示例协议2018-1")
    desk.record("启动帮扶")
    desk.take_turn(PR, "2018-06-06 17:00")
    desk.open_case(NAME)
    desk.begin("登记服务")
    for number, day in enumerate(("05-15", "05-22", "05-29", "06-05"), start=1):
        row = desk.row(f"服务 {number}")
        desk.choose("服务项目", "D04", row)
        desk.fill("日期", f"2018-{day}", row)
        desk.fill("服务人员", "试护理员", row)
        for proof in ("服务确认单", "照片", "服务记录"):
            desk.tick(proof, row.get_by_role("group", name="已存佐证"))
    desk.record("登记服务")
    desk.take_turn(CW, "2018-06-29 10:00")
    desk.open_work("实施帮扶并总结", NAME)
    desk.begin("完成服务项目")
    desk.choose("服务项目", "D04")
    desk.record("完成服务项目")
    desk.begin("总结并完成帮扶")
    desk.fill("结案小结", "目标达成")
    desk.tick("5 非常满意")
    desk.record("总结并完成帮扶")


def score(desk: Desk) -> None:
    desk.on("2018-07-02 10:00")
    # The monthly draw is nobody's screen: it runs by itself.
    draw_samples()
    desk.take_turn("le", "2018-07-02 11:00")
    desk.open_work("指派评估员", NAME)
    desk.begin("指派评估员")
    desk.choose("评估员", "示例·评估员一")
    desk.record("指派评估员")
    desk.take_turn("ev1", "2018-07-06 10:00")
    desk.open_work("评估打分", NAME)
    desk.begin("提交评分表")
    fill_scores(desk, FIRST_SCORES)
    for number, kind, indicator, words in ((1, "F03", "B2", "方案雷同"), (2, "F08", "D2", "缺项")):
        row = desk.row(f"问题 {number}")
        desk.choose("类别", kind, row)
        desk.choose("指标", indicator, row)
        desk.fill("问题描述", words, row)
        desk.fill("佐证材料", "方案第1页", row)
    expect(desk.page.locator("[data-sum]")).to_have_text("75")
    desk.record("提交评分表")
    desk.take_turn(DS, "2018-07-09 10:00")
    desk.open_work("确认评估结果", NAME)
    desk.begin("确认评估结果")
    desk.record("确认评估结果")


def fill_scores(desk: Desk, points: dict[str, int]) -> None:
    """Points on every line; where some are taken off, what shows it."""
    for code, got in points.items():
        line = desk.row(f"{code} ")
        line.get_by_role("spinbutton").fill(str(got))
        if got < Decimal(line.get_by_role("spinbutton").get_attribute("data-cap") or 0):
            line.get_by_label("扣分依据").fill("抽查台账")


def order_rectification(desk: Desk) -> None:
    desk.take_turn(DS, "2018-07-10 09:00")
    desk.open_work("发出整改通知书", NAME)
    desk.begin("发出整改通知书")
    desk.record("发出整改通知书")


def read_the_notice(desk: Desk, folder: Path) -> None:
    """The worker prints the notice; whoever may read it downloads it from the case."""
    outbox.drain(500)
    desk.page.reload()
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("link", name="整改通知书").first.click()
    paper = folder / "notice.pdf"
    waiting.value.save_as(paper)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper.read_bytes())).pages)
    text = "".join(text.split())
    case = HelpCase.objects.get()
    assert case.case_no in text
    assert "陈*勇" in text
    assert NAME not in text
    assert ID_NO not in text
    assert "京民救改〔2018〕1号" in text


def rectify(desk: Desk) -> None:
    number = RectificationOrder.objects.get().number_base
    desk.take_turn(PR, "2018-07-10 15:00")
    desk.go_to("整改")
    desk.page.get_by_role("link", name=number).first.click()
    desk.begin("签收")
    desk.fill("签收日期", "2018-07-10")
    desk.record("签收")
    desk.take_turn(PR, "2018-07-16 10:00")
    desk.go_to("整改")
    desk.page.get_by_role("link", name=number).first.click()
    desk.begin("逐项报告整改")
    for kind in ("F03", "F08"):
        row = desk.row(rf"\d+\. {kind}")
        for label, words in (
            ("整改措施", "逐项整改"), ("整改结果", "已完成"), ("佐证材料", "照片1"),
            ("原因分析", "培训不足"), ("长效措施", "每月自查"),
        ):  # fmt: skip
            desk.fill(label, words, row)
    desk.record("逐项报告整改")


def recheck_and_strike_off(desk: Desk) -> None:
    number = RectificationOrder.objects.get().number_base
    desk.take_turn("ev1", "2018-07-18 09:00")
    desk.go_to("整改")
    # Whoever scored first does not recheck: the order is not even on this board.
    expect(desk.page.get_by_role("link", name=number)).to_have_count(0)
    desk.take_turn("ev2", "2018-07-18 10:00")
    desk.open_work("逐项复核", "")
    desk.begin("逐项复核")
    desk.choose("方式", "入户")
    desk.fill("第二复核人", "示例评估员三")
    for kind in ("F03", "F08"):
        desk.choose("复核意见", "通过", desk.row(rf"\d+\. {kind}"))
    desk.record("逐项复核")
    desk.take_turn(DS, "2018-07-19 10:00")
    desk.go_to("整改")
    desk.page.get_by_role("link", name=number).first.click()
    desk.begin("销号")
    desk.record("销号")


def score_again_and_close(desk: Desk) -> None:
    desk.take_turn("ev2", "2018-07-20 10:00")
    desk.open_work("整改指标复评", NAME)
    desk.begin("整改指标复评")
    fill_scores(desk, {"B2": 6, "D2": 4})
    desk.record("整改指标复评")
    desk.take_turn(DS, "2018-07-23 10:00")
    desk.open_work("结案", NAME)
    desk.begin("结案")
    desk.record("结案")


def the_file_is_closed_and_tells_its_way(desk: Desk) -> None:
    desk.take_turn(CW, "2018-07-23 14:00")
    desk.open_case(NAME)
    page = desk.page
    expect(page.locator(".identity .word").first).to_have_text("已结案")
    record = page.locator("ol.timeline")
    told = record.locator("li strong").all_text_contents()
    for step in (
        "转介", "认领工作", "受理转介", "登记知情同意", "安排入户核查", "录入入户核查",
        "确认核查结论", "制定帮扶方案", "审批帮扶方案", "启动帮扶", "登记服务", "完成服务项目",
        "总结并完成帮扶", "指派评估员", "提交评分表", "确认评估结果", "发出整改通知书",
        "整改指标复评", "结案",
    ):  # fmt: skip
        assert step in told, (step, told)
    assert not [step for step in told if step.isascii()], told
    expect(record.get_by_text("示例·评估员二").first).to_be_visible()
    assert ID_NO not in page.content()


def the_books_hold() -> None:
    case, order = HelpCase.objects.get(), RectificationOrder.objects.get()
    assert (case.state, case.closing_reason, order.state) == ("CLOSED", "COMPLETED", "CLOSED")
    journal = JournalEntry.objects.order_by("seq")
    of_case = journal.filter(subject_type="case").values_list("act", flat=True)
    of_order = journal.filter(subject_type="order").values_list("act", flat=True)
    assert list(of_case) == CASE_ACTS
    assert list(of_order) == ORDER_ACTS
    run_until(clock.now())
    week = week_of(clock.now())
    figures = {
        name: balance(name, week=week, district=DISTRICT)
        for name in (
            "referred", "verified", "rejected", "in_help", "completed", "evaluated",
            "orders_issued", "orders_closed", "orders_overdue",
        )
    }  # fmt: skip
    once = {"referred", "verified", "completed", "evaluated", "orders_issued", "orders_closed"}
    assert figures == {name: Decimal(name in once) for name in figures}
    assert balance("score_sum", week=week, district=DISTRICT) == Decimal(81)
    assert verify_books().holds
    assert list(flow_faults()) == []


Opened = Callable[[Desk], None]


def _work_list(desk: Desk) -> None:
    desk.page.goto("/work/")


def _case_page(desk: Desk) -> None:
    desk.page.goto(f"/cases/{HelpCase.objects.get().case_no}/")


@pytest.mark.parametrize("opened", [_work_list, _case_page])
def test_on_a_phone_nothing_runs_off_and_the_keyboard_reaches_the_step(
    desk: Desk, opened: Opened
) -> None:
    refer(desk)
    desk.page.set_viewport_size({"width": 390, "height": 844})
    desk.take_turn(CW, "2018-05-02 14:00")
    opened(desk)
    width = "document.scrollingElement.scrollWidth - window.innerWidth"
    assert desk.page.evaluate(width) <= 0
    if opened is _case_page:
        by_keyboard(desk.page, "受理转介")
        expect(desk.page.get_by_role("heading", level=1, name="受理转介")).to_be_visible()
        assert desk.page.evaluate(width) <= 0
        return
    by_keyboard(desk.page, f"处理转介 · {NAME}")
    expect(desk.page.get_by_role("heading", level=1, name=NAME)).to_be_visible()


def by_keyboard(page: Page, words: str) -> None:
    """Walk with Tab to the link or button of these words, then press Enter."""
    for _step in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText || ''")
        if focused.strip() == words:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not reach “{words}”.")
