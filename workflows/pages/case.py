"""The page of one case: who, where it stands, what comes next, what is on file."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.cases.doubts import doubts_of
from casework.cases.models import HelpCase
from casework.cases.queries import cases_of_same_person, stage_of, visible_to
from casework.cases.states import ENDED_STATES, STAGES, CaseState, PlanState
from casework.households.codes import Category, ReliefType, Sex
from casework.households.models import Member
from casework.lib import clock
from casework.lib.identity import mask_address
from casework.staff.models import User
from workflows.acts import ACTS
from workflows.pages.afterwards import afterwards
from workflows.pages.case_blocks import (
    appeals,
    evaluation,
    orders,
    papers,
    plan,
    publicity,
    verifications,
)
from workflows.pages.handing import handing_of
from workflows.pages.offers import case_offers
from workflows.pages.pictures import pictures
from workflows.pages.register import circumstances, consents, family, subsidies
from workflows.pages.revisits import alerts_of, revisits
from workflows.pages.sight import Sight
from workflows.pages.tasks import name_of
from workflows.pages.timeline import entries_of, kind_chips, timeline
from workflows.pages.words import Due, Words, case_word, due_of, earliest_deadlines, unit_names
from workflows.papers.catalogue import papers_for

Pairs = list[tuple[Words, Words]]


class Stage(NamedTuple):
    """One step of the bar at the top."""

    title: Words
    state: str
    words: Words
    note: str = ""
    tone: str = ""


def case_page(case: HelpCase, *, sight: Sight, reader: User, kind: str) -> dict[str, Any]:
    """Everything the case page shows to one reader."""
    today = clock.today()
    due = due_of(earliest_deadlines("case", [case.pk]).get(case.pk), today)
    offers = case_offers(case, set(sight.roles))
    found = {
        "case": _identity(case, sight, today),
        "due": due,
        "stages": _stages(case, due),
        "next": offers,
        "handing": handing_of(offers, reader, today),
        "actions": offers.others,
        "closed_acts": offers.closed,
        "alerts": alerts_of(case, sight) if sight.evaluation else [],
        "crumbs": [(_("Cases"), reverse("case_list")), (name_of(case), "")],
    }
    offered = {offer.code for offer in [*offers.actions, *offers.others]}
    return found | _file(case, sight, reader, today, offered) | _record(case, sight, kind)


def _file(
    case: HelpCase, sight: Sight, reader: User, today: date, offered: set[str]
) -> dict[str, Any]:
    found: dict[str, Any] = {"key_facts": _key_facts(case, sight)}
    if sight.delivery:
        found["plan"] = plan(case, sight)
        found["photos"] = pictures(case, sight)
        found["printable"] = [
            (paper.title, reverse("case_paper", args=[case.case_no, paper.code]))
            for paper in papers_for(case, sight)
        ]
    if sight.evaluation:
        found |= {
            "doubts": doubts_of(case, names_others=sight.whole_file),
            "evaluation": evaluation(case, blind=sight.blind),
            "revisits": revisits(case, sight),
            "orders": orders(case, reader, today),
            "documents": papers(case, reader),
            "verifications": verifications(case, whole=sight.whole_file),
        }
    if sight.whole_file:
        found |= {
            "family": family(case, today, may_correct="correct_member" in offered),
            "register": _register(case, offered),
            "file_url": reverse("case_file", args=[case.case_no]),
            "circumstances": circumstances(case.household),
            "consents": consents(case, today),
            "subsidies": subsidies(case.household, today),
            "publicity": publicity(case, today),
            "appeals": appeals(case),
            "afterwards": afterwards(case),
            "proposals": _proposals(case),
            "linked": _linked(case, reader, today),
        }
    return found


def _register(case: HelpCase, offered: set[str]) -> list[tuple[Words, str]]:
    """The acts by which the household's entry is kept right, where the reader may do them."""
    acts = (
        "add_member", "remove_member", "correct_household", "split_household", "merge_household",
    )  # fmt: skip
    return [
        (ACTS[act].title, reverse("act_page", args=[case.case_no, act]))
        for act in acts
        if act in offered
    ]


def _record(case: HelpCase, sight: Sight, kind: str) -> dict[str, Any]:
    if not sight.delivery:
        return {"entries": [], "entry_kinds": []}
    rows = entries_of("case", case.pk)
    if not sight.evaluation:
        rows = [row for row in rows if row.act in {"start_help", "record_services"}]
    kinds = kind_chips(rows, kind, reverse("case_page", args=[case.case_no]))
    return {"entries": timeline(rows, kind), "entry_kinds": kinds}


def _identity(case: HelpCase, sight: Sight, today: date) -> dict[str, Any]:
    word = case_word(case)
    return {
        "case_no": case.case_no,
        "person": name_of(case),
        "facts": _person_facts(case.subject_member, case, today) if sight.delivery else [],
        "state": word.text,
        "tone": word.tone,
        "hold": case.get_hold_display() if case.hold else "",
        "locked": _("Locked after a death") if case.locked else "",
        "sudden": _("Sudden hardship") if case.sudden else "",
        "reveal_url": reverse("case_reveal", args=[case.case_no]) if sight.whole_file else "",
    }


def _person_facts(person: Member | None, case: HelpCase, today: date) -> list[Words]:
    if person is None:
        return []
    found: list[Words] = []
    if person.sex in {Sex.MALE, Sex.FEMALE}:
        found.append(person.get_sex_display())
    years = person.age(today)
    if years is not None:
        found.append(_("%(years)s years old") % {"years": years})
    if case.household.size == 1:
        found.append(_("lives alone"))
    names = unit_names([case.handling_district, case.handling_street])
    found.append(names[case.handling_district] + names[case.handling_street])
    return found


def _key_facts(case: HelpCase, sight: Sight) -> Pairs:
    person, home = case.subject_member, case.household
    found: Pairs = []
    if person and sight.whole_file:
        found += [(_("ID number"), person.masked_id), (_("Telephone"), person.phone)]
        found.append((_("Address"), home.address))
        if home.category in Category.values:
            found.append((_("Category"), Category(home.category).label))
        if home.relief_type in ReliefType.values:
            found.append((_("Relief"), ReliefType(home.relief_type).label))
    elif person and sight.contact:
        found += [(_("Telephone"), person.phone), (_("Address"), home.address)]
    elif person:
        found.append((_("Address"), mask_address(home.address)))
    if person and sight.evaluation and not sight.whole_file:
        found.append((_("Last four of the ID number"), person.id_no[-4:]))
    found.append((_("Caseworker"), str(case.caseworker or _("not named"))))
    found.append((_("Referred on"), _day(case.referred_at)))
    if sight.whole_file:
        found += _whole_file_facts(case)
    return [(label, value) for label, value in found if value]


def _whole_file_facts(case: HelpCase) -> Pairs:
    links = case.referral_links.select_related("referral").order_by("linked_at")
    sources = [link.referral.get_source_display() for link in links]
    found: Pairs = [(_("Source"), "、".join(map(str, sources)))]
    found.append((_("Reason of referral"), "；".join(link.referral.reason for link in links)))
    found.append((_("Classification"), _named(case.classification)))
    found.append((_("Standing to the lines"), case.get_means_band_display()))
    found.append((_("Outcome"), _ending(case)))
    if case.household.relative_register_flag:
        found.append((_("Near relative of staff"), case.household.relative_note or _("yes")))
    return found


def _proposals(case: HelpCase) -> list[Words]:
    """What a recalculation found since the last verification; a person decides what follows."""
    if not case.is_open:
        return []
    last = case.means_changes.select_related("recalculation__line").last()
    entered = case.verifications.aggregate(last=Max("entered_at"))["last"]
    if last is None or not last.before or (entered and entered > last.recalculation.done_at):
        return []
    return [
        _("Under %(line)s this household comes out otherwise: %(before)s → %(after)s. Nothing is "
          "decided; verify anew where it matters.")
        % {
            "line": last.recalculation.line,
            "before": last.get_before_display(),
            "after": last.get_after_display(),
        }
    ]  # fmt: skip


def _named(code: str) -> Words:
    return {
        "EXPENDITURE_HARDSHIP": _("Expenditure hardship"),
        "DIBAO": _("Subsistence allowance"),
        "LOW_INCOME": _("Low income"),
        "INCOME_OVER": _("Income not below the line"),
    }.get(code, code)


def _ending(case: HelpCase) -> Words:
    if case.state == CaseState.REJECTED:
        return case.get_rejection_reason_display()
    if case.state == CaseState.TERMINATED:
        return case.get_termination_reason_display()
    if case.state == CaseState.CLOSED:
        return case.get_closing_reason_display()
    return case.declined_reason


def _linked(case: HelpCase, reader: User, today: date) -> list[dict[str, Any]]:
    """Earlier, later and merged cases of the person, within the reader's own scope only."""
    near = cases_of_same_person(case).values("pk")
    found = visible_to(reader, today).filter(pk__in=near).order_by("-referred_at")
    return [
        {
            "url": reverse("case_page", args=[other.case_no]),
            "words": f"{other.case_no} · {other.get_state_display()}",
        }
        for other in found
    ]


def _stages(case: HelpCase, due: Due | None) -> list[Stage]:
    here = stage_of(case.state)
    dates = _stage_dates(case)
    has_order = here == "rectification" or "rectification" in dates
    order = [name for name in STAGES if name != "rectification" or has_order]
    stopped = case.state in ENDED_STATES and case.state != CaseState.CLOSED
    place = order.index(here)
    return [
        _stage(name, number - place, dates.get(name), due, stopped, case)
        for number, name in enumerate(order)
    ]


def _stage(
    name: str, distance: int, on: str | None, due: Due | None, stopped: bool, case: HelpCase
) -> Stage:
    title = STAGES[name]
    if name == "closure" and distance == 0:
        if stopped:
            return Stage(case.get_state_display(), "stopped", _("ended"), on or "")
        return Stage(title, "done", _("done"), on or "")
    if distance < 0:
        # What an ended case never reached stays blank, though the bar has passed it.
        reached = not stopped or on
        return Stage(title, "done" if reached else "todo", _("done") if reached else "", on or "")
    if distance > 0:
        return Stage(title, "todo", _("not yet"))
    if due is None or due.on is None:
        return Stage(title, "now", _("now"), on or "")
    late = "late" if due.tone in {"late", "severe"} else ""
    return Stage(title, "now", _("now"), _("due %(day)s") % {"day": due.on.isoformat()}, late)


def _stage_dates(case: HelpCase) -> dict[str, str]:
    approved = case.plans.filter(state__in=[PlanState.APPROVED, PlanState.REPLACED])
    first_plan = approved.order_by("version").first()
    confirmed = case.verifications.filter(confirmed_at__isnull=False).order_by("round").last()
    sheet = case.sheets.order_by("submitted_at").first()
    item = case.rectification_items.select_related("order").order_by("pk").first()
    found = {
        "referral": _day(case.accepted_at or case.referred_at),
        "verification": _day(confirmed.confirmed_at) if confirmed else "",
        "plan": _day(first_plan.approved_at) if first_plan else "",
        "help": case.help_done_on.isoformat() if case.help_done_on else "",
        "evaluation": _day(sheet.submitted_at) if sheet else "",
        "rectification": _day(item.order.issued_at) if item else "",
        "closure": _day(case.closed_at)
        or (case.terminated_on.isoformat() if case.terminated_on else ""),
    }
    return {name: words for name, words in found.items() if words}


def _day(moment: datetime | None) -> str:
    return clock.local_date(moment).isoformat() if moment else ""
