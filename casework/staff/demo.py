"""Accounts of a demonstration: one per role, with names that say they are invented."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from casework.lib.errors import NotLawfulNow
from casework.staff.models import Membership, Role, User
from casework.staff.operations import grant_membership

PROVIDER_A = "52110199990000017H"
PROVIDER_B = "52110199990000025C"
EVALUATOR = "521101999900000337"
CITY = "110000"
STREETS = ("110101901",)
SINCE = date(2018, 1, 1)
# Who may enter Django's administration pages for the data of their office.
_ADMIN_ROLES = frozenset({Role.CA, Role.SEC, Role.SYS, Role.AU})


@dataclass(frozen=True)
class _Post:
    username: str
    name: str
    role: str
    division: str = ""
    organisation: str = ""


@transaction.atomic
def create_demo_accounts(
    *,
    password: str,
    streets: Sequence[str] = STREETS,
    providers: Sequence[str] = (PROVIDER_A, PROVIDER_B),
    evaluator: str = EVALUATOR,
    since: date = SINCE,
) -> dict[str, User]:
    """Create whichever demonstration accounts are missing; returns all of them by user name."""
    if not (settings.DEMO or settings.DEBUG):
        raise NotLawfulNow("Demonstration accounts exist in demonstrations only.")
    # One hash for all: each would cost a third of a second.
    sealed = make_password(password)
    posts = [
        *_city_posts(),
        *_street_posts(streets),
        *_provider_posts(providers),
        *_evaluator_posts(evaluator),
    ]
    return {post.username: _account(post, sealed, since) for post in posts}


def create_demo_program(*, since: date = SINCE) -> User:
    """The service account of a provider's own system, for trying the interface; no token yet."""
    post = _Post("api.b", "示例·机构乙业务系统", Role.PR, organisation=PROVIDER_B)
    account = _account(post, make_password(None), since)
    if not account.is_system:
        account.is_system = True
        account.save(update_fields=["is_system"])
    return account


def _city_posts() -> Iterator[_Post]:
    for username, name, role in (
        ("ca", "示例·市级管理员", Role.CA),
        ("ca2", "示例·市级管理员二", Role.CA),
        ("au", "示例·审计员", Role.AU),
        ("sec", "示例·安全管理员", Role.SEC),
        ("sys", "示例·系统管理员", Role.SYS),
    ):
        yield _Post(username, name, role, division=CITY)


def _street_posts(streets: Sequence[str]) -> Iterator[_Post]:
    for district in sorted({street[:6] for street in streets}):
        yield _Post(f"ds.{district}", "示例·区级督导", Role.DS, division=district)
        yield _Post(f"ds2.{district}", "示例·区级督导二", Role.DS, division=district)
    for street in streets:
        community = f"{street}001"
        yield _Post(f"co.{community}", "示例·社区工作者", Role.CO, division=community)
        yield _Post(f"cw.{street}", "示例·个案社工", Role.CW, division=street)
        yield _Post(f"cw2.{street}", "示例·个案社工二", Role.CW, division=street)
        yield _Post(f"sh.{street}", "示例·街道负责人", Role.SH, division=street)


def _provider_posts(providers: Sequence[str]) -> Iterator[_Post]:
    for letter, provider in zip("abcdefgh", providers, strict=False):
        yield _Post(
            f"pr.{letter}", f"示例·机构社工{letter.upper()}", Role.PR, organisation=provider
        )


def _evaluator_posts(evaluator: str) -> Iterator[_Post]:
    for number, numeral in enumerate("一二三", start=1):
        yield _Post(f"ev{number}", f"示例·评估员{numeral}", Role.EV, organisation=evaluator)
    yield _Post("le", "示例·主评估员", Role.LE, organisation=evaluator)


def _account(post: _Post, sealed: str, since: date) -> User:
    user, is_new = User.objects.get_or_create(
        username=post.username,
        defaults={
            "display_name": post.name,
            "password": sealed,
            "is_staff": post.role in _ADMIN_ROLES,
        },
    )
    if is_new or not Membership.objects.filter(user=user, role=post.role).exists():
        grant_membership(
            user=user,
            role=post.role,
            by=None,
            division=post.division,
            organisation=_organisation(post.organisation),
            valid_from=since,
        )
    return user


def _organisation(credit_code: str) -> int | None:
    if not credit_code:
        return None
    pk: int = apps.get_model("directory", "Organisation").objects.get(credit_code=credit_code).pk
    return pk
