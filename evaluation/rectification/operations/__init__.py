"""The acts of the rectification loop, from the order to its strike-off."""

from evaluation.rectification.operations.issue import issue_order, issue_second_notice
from evaluation.rectification.operations.judge import recheck, strike_off, take_over
from evaluation.rectification.operations.lateness import escalate, extend, mark_overdue
from evaluation.rectification.operations.report import (
    confirm_receipt,
    deem_received,
    report_items,
)

__all__ = [
    "confirm_receipt",
    "deem_received",
    "escalate",
    "extend",
    "issue_order",
    "issue_second_notice",
    "mark_overdue",
    "recheck",
    "report_items",
    "strike_off",
    "take_over",
]
