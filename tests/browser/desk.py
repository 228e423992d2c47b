"""A person at the screen: signs in, finds the work, fills in forms by their labels."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from casework.lib import clock
from tests.walk import PASSWORD

# A label may end in the mark of a field that can stay empty.
_OPTIONAL = r"\s*(（选填）)?\s*$"


class Desk:
    """One browser, used by one person after the other, on days that the test chooses."""

    def __init__(self, page: Page, settings: Any) -> None:
        self.page = page
        self.settings = settings

    def on(self, moment: str) -> None:
        """Move the city's clock to a local moment; from there it runs on."""
        real = clock.now() - self.settings.CLOCK_SHIFT
        wanted = timezone.make_aware(datetime.fromisoformat(moment))
        self.settings.CLOCK_SHIFT = timedelta(seconds=int((wanted - real).total_seconds()) + 1)

    def sign_in(self, username: str) -> None:
        self.page.goto("/login/")
        self.fill("用户名", username)
        self.fill("密码", PASSWORD)
        self.press("登录")
        expect(self.page.get_by_role("heading", name="今日", exact=True)).to_be_visible()

    def sign_out(self) -> None:
        self.page.locator("header summary").click()
        self.press("退出登录")
        expect(self.page.get_by_role("button", name="登录", exact=True)).to_be_visible()

    def take_turn(self, username: str, moment: str) -> None:
        """The one before signs out, the next one signs in."""
        if (
            self.page.locator("header summary .menu-name").count()
            and "/login/" not in self.page.url
        ):
            self.sign_out()
        self.on(moment)
        self.sign_in(username)

    def go_to(self, name: str) -> None:
        """Open a page by the navigation at the top."""
        self.page.get_by_role("navigation", name="主导航", exact=True).get_by_role(
            "link", name=re.compile(f"^{name}")
        ).click()

    def open_work(self, step: str, whose: str) -> None:
        """Open the page of the file on which a step waits, from the work list."""
        self.go_to("我的待办")
        self.page.get_by_role("link", name=re.compile(f"^{step} · {whose}")).first.click()

    def open_case(self, name: str) -> None:
        self.go_to("个案")
        self.page.get_by_role("link", name=name, exact=True).click()

    def begin(self, act: str) -> None:
        """Open the form of an act that the page offers, in front or under the other acts."""
        more = self.page.locator("details.more-acts")
        link = self.page.locator("section.next-step").get_by_role("link", name=act, exact=True)
        if more.count() and not link.first.is_visible():
            more.locator("summary").click()
        link.first.click()
        expect(
            self.page.get_by_role("heading", level=1, name=re.compile(f"^{act}"))
        ).to_be_visible()

    def record(self, act: str) -> None:
        """Send the form; the page that comes back says that the act is recorded."""
        self.press(act)
        expect(self.page.get_by_text(f"已记录：{act}")).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def row(self, legend: str) -> Locator:
        """One line of a list, by the heading it stands under."""
        return self.page.get_by_role("group", name=re.compile(f"^{legend}"))

    def field(self, label: str, within: Locator | None = None) -> Locator:
        place = within if within is not None else self.page.get_by_role("main")
        return place.get_by_label(re.compile(rf"^\s*{re.escape(label)}{_OPTIONAL}"))

    def fill(self, label: str, words: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(words)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Choose the entry of a list whose text begins so."""
        field = self.field(label, within)
        texts = field.locator("option").all_text_contents()
        [text] = [one for one in texts if one.startswith(option)][:1] or [f"{option}? {texts}"]
        field.select_option(label=text)

    def tick(self, label: str, within: Locator | None = None) -> None:
        self.field(label, within).check()
