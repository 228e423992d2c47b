"""The acts of sampling, assigning, scoring and confirming."""

from evaluation.scoring.operations.assignment import assign_evaluator
from evaluation.scoring.operations.draw import draw_sample, redraw
from evaluation.scoring.operations.results import close_rectified, confirm_result, rescore
from evaluation.scoring.operations.revisits import (
    assign_revisit,
    record_revisit,
    record_revisit_attempt,
)
from evaluation.scoring.operations.second import (
    assign_second,
    settle_scores,
    submit_second,
)
from evaluation.scoring.operations.sheets import submit_scores

__all__ = [
    "assign_evaluator",
    "assign_revisit",
    "assign_second",
    "close_rectified",
    "confirm_result",
    "draw_sample",
    "record_revisit",
    "record_revisit_attempt",
    "redraw",
    "rescore",
    "settle_scores",
    "submit_scores",
    "submit_second",
]
