"""What is typed at a door without a network: kept on the device, sealed, sent once, never lost."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from casework.cases.models import HelpCase
from casework.ledger.models import JournalEntry
from tests.browser.desk import Desk
from tests.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "家中有台阶，出行不便"


@pytest.fixture
def walk() -> Walk:
    return Walk.upto("confirm")


@pytest.fixture
def page(walk: Walk, browser_page: Page, settings: Any) -> Page:
    desk = Desk(browser_page, settings)
    desk.on("2018-06-20 09:00")
    desk.sign_in(walk.person("CW").username)
    browser_page.goto(act(walk.case))
    return browser_page


def act(case: HelpCase) -> str:
    return reverse("act_page", args=[case.case_no, "record_request"])


def fill(page: Page) -> None:
    page.locator("#id_kind").select_option("COPY")
    page.locator("#id_received_on").fill("2018-06-19")
    page.locator("#id_words").fill(WORDS)
    assert len(kept(page, 1)) == 1


def on_the_device(page: Page) -> list[Any]:
    """What lies in the browser's own store, as a thief of the device would read it."""
    found: list[Any] = page.evaluate(
        """async () => {
          const open = indexedDB.open('casework', 1);
          const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
          const all = db.transaction('typed').objectStore('typed').getAll();
          const rows = await new Promise((done) => { all.onsuccess = () => done(all.result); });
          return rows.map((row) => ({...row, data: new TextDecoder().decode(row.data)}));
        }"""
    )
    return found


def kept(page: Page, count: int) -> list[Any]:
    """What lies on the device once it is so many forms; a browser writes in its own time."""
    for _try in range(50):
        found = on_the_device(page)
        if len(found) == count:
            break
        page.wait_for_timeout(100)
    return found


def recorded(case: HelpCase) -> int:
    return JournalEntry.objects.filter(subject_id=case.pk, act="record_request").count()


def test_sent_by_itself_once_there_is_a_network_and_once_only(page: Page, walk: Walk) -> None:
    fill(page)
    page.context.set_offline(True)
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("联网后自动提交")).to_be_visible()
    assert recorded(walk.case) == 0
    assert page.locator("#id_words").input_value() == WORDS
    page.context.set_offline(False)
    expect(page.get_by_text("已记录：登记个人信息请求")).to_be_visible()
    assert recorded(walk.case) == 1
    assert kept(page, 0) == []


def test_a_closed_page_loses_nothing_and_the_device_tells_nothing(page: Page, walk: Walk) -> None:
    fill(page)
    rows = on_the_device(page)
    assert len(rows) == 1
    assert WORDS not in str(rows)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("尚未登记")).to_be_visible()
    assert page.locator("#id_words").input_value() == ""
    page.get_by_role("button", name="继续填写").click()
    expect(page.locator("#id_words")).to_have_value(WORDS)
    expect(page.locator("#id_kind")).to_have_value("COPY")


def test_nobody_else_reads_it_and_signing_out_wipes_it(
    page: Page, walk: Walk, settings: Any
) -> None:
    fill(page)
    page.on("dialog", lambda dialog: dialog.accept())
    desk = Desk(page, settings)
    page.goto(reverse("home"))
    desk.sign_out()
    desk.sign_in(walk.person("SH").username)
    assert kept(page, 0) == []
    page.goto(act(walk.case))
    expect(page.get_by_text("尚未登记")).to_have_count(0)


def test_what_the_server_has_is_no_longer_kept_here(page: Page, walk: Walk, settings: Any) -> None:
    """A referral and a draft are at the server: signing out asks nothing."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.goto(reverse("refer"))
    page.locator("#id_name").fill("陈试寅")
    page.locator("#id_division").select_option(index=1)
    page.locator("#id_address").fill("示例路9号")
    page.locator("#id_category").select_option(index=1)
    page.locator("#id_source").select_option(index=1)
    page.locator("#id_reason").fill(WORDS)
    assert len(kept(page, 1)) == 1
    page.get_by_role("button", name="登记转介").click()
    expect(page.get_by_text("转介已登记")).to_be_visible()
    assert kept(page, 0) == []
    page.goto(act(walk.case))
    fill(page)
    page.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_text("已存为草稿，尚未办理")).to_be_visible()
    assert kept(page, 0) == []
    page.goto(reverse("home"))
    Desk(page, settings).sign_out()
    assert asked == []
