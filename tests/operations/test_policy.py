"""The content policy: scripts by their page's number alone, nothing from other hosts."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.walk import Walk

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def test_each_answer_has_a_number_of_its_own_and_its_scripts_carry_it() -> None:
    walk = Walk()
    client = Client()
    client.force_login(walk.person("CW"))
    numbers = set()
    for _turn in range(2):
        answer = client.get(reverse("home"))
        [number] = re.findall(r"script-src 'nonce-([^']+)'", answer["Content-Security-Policy"])
        carried = re.findall(r'<script[^>]*nonce="([^"]+)"', answer.content.decode())
        assert carried and set(carried) == {number}
        numbers.add(number)
    assert len(numbers) == 2


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    policy = Client().get(reverse("login"))["Content-Security-Policy"]
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    for wanted in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert wanted in policy


def test_no_template_has_inline_script_or_style() -> None:
    inline = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "print" not in path.parts
        for found in re.finditer(
            r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=|javascript:",
            path.read_text("utf-8"),
        )
    ]
    assert not inline


def test_every_script_in_a_template_carries_the_number() -> None:
    bare = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for tag in re.findall(r"<script[^>]*>", path.read_text("utf-8"))
        if "csp_nonce" not in tag
    ]
    assert not bare


@pytest.mark.parametrize("name", ["home", "login", "health_live"])
def test_safe_headers_are_on_every_answer(name: str) -> None:
    answer = Client().get(reverse(name))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert answer["X-Request-ID"]
