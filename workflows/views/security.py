"""The security administrator's pages: who is signed in, who is locked out, what happened."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from axes.utils import reset
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from casework.ledger.models import SecurityEvent
from casework.ledger.security import note_security
from casework.lib.errors import NotFound
from casework.staff.guessing import attempts_of_late
from casework.staff.models import Role, User
from casework.staff.sessions import confirmed_of_late
from workflows.forms.base import DressedForm
from workflows.pages.audit import security_table
from workflows.views.common import newest_first, person, require_role

Kind = SecurityEvent.Kind


class ForgetForm(DressedForm):
    """Whose second factors are removed, and why."""

    REASONS = (
        ("LOST", gettext_lazy("Telephone or key lost")),
        ("CHANGED", gettext_lazy("Telephone or key exchanged")),
        ("SUSPECTED", gettext_lazy("Somebody else may have it")),
    )
    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=REASONS)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.dress()

    def clean_username(self) -> User:
        """The account of the name; a name that is nobody's is said so, to this role alone."""
        account = User.objects.filter(username=self.cleaned_data["username"].strip()).first()
        if account is None:
            raise forms.ValidationError(_("There is no account of this name."))
        return account


@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """Sessions, locks, and lost factors."""
    require_role(request, Role.SEC)
    return _show(request, ForgetForm())


def _show(request: HttpRequest, form: ForgetForm, status: int = 200) -> HttpResponse:
    page = newest_first(request, UserSession.objects.select_related("user"))
    holders = set(
        Authenticator.objects.filter(user__in=[row.user_id for row in page.rows]).values_list(
            "user_id", flat=True
        )
    )
    context = {
        "sessions": [{"session": row, "has_factor": row.user_id in holders} for row in page.rows],
        "page": page,
        "locks": [
            {
                "pk": row.pk,
                "name": row.username,
                "address": row.ip_address,
                "attempts": row.failures_since_start,
                "at": row.attempt_time,
            }
            for row in _locks()
        ],
        "form": form,
    }
    return render(request, "security/doors.html", context, status=status)


def _locks() -> list[AccessAttempt]:
    """Names that may not be tried from a place at this moment."""
    found = attempts_of_late().filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT)
    return list(found.order_by("-attempt_time")[:200])


@require_POST
@confirmed_of_late
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's session at once."""
    require_role(request, Role.SEC)
    session = UserSession.objects.select_related("user").filter(pk=pk).first()
    if session is None:
        raise NotFound(_("This session has ended already."))
    note_security(Kind.SESSION_ENDED, request, account=session.user, by=person(request))
    session.end()
    messages.success(request, _("The session has ended."))
    return redirect("security_doors")


@require_POST
@confirmed_of_late
def lock_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody try again from where the name was locked."""
    require_role(request, Role.SEC)
    lock = AccessAttempt.objects.filter(pk=pk).first()
    if lock is None:
        raise NotFound(_("This lock has ended already."))
    note_security(Kind.LOCK_LIFTED, request, name=lock.username or "", by=person(request))
    reset(ip=lock.ip_address, username=lock.username)
    messages.success(request, _("The lock was lifted."))
    return redirect("security_doors")


@require_POST
@confirmed_of_late
def factors_forget(request: HttpRequest) -> HttpResponse:
    """Remove the second factors of somebody who lost them; their sessions end with them."""
    require_role(request, Role.SEC)
    form = ForgetForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    account, reason = form.cleaned_data["username"], form.cleaned_data["reason"]
    note_security(Kind.FACTOR_REMOVED, request, account=account, by=person(request), detail=reason)
    Authenticator.objects.filter(user=account).delete()
    for session in UserSession.objects.filter(user=account):
        session.end()
    messages.success(request, _("The second factors of this account were removed."))
    return redirect("security_doors")


@require_safe
def security_log(request: HttpRequest) -> HttpResponse:
    """What happened at the doors, newest first; for the security administrator and auditors."""
    require_role(request, Role.SEC, Role.AU)
    rows = SecurityEvent.objects.select_related("account", "by")
    page = newest_first(request, rows)
    context = {
        "table": security_table(page.rows),
        "page": page,
        "query": "",
        "here": "security_log",
        "empty": {"title": _("Nothing here"), "text": _("No entry fits.")},
    }
    return render(request, "audit/list.html", context)
