"""Files of households, read and checked: every bad row is told, a bad row holds its household."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from casework.directory.models import Division
from casework.households.columns import COLUMNS, BadCell, Column, column_named
from casework.households.matching import match_household
from casework.households.members import read_members
from casework.households.models import Household
from casework.households.operations import register_household
from casework.households.sheets import MAX_ROWS, read_cells
from casework.lib import clock
from casework.lib.crypto import blind_indexes
from casework.lib.errors import Incomplete
from casework.lib.identity import parse_id_number

if TYPE_CHECKING:
    from casework.staff.models import User

_TITLES: Final = {column.field: column.title for column in COLUMNS}
_HEADER_WITHIN: Final = 10
_STREET_LENGTH: Final = 9


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell, without repeating what stands there."""

    row: int
    column: str
    message: str

    def as_facts(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "message": self.message}


@dataclass(slots=True)
class StagedRow:
    """One row of the file, by its number there."""

    number: int
    values: dict[str, Any] = field(repr=False)
    errors: list[RowError] = field(default_factory=list)
    is_duplicate: bool = False

    def wrong(self, column: str, message: str) -> None:
        self.errors.append(RowError(self.number, column, message))

    @property
    def natural_key(self) -> str:
        """The same report about the same person: equal across files, readable in none."""
        return self.natural_keys[0]

    @property
    def natural_keys(self) -> list[str]:
        """The keys under which the same report may lie; two while the index moves."""
        return keys_of_row(self.values)


def keys_of_row(values: Mapping[str, Any]) -> list[str]:
    """The blind indexes of a report, from what makes it the same one; the one in use first."""
    parts = [values.get(name, "") for name in ("id_no", "source", "division")]
    parts += [values.get("reason", ""), values.get("received_on", "")]
    return blind_indexes("\x1f".join(parts), "import-row")


@dataclass(slots=True)
class HouseholdGroup:
    """The rows of one household, the head first."""

    rows: list[StagedRow]

    @property
    def key(self) -> str:
        """What identifies the household's report across files."""
        return self.rows[0].natural_key

    @property
    def referral(self) -> dict[str, Any]:
        """The facts of the referral, as the act `refer` takes them."""
        head = self.rows[0].values
        urgent = any(row.values.get("urgent") for row in self.rows)
        return {
            "source": head["source"],
            "reason": head["reason"],
            "urgency": "SUDDEN" if urgent else "NORMAL",
            "division": head["division"][:_STREET_LENGTH],
        }

    @property
    def members(self) -> list[dict[str, Any]]:
        """The facts of the people, as `register_household` takes them."""
        return [_member(row.values, self.rows) for row in self.rows]


@dataclass(slots=True)
class ImportReport:
    """What became of a file."""

    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    duplicates: int = 0
    errors: list[RowError] = field(default_factory=list)

    def as_facts(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "imported": self.imported,
            "unchanged": self.unchanged,
            "duplicates": self.duplicates,
            "errors": [error.as_facts() for error in self.errors],
        }


def read_rows(content: bytes, mapping: Mapping[str, str] | None = None) -> Iterator[StagedRow]:
    """Every row that holds anything, read cell by cell; faults are told, never raised."""
    columns: dict[int, Column] = {}
    count = 0
    for number, cells in enumerate(read_cells(content), start=1):
        if not columns:
            columns = _header(cells, dict(mapping or {}))
            if not columns and number >= _HEADER_WITHIN:
                break
            continue
        if all(str(cell).strip() == "" for cell in cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise Incomplete(_("The file has more than 100,000 rows. Split it."))
        yield _read_row(number, cells, columns)
    if not columns:
        raise Incomplete(_("No header row was found: the first lines must name 姓名 and 身份证号."))


def _header(cells: list[Any], mapping: dict[str, str]) -> dict[int, Column]:
    """The columns by position, or nothing when this line is no header."""
    found = {n: column for n, cell in enumerate(cells) if (column := column_named(cell, mapping))}
    fields = [column.field for column in found.values()]
    if not {"name", "id_no"} <= set(fields):
        return {}
    twice = sorted({column.title for column in found.values() if fields.count(column.field) > 1})
    if twice:
        raise Incomplete(_("Columns stand twice: %(names)s.") % {"names": "、".join(twice)})
    missing = [
        column.title for column in COLUMNS if column.is_required and column.field not in fields
    ]
    if missing:
        raise Incomplete(_("Columns are missing: %(names)s.") % {"names": "、".join(missing)})
    return found


def _read_row(number: int, cells: list[Any], columns: Mapping[int, Column]) -> StagedRow:
    row = StagedRow(number, {})
    for position, column in columns.items():
        cell = cells[position] if position < len(cells) else ""
        try:
            value = column.read(cell)
        except BadCell as error:
            row.wrong(column.title, str(error))
            continue
        if column.is_required and value == "":
            row.wrong(column.title, _("Required; if the cells are merged, fill each row."))
        row.values[column.field] = value
    return row


def check_rows(rows: Iterable[StagedRow]) -> list[StagedRow]:
    """What only shows between rows and against the directory."""
    found = list(rows)
    known = set(Division.objects.values_list("code", flat=True))
    seen: dict[str, int] = {}
    for row in found:
        _check_division(row, known)
        _check_dates(row)
        number = row.values.get("id_no")
        if number and number in seen:
            row.is_duplicate = True
            row.wrong(
                "身份证号", _("The same person stands in row %(row)d.") % {"row": seen[number]}
            )
        elif number:
            seen[number] = row.number
    for row in found:
        head = row.values.get("head_id_no")
        if head and head not in seen:
            row.wrong("户主身份证号", _("The head of the household is not in this file."))
    return found


def _check_division(row: StagedRow, known: set[str]) -> None:
    code = row.values.get("division", "")
    if code and (len(code) < _STREET_LENGTH or code not in known):
        row.wrong("居住地代码", _("This is not the code of a street or community."))


def _check_dates(row: StagedRow) -> None:
    today = clock.today().isoformat()
    for name, title in (("received_on", "转介日期"), ("guardian_consent_on", "监护人同意日期")):
        if row.values.get(name, "") > today:
            row.wrong(title, _("This date lies in the future."))
    born, number = row.values.get("birth_date"), row.values.get("id_no")
    if born and number and parse_id_number(number).birth_date.isoformat() != born:
        row.wrong("出生日期", _("Differs from the birth date in the ID number."))


def group_rows(rows: Iterable[StagedRow]) -> list[HouseholdGroup]:
    """Rows by household in file order; a bad row holds its whole household back."""
    groups: dict[str, list[StagedRow]] = {}
    for row in rows:
        if row.is_duplicate:
            # The first row about a person counts; the later one is told, and holds nothing back.
            continue
        own = row.values.get("id_no") or f"row {row.number}"
        groups.setdefault(row.values.get("head_id_no") or own, []).append(row)
    good = []
    for head, members in groups.items():
        members.sort(key=lambda row: (row.values.get("id_no") != head, row.number))
        for row in members:
            _check_guardian(row, members)
        if not any(row.errors for row in members):
            _check_people(HouseholdGroup(members))
        faulty = [row for row in members if row.errors]
        for row in members:
            if faulty and not row.errors:
                row.wrong(
                    "", _("Held back: row %(row)d of the household has errors.")
                    % {"row": faulty[0].number},
                )  # fmt: skip
        if not faulty:
            good.append(HouseholdGroup(members))
    return good


def _check_people(group: HouseholdGroup) -> None:
    """Ask the law of households now, so that a dry run tells what the real one would."""
    try:
        read_members(group.members, on=clock.today())
    except Incomplete as refusal:
        for place, message in refusal.fields.items():
            _members, position, name = place.split(".")
            group.rows[int(position)].wrong(_TITLES.get(name, name), message)


def _check_guardian(row: StagedRow, members: list[StagedRow]) -> None:
    guardian = row.values.get("guardian")
    if guardian and guardian not in [m.values.get("name") for m in members if m is not row]:
        row.wrong("监护人姓名", _("The guardian is not among the household's rows."))


def _member(values: Mapping[str, Any], rows: list[StagedRow]) -> dict[str, Any]:
    guardian = values.get("guardian")
    names = [row.values["name"] for row in rows]
    consent = values.get("guardian_consent_on")
    return {
        "name": values["name"],
        "id_no": values["id_no"],
        "relation_to_head": values.get("relation", ""),
        "phone": values.get("phone", ""),
        "disability_types": values.get("disability_types", []),
        "disability_grade": values.get("disability_grade", ""),
        "in_school": values.get("in_school", ""),
        "guardian": names.index(guardian) if guardian else None,
        "guardian_consent_on": date.fromisoformat(consent) if consent else None,
    }


def enter_household(group: HouseholdGroup, *, by: "User | None") -> Household:
    """The household already entered in this street, or a new one."""
    head = group.rows[0].values
    street = head["division"][:_STREET_LENGTH]
    known = match_household([row.values["id_no"] for row in group.rows], street=street)
    if known is not None:
        return known
    return register_household(
        by=by,
        address=head["address"],
        residence_division=head["division"],
        category=head.get("category") or "F_OTHER",
        relief_type=head.get("relief_type") or "NONE",
        members=group.members,
    )


def tell_rows(report: ImportReport, rows: list[StagedRow]) -> ImportReport:
    """Add to a report what was wrong with the rows themselves."""
    report.duplicates = sum(row.is_duplicate for row in rows)
    report.errors = [error for row in rows for error in row.errors]
    return report
