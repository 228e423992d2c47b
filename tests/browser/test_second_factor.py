"""A security key in a real browser: added, asked for at the next sign-in, and listed."""

import os
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from casework.staff.demo import create_demo_accounts
from tests.browser.desk import Desk
from tests.walk import PASSWORD, STREET

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHO = f"cw.{STREET}"


@pytest.fixture
def desk(browser_page: Page, settings: Any) -> Desk:
    create_demo_accounts(password=PASSWORD, streets=[STREET])
    keys = browser_page.context.new_cdp_session(browser_page)
    keys.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Desk(browser_page, settings)


def show(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for pictures."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_security_key_is_added_and_opens_the_next_session(desk: Desk) -> None:
    page = desk.page
    desk.sign_in(WHO)
    page.locator("header summary").click()
    page.get_by_role("link", name="双因素认证").click()
    show(page, "factors")
    page.goto(reverse("mfa_add_webauthn"))
    show(page, "confirm")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form.account-form button[type=submit]").click()
    page.locator("#id_name").fill("办公室钥匙")
    show(page, "add-key")
    page.locator("#mfa_webauthn_add").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("恢复")
    show(page, "recovery")
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.get_by_text("办公室钥匙")).to_be_visible()
    show(page, "keys")
    desk.sign_out()
    page.goto(reverse("login"))
    desk.fill("用户名", WHO)
    desk.fill("密码", PASSWORD)
    desk.press("登录")
    expect(page.locator("#mfa_webauthn_authenticate")).to_be_visible()
    show(page, "asked")
    page.locator("#mfa_webauthn_authenticate").click()
    expect(page.get_by_role("heading", name="今日", exact=True)).to_be_visible()
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None


def test_a_long_pause_is_announced_and_the_session_kept_up(desk: Desk, settings: Any) -> None:
    page = desk.page
    # The warning comes two minutes before; the pause is reckoned a minute short.
    settings.SESSION_IDLE_SECONDS = 60 + 120 + 3
    desk.sign_in(WHO)
    warning = page.get_by_role("alertdialog")
    expect(warning).to_be_hidden()
    expect(warning).to_be_visible(timeout=15_000)
    expect(warning).to_contain_text("没有操作")
    show(page, "pause")
    desk.press("继续工作")
    expect(warning).to_be_hidden()
    # The absolute end is announced without a way round it.
    settings.SESSION_IDLE_SECONDS, settings.SESSION_COOKIE_AGE = 1800, 100
    page.reload()
    expect(warning).to_contain_text("请先提交")
    expect(page.get_by_role("button", name="继续工作")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, "pause-phone")


def test_the_pages_of_the_security_office(desk: Desk) -> None:
    page = desk.page
    desk.sign_in("sec")
    page.goto(reverse("security_doors"))
    expect(page.get_by_role("heading", name="会话与锁定")).to_be_visible()
    show(page, "doors")
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, "doors-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(reverse("security_log"))
    show(page, "log-390")
    page.goto(reverse("mfa_index"))
    show(page, "factors-390")
    page.goto(reverse("mfa_activate_totp"))
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form.account-form button[type=submit]").click()
    expect(page.locator(".account-code")).to_be_visible()
    show(page, "totp-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
