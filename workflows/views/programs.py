"""The security administrator's page of programs: their tokens, issued, used and revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from casework.lib import clock
from casework.lib.errors import CaseworkError, NotFound
from casework.staff.clients import LONGEST_DAYS, issue, revoke
from casework.staff.models import ApiClient, ClientScope, Role, User
from casework.staff.sessions import confirmed_of_late
from workflows.forms.base import DressedForm, day
from workflows.views.common import newest_first, person, require_role


class TokenForm(DressedForm):
    """Which program gets in, as whom, to what, until when."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("Service account"),
        queryset=User.objects.none(),
        help_text=gettext_lazy("Its memberships decide whose cases the program reaches."),
    )
    name = forms.CharField(label=gettext_lazy("Name of the program"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May ask for"),
        choices=ClientScope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = day(gettext_lazy("Valid until"))

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        programs = User.objects.filter(is_system=True, is_active=True)
        self.fields["account"].queryset = programs.order_by("username")  # type: ignore[attr-defined]
        self.fields["expires_on"].initial = clock.today() + timedelta(days=LONGEST_DAYS - 1)
        self.dress()


@require_http_methods(["GET", "HEAD", "POST"])
def programs(request: HttpRequest) -> HttpResponse:
    """Every token there is, and the form that issues another."""
    require_role(request, Role.SEC)
    if request.method != "POST":
        return _show(request, TokenForm())
    return _issue(request)


@confirmed_of_late
def _issue(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        _client, token = issue(by=person(request), **form.cleaned_data)
    except CaseworkError as refusal:
        form.add_error(None, refusal.message)
        return _show(request, form, status=refusal.status)
    # In this answer alone: a message would travel in a cookie.
    return _show(request, TokenForm(), token=token)


@require_POST
@confirmed_of_late
def program_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token at once."""
    require_role(request, Role.SEC)
    client = ApiClient.objects.filter(pk=pk).first()
    if client is None:
        raise NotFound(_("There is no such token."))
    revoke(client, by=person(request))
    messages.success(request, _("The token was revoked."))
    return redirect("programs")


def _show(
    request: HttpRequest, form: TokenForm, *, token: str = "", status: int = 200
) -> HttpResponse:
    today = clock.today()
    page = newest_first(request, ApiClient.objects.select_related("account", "issued_by"))
    context = {
        "form": form,
        "token": token,
        "page": page,
        "clients": [
            {
                "row": row,
                "scopes": "、".join(
                    str(ClientScope(code).label)
                    for code in row.scopes
                    if code in ClientScope.values
                ),
                "valid": row.is_valid(today),
            }
            for row in page.rows
        ],
    }
    return render(request, "security/programs.html", context, status=status)
