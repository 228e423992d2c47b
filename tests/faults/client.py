"""A person at a browser: signs in, fills in forms, presses again until told that it is done.

`python -m tests.faults.client ADDRESS FIRST LAST NOTES` leads cases through their first acts over
HTTP. It knows nothing of Django: it reads every form and its hidden key from the page. What it
was told stands in NOTES, a line of JSON for each act: the key, the case, the milliseconds.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import requests

STREET = "110101901"
PASSWORD = "demo-only-2018"  # noqa: S105  the word of every demonstration account
PATIENCE_SECONDS = 30
DONE, STALE, BROKEN = 302, 403, 500
SIGN_IN_ATTEMPTS = 5


class Page(HTMLParser):
    """The fields of every form of a page, with what stands in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.choices: dict[str, list[str]] = {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        name = held.get("name", "")
        if tag == "select":
            self._open = name
            self.choices[name] = []
        elif tag == "option":
            self.choices[self._open].append(held.get("value", ""))
            if self.forms and "selected" in held:
                self.forms[-1][self._open] = held.get("value", "")
        elif self.forms and name and tag in ("input", "textarea"):
            ticked = held.get("type") not in ("checkbox", "radio") or "checked" in held
            if ticked and held.get("type") != "submit":
                self.forms[-1][name] = held.get("value", "")

    def form_with(self, field: str) -> dict[str, str]:
        """The form that has a field."""
        return next(form for form in self.forms if field in form)


class Person:
    """One account at one browser."""

    def __init__(self, address: str, name: str) -> None:
        self.address, self.name = address, name
        self.session = requests.Session()
        # How often it was told to come back, by status.
        self.refused: list[int] = []
        self.session.headers["Accept-Language"] = "zh-hans"

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> Any:
        """One request, again and again while the other side is away."""
        while True:
            try:
                answer = self.session.request(
                    method,
                    self.address + path,
                    data=data,
                    timeout=PATIENCE_SECONDS,
                    allow_redirects=False,
                )
            except requests.RequestException:
                time.sleep(0.1)
                continue
            if answer.status_code < BROKEN:
                return answer
            self.refused.append(answer.status_code)
            time.sleep(0.1)

    def sign_in(self) -> None:
        """Fill in the log-in form; filled in anew where the form had grown stale (403)."""
        for _time in range(SIGN_IN_ATTEMPTS):
            # A sign-in cut off on its way may have changed the form's token already.
            answer = self._try_to_sign_in()
            if answer.status_code != STALE:
                break
        if answer.status_code != DONE:
            said = f"{answer.status_code} {answer.headers} {answer.text[:1500]}"
            raise RuntimeError(f"{self.name} cannot sign in: {said}")

    def _try_to_sign_in(self) -> Any:
        """Fill in the form, whatever its fields are called."""
        page = Page(self.ask("GET", "/login/").text)
        form = next(form for form in page.forms if any("pass" in name for name in form))
        for field in form:
            if "pass" in field:
                form[field] = PASSWORD
            elif field in ("username", "login", "email"):
                form[field] = self.name
        return self.ask("POST", "/login/", form)

    def submit(self, path: str, facts: dict[str, str], *, again: int = 0) -> tuple[str, Any]:
        """Open a form, fill it in and send it until it is answered; its key, and the answer."""
        page = self.ask("GET", path)
        if page.status_code == DONE:
            self.sign_in()
            page = self.ask("GET", path)
        form = Page(page.text).form_with("key") | facts
        answer = self.ask("POST", path, form)
        for _time in range(again):
            answer = self.ask("POST", path, form)
        return form["key"], answer


def acts_of(number: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The acts of one case: who, which, what is filled in."""
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    yield "cw", "accept_referral", {}
    verifiers = {
        "verifiers-0-name": f"试核查员{number}", "verifiers-0-unit": "STREET",
        "verifiers-1-name": f"试核查员{number}乙", "verifiers-1-unit": "COMMUNITY",
    }  # fmt: skip
    yield "cw", "arrange_verification", {"visit_on": day, **verifiers}
    yield "cw", "record_verification", {
        "visited_on": day, "place": "家中", "photos": "2", "member_signed": "on",
        "verifiers_signed": "on", "findings_text": "试", "econ_check": "WAIVED",
        "proposal": "REJECTED", "reason": "NO_NEED",
    }  # fmt: skip
    yield "sh", "confirm_verification", {"outcome": "REJECTED", "reason": "NO_NEED"}


def referral(number: int) -> dict[str, str]:
    """What the referral of one case says."""
    return {
        "name": f"试户{number}", "division": STREET, "address": f"示例二街道{number}号",
        "category": "D_DISABLED", "source": "COMMITTEE", "reason": "试转介",
    }  # fmt: skip


def lead(address: str, first: int, last: int, notes: Path) -> None:
    """Lead cases through their first acts; what is noted is not done again."""
    people = {role: Person(address, f"{role}.{STREET}") for role in ("cw", "sh")}
    for person in people.values():
        person.sign_in()
    with notes.open("a") as lines:

        def do(role: str, path: str, facts: dict[str, str], act: str, number: int) -> str:
            started = time.monotonic()
            people[role].refused.clear()
            key, answer = people[role].submit(path, facts)
            if answer.status_code != DONE:
                raise RuntimeError(f"{act} of {number}: {answer.status_code} {answer.text[:3000]}")
            took = round((time.monotonic() - started) * 1000)
            note = {"key": key, "act": act, "number": number, "ms": took, "at": time.time()}
            note["refused"] = people[role].refused
            lines.write(json.dumps(note) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
            return str(answer.headers["Location"])

        for number in range(first, last):
            place = do("cw", "/refer/", referral(number), "refer", number)
            for role, act, facts in acts_of(number):
                do(role, f"{place}do/{act}/", facts, act, number)


if __name__ == "__main__":
    lead(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
