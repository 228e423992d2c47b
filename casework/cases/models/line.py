"""The lines of help a case runs on."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from casework.cases.states import Line, LineState, TerminationReason


class HelpLine(FSMModelMixin, models.Model):
    """Help of one kind within a case: for the disabled, the elderly or students."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="lines")
    line = models.CharField(_("line"), max_length=8, choices=Line)
    state = FSMField(
        _("state"),
        max_length=12,
        default=LineState.PLANNED,
        choices=LineState.choices,
        protected=True,
    )
    started_on = models.DateField(_("started on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(
        _("reason for ending"), max_length=24, choices=TerminationReason, blank=True
    )

    class Meta:
        verbose_name = _("help line")
        verbose_name_plural = _("help lines")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["case", "line"], name="line_runs_once_in_a_case")
        ]

    def __str__(self) -> str:
        return self.get_line_display()

    @transition(field=state, source=LineState.PLANNED, target=LineState.ACTIVE)
    def activate(self) -> None:
        """Help on this line begins."""

    @transition(field=state, source=LineState.ACTIVE, target=LineState.DONE)
    def finish(self) -> None:
        """Help on this line was given as planned."""

    @transition(
        field=state, source=[LineState.DONE, LineState.ENDED_EARLY], target=LineState.ACTIVE
    )
    def reopen(self) -> None:
        """The summing up is taken back and help on this line goes on."""

    @transition(
        field=state, source=[LineState.PLANNED, LineState.ACTIVE], target=LineState.ENDED_EARLY
    )
    def end_early(self) -> None:
        """Help on this line stops before its time."""
