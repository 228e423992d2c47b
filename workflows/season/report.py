"""What is said at the end: the result, the district table, where the papers lie, who may log in."""

from collections.abc import Iterator
from typing import Any

from casework.directory.queries import parameter
from casework.staff.models import Membership, Role, User
from evaluation.reporting.summary_text import whole_percent
from workflows.season import export
from workflows.season.season import PASSWORD
from workflows.season.sizes import LAST_DAY

# One account of each role, at the units where most is going on.
SHOWN = (
    "ca", "ds.110101", "sh.110101901", "cw.110101901", "co.110101901001", "pr.a", "pr.b", "ev1",
    "le", "au", "sec", "sys",
)  # fmt: skip


def everything(scale: float) -> str:
    """The closing words of the command."""
    table = export.read_snapshot()
    return "\n".join([*_result(table, scale), "", *_papers(), "", *_accounts()])


def _result(table: dict[str, Any], scale: float) -> Iterator[str]:
    total = table["total"]
    prose = whole_percent(total, parameter("percent_rounding", LAST_DAY))
    yield (
        f"Season at scale {scale:g}, as of {table['as_of']}: target {total['target']}, "
        f"done {total['completed']}, rate {total['rate']:.1f}% (in prose {prose})."
    )
    yield ""
    yield "code    target   done    rate  rank  district"
    for row in table["rows"]:
        rate = f"{row['rate']:.1f}%" if row["rate"] is not None else "-"
        rank = row["rank"] if row["rank"] is not None else "-"
        yield (
            f"{row['code']}  {row['target']:>6}  {row['completed']:>5}  {rate:>6}  {rank:>4}"
            f"  {row['name']}"
        )


def _papers() -> Iterator[str]:
    where = export.folder()
    kinds = (
        ("rectification notices", "notices/rectification-notice", "*.pdf"),
        ("refusal notices", "notices/refusal-notice", "*.pdf"),
        ("weekly summaries", "weekly", "*.pdf"),
        ("weekly spreadsheets", "weekly", "*.xlsx"),
    )
    yield f"Papers in {where}:"
    for name, place, pattern in kinds:
        number = len(list((where / place).glob(pattern)))
        yield f"  {place + '/':<30} {number:>4} {name}"
    yield f"  {export.SNAPSHOT}.pdf and .json: the district table of the last day"


def _accounts() -> Iterator[str]:
    yield f"Accounts (the password of each is {PASSWORD}):"
    for name in SHOWN:
        user = User.objects.filter(username=name).first()
        if user is None:
            continue
        held = Membership.objects.filter(user=user).order_by("pk").first()
        role = Role(held.role).name if held else ""
        yield f"  {name:<18} {role:<4} {user.display_name}"
    yield (
        "  Every street has co.<community>, cw.<street>, cw2.<street> and sh.<street>;"
        " every district ds.<district>."
    )
    yield "  api.b is the service account of a provider's system: sec issues its token at"
    yield "  /security/programs/, and /api/ describes the interface."
