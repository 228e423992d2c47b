"""The in-box: letters that an escalation put there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from casework.lib import clock
from workflows.models import Letter
from workflows.views.common import person


@require_POST
def letter_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one's own letter as read and go to what it is about."""
    letter = get_object_or_404(Letter, pk=pk, recipient=person(request))
    if letter.read_at is None:
        letter.read_at = clock.now()
        letter.save(update_fields=["read_at"])
    return redirect("order_page", pk=letter.subject_id)
