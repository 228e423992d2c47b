"""Which papers there are, for whom, and in which state of a case they make sense."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from casework.cases.models import HelpCase
from casework.cases.queries import current_publicity, current_verification
from casework.cases.states import CaseState
from casework.lib import clock
from casework.lib.errors import NotLawfulNow
from casework.lib.pdf import RenderFailed, press
from casework.staff.models import User
from evaluation.rectification.models import Recheck
from workflows.pages.sight import Sight
from workflows.papers import entering, helping, judging
from workflows.papers.blocks import Block, Form

_S = CaseState
SECONDS: Final = 30


@dataclass(frozen=True)
class Paper:
    """One paper: its title, what it says, who may print it, and when there is something to say."""

    code: str
    title: str
    blocks: Callable[[HelpCase, Sight], list[Block]]
    when: Callable[[HelpCase], bool]
    seen: Callable[[Sight], bool] = lambda sight: sight.whole_file


def _in(*states: CaseState) -> Callable[[HelpCase], bool]:
    return lambda case: case.state in states


def _assessed(case: HelpCase) -> bool:
    round_ = current_verification(case)
    return bool(round_ and round_.assessment)


def _delivery(sight: Sight) -> bool:
    return sight.delivery


def _evaluation(sight: Sight) -> bool:
    return sight.evaluation and not sight.blind


PAPERS: Final = {
    paper.code: paper
    for paper in (
        Paper("referral_form", "个案转介单", entering.referral_form, lambda _case: True),
        Paper("acceptance_notice", "受理通知书", entering.acceptance_notice,
              lambda case: case.accepted_at is not None),
        Paper("decline_notice", "不予受理通知书", entering.decline_notice, _in(_S.DECLINED)),
        Paper("deficiency_notice", "一次性告知书", entering.deficiency_notice,
              _in(_S.REFERRED, _S.ACCEPTED, _S.VERIFYING)),
        Paper("visit_form", "入户核查表", entering.visit_form,
              lambda case: case.verifications.exists()),
        Paper("income_assessment", "家庭收入核算表", entering.income_assessment, _assessed),
        Paper("publicity_notice", "公示", entering.publicity_notice,
              lambda case: current_publicity(case) is not None),
        Paper("plan", "帮扶方案", helping.plan, lambda case: case.plans.exists(), _delivery),
        Paper("service_slip", "服务确认单", helping.service_slip,
              lambda case: case.plan_in_force is not None, _delivery),
        Paper("closing_summary", "帮扶结案小结", helping.closing_summary,
              lambda case: case.help_started_on is not None),
        Paper("suspension_note", "中止通知单", helping.suspension_note,
              lambda case: case.suspensions.exists()),
        Paper("handover_sheet", "个案移交清单", helping.handover_sheet,
              lambda case: case.transfers.exists()),
        Paper("termination_notice", "终止帮扶告知书", helping.termination_notice,
              _in(_S.TERMINATED)),
        Paper("evaluation_sheet", "绩效评估表", judging.evaluation_sheet,
              lambda case: case.sheets.exists(), _evaluation),
        Paper("recheck_sheet", "复核意见书", judging.recheck_sheet,
              lambda case: Recheck.objects.filter(order__items__case=case).exists(), _evaluation),
    )
}  # fmt: skip


def papers_for(case: HelpCase, sight: Sight) -> Iterator[Paper]:
    """The papers of this case that a reader may print now."""
    return (paper for paper in PAPERS.values() if paper.seen(sight) and paper.when(case))


def print_paper(paper: Paper, case: HelpCase, sight: Sight, *, by: User) -> bytes:
    """The PDF of a paper as the file stands. NotLawfulNow where it cannot be printed now."""
    return print_form(paper.title, case.case_no, lambda: paper.blocks(case, sight), by=by)


def print_form(
    title: str,
    number: str,
    blocks: Callable[[], list[Block]],
    *,
    by: User,
    numbered: str = Form.numbered,
) -> bytes:
    """The PDF of a form, in Chinese whoever prints it. NotLawfulNow where it cannot be now."""
    with override("zh-hans"):
        form = Form(
            title=title,
            number=number,
            blocks=blocks(),
            printed=f"{clock.now().astimezone():%Y-%m-%d %H:%M} {by}",
            sample=settings.DEMO,
            numbered=numbered,
        )
        html = render_to_string("print/form.html", {"form": form})
    try:
        return press(html, seconds=SECONDS).content
    except RenderFailed as failure:
        raise NotLawfulNow(
            _("This cannot be printed just now. Try again in a minute.")
        ) from failure
