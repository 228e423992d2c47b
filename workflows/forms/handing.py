"""The form by which the head of a unit hands out work."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.staff.models import User
from workflows.claims import HandingReason, candidates
from workflows.forms.base import ActForm, choice, offer


class AssignForm(ActForm):
    """Who is to do it, and why."""

    to = choice(_("Person"), [])
    reason = choice(_("Reason"), HandingReason.choices)

    def prepare(self) -> None:
        able = candidates(self.subject, self.today).exclude(pk=self.subject.owner_id)
        offer(self, "to", [(str(one.pk), str(one)) for one in able.order_by("display_name")])

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"to": User.objects.get(pk=said["to"]), "reason": said["reason"]}
