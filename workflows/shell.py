"""What every page carries: the way to the other pages, the unit, the day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from casework.directory.models import Division, Organisation
from casework.ledger.weeks import week_of_day
from casework.lib import clock
from casework.lib.keyset import NONE, Amount, amount_of
from casework.staff.models import Role, User
from casework.staff.scope import Reach, reach_of
from casework.staff.sessions import idle_seconds, seconds_left
from workflows.acts import REFERRERS
from workflows.lists import of_urgency, reachable_by
from workflows.pages.tasks import search_hint

WORKERS = frozenset({"CW", "SH", "DS", "CA", "PR", "EV", "LE"})
CASE_READERS = WORKERS | {"CO"}
ORDER_READERS = frozenset({"CW", "SH", "DS", "CA", "PR", "EV", "LE"})
WEEK_READERS = frozenset({"CW", "SH", "DS", "CA", "AU"})
BULLETIN_READERS = frozenset({"DS", "CA", "AU"})
UNIT_READERS = frozenset({"CW", "SH", "DS", "CA", "PR", "LE", "AU"})
FIELDWORK_READERS = frozenset({"EV", "LE"})
EVALUATION_READERS = frozenset({"LE", "CA", "AU"})
SCHEME_READERS = frozenset({"LE", "CA", "AU", "EV", "DS"})
AGREEMENT_READERS = frozenset({"LE", "CA", "AU"})
SAMPLE_READERS = frozenset({"LE", "CA", "AU"})
# The administration pages show each of them only what their office enters.
ADMINISTRATORS = frozenset({"CA", "SEC", "SYS", "AU"})
PRIVACY_READERS = frozenset({"CW", "SH", "DS", "CA"})
IMPORTERS = frozenset({"CW", "SH", "DS"})


@dataclass(frozen=True)
class NavItem:
    """One way to another page."""

    url: str
    label: str | Promise
    short: str | Promise
    icon: str
    active: bool
    count: Amount = NONE
    tone: str = ""


_PAGES: tuple[tuple[str, Promise, Promise, str, frozenset[str]], ...] = (
    ("home", _("Today"), _("Today"), "home", frozenset(Role.values)),
    ("work_list", _("My tasks"), _("Tasks"), "list-check", WORKERS),
    ("case_list", _("Cases"), _("Cases"), "folders", CASE_READERS),
    ("order_list", _("Rectification"), _("Rectify"), "clipboard-check", ORDER_READERS),
    ("sample_list", _("Samples"), _("Samples"), "clipboard-check", SAMPLE_READERS),
    ("fieldwork", _("Fieldwork"), _("Field"), "users", FIELDWORK_READERS),
    ("week_list", _("Reports"), _("Reports"), "chart-bar", WEEK_READERS | UNIT_READERS),
    ("import_page", _("Imports"), _("Import"), "upload", IMPORTERS),
    ("document_list", _("Documents"), _("Papers"), "files", WORKERS),
    ("privacy_desk", _("Privacy"), _("Privacy"), "lock", PRIVACY_READERS),
    ("standard_list", _("Standards"), _("Norms"), "chart-bar", frozenset({"DS", "CA"})),
    ("duplicate_list", _("Duplicates desk"), _("Doubles"), "folders", frozenset({"CA"})),
    ("audit_journal", _("Audit"), _("Audit"), "list-check", frozenset({"AU"})),
    ("security_doors", _("Security"), _("Security"), "lock", frozenset({"SEC"})),
    ("system_page", _("System"), _("System"), "adjustments", frozenset({"SYS", "SEC"})),
    ("admin:index", _("Administration"), _("Admin"), "adjustments", ADMINISTRATORS),
)


# One way leads to the reports; from each of them to the others.
_REPORTS: tuple[tuple[str, Promise, frozenset[str]], ...] = (
    ("week_list", _("Weeks"), WEEK_READERS),
    ("bulletin_list", _("Bulletins"), BULLETIN_READERS),
    ("unit_list", _("Scores of units"), UNIT_READERS),
    ("evaluation_list", _("Evaluation reports"), EVALUATION_READERS),
    ("agreement", _("Agreement"), AGREEMENT_READERS),
    # An evaluator gets there from the score sheet.
    ("scheme_list", _("Schemes"), SCHEME_READERS - {"EV"}),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, worked out only on pages that show it; the scripts' number."""
    return {
        "shell": SimpleLazyObject(lambda: _shell(request)),
        "csp_nonce": str(getattr(request, "csp_nonce", "")),
    }


def _shell(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    common = {"today": today, "week": week_of_day(today), "demo": settings.DEMO}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return common
    reach = reach_of(user, today)
    reports = _reports(request, reach)
    return common | {
        "nav": _nav(request, user, reach, today, reports),
        "reports": reports,
        "unit": unit_of(reach),
        "roles": "、".join(str(Role(role).label) for role in sorted(reach.roles)),
        "initials": str(user)[:2],
        "idle_seconds": idle_seconds(),
        "seconds_left": seconds_left(request),
        "may_refer": reach.has(*REFERRERS),
        "search_hint": search_hint(reach) if reach.has(*CASE_READERS) else "",
    }


def _nav(
    request: HttpRequest, user: User, reach: Reach, today: date, reports: list[NavItem]
) -> list[NavItem]:
    late = NONE
    if reach.has(*WORKERS):
        late = amount_of(of_urgency(reachable_by(user, today), "late", today), 99)
    found = []
    for name, label, short, icon, roles in _PAGES:
        if not reach.has(*roles):
            continue
        url = reverse(name)
        here = request.path == url or (name != "home" and request.path.startswith(url))
        if name == "week_list":
            url, here = reports[0].url, any(report.active for report in reports)
        count = late if name == "work_list" else NONE
        found.append(NavItem(url, label, short, icon, here, count, "late"))
    return found


def _reports(request: HttpRequest, reach: Reach) -> list[NavItem]:
    """The reports a person may open."""
    return [
        NavItem(url, label, label, "chart-bar", request.path.startswith(url))
        for name, label, readers in _REPORTS
        if reach.has(*readers)
        for url in [reverse(name)]
    ]


def unit_of(reach: Reach) -> str:
    """The names of the units a person acts for."""
    divisions = Division.objects.filter(code__in=reach.divisions()).select_related("parent")
    bodies = Organisation.objects.filter(pk__in=reach.organisations())
    named = [f"{row.parent or ''}{row}" if row.level != "CITY" else str(row) for row in divisions]
    return "、".join([*named, *map(str, bodies)])
