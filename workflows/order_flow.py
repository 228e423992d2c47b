"""From the numbered notice to the strike-off: who must act next on a rectification order."""

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow, lock

from evaluation.rectification.states import OrderState
from workflows.nodes import Begin, CaseworkFlow, Step


def make_order_flow_v1() -> type[CaseworkFlow]:
    """Version 1 of the order flow, with fresh nodes."""

    class OrderFlowV1(CaseworkFlow):
        """整改"""

        version = 1
        subject_type = "order"
        lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

        main = Begin().Next(this.confirm_receipt)
        confirm_receipt = Step(
            _("Confirm receipt of the notice"), "PR", "CW", "SH", "DS", due=("receipt",)
        ).Next(this.report_items)
        report_items = Step(_("Rectify and report"), "PR", "CW", "SH", "DS", due=("report",)).Next(
            this.recheck
        )
        recheck = (
            Step(_("Recheck the items"), "EV", "LE", due=("recheck",))
            .When(lambda order: order.all_passed, this.strike_off, "all passed")
            .When(lambda order: order.round == 1, this.issue_second_notice, "some failed")
            .Next(this.take_over)
        )
        strike_off = Step(_("Strike off the order"), "DS", "CA").Next(this.end)
        issue_second_notice = Step(_("Issue the second notice"), "DS", "CA").Next(
            this.confirm_receipt
        )
        take_over = (
            Step(_("Take over the rectification"), "DS")
            .When(lambda order: order.state == OrderState.CLOSED, this.end, "closed")
            .Next(this.report_items)
        )
        end = flow.End()

    OrderFlowV1.__module__ = __name__
    OrderFlowV1.__qualname__ = "OrderFlowV1"
    return OrderFlowV1


OrderFlowV1 = make_order_flow_v1()
CURRENT = OrderFlowV1
