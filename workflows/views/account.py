"""Signing in, and the language of the person."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.views import password_change
from allauth.usersessions.views import list_usersessions
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as remember_language

from casework.lib.errors import NotYours
from casework.staff.models import User
from casework.staff.sessions import confirmed_of_late
from workflows.forms.base import DressedForm, Fault, labelled
from workflows.views.common import person


class SignInForm(AuthenticationForm):
    """Name and password, with its faults told as on every other form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        DressedForm.dress(self)  # type: ignore[arg-type]

    @property
    def faults(self) -> list[Fault]:
        """Every fault, in the order of the page."""
        if not self.is_bound:
            return []
        found = [Fault(str(words), "id_username") for words in self.non_field_errors()]
        return found + [
            Fault(labelled(field.label, *field.errors), field.id_for_label)
            for field in self.visible_fields()
            if field.errors
        ]


class SignIn(LoginView):
    form_class = SignInForm

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        providers: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS
        services = providers.get("openid_connect", {}).get("APPS", [])
        name = services[0]["name"] if services else ""
        return super().get_context_data(**given) | {"city_identity": name}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password was right; the second factor, if there is one, is asked for next."""
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        given = {"username": form.cleaned_data["username"]}
        answer: HttpResponse = perform_password_login(self.request, given, login)
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOut(LogoutView):
    """Ends the session, and lets the browser forget the pages that it kept."""

    def post(self, request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        response = super().post(request, *given, **named)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


@confirmed_of_late
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where a person is signed in, and an end to it elsewhere."""
    answer: HttpResponse = list_usersessions(request)
    return answer


@require_POST
def session_alive(_request: HttpRequest) -> HttpResponse:
    """Somebody is still at the desk: the pause begins anew, as with any request."""
    return HttpResponse(status=204)


def change_password(request: HttpRequest) -> HttpResponse:
    """A new password, for accounts that have one; the city's identity service keeps its own."""
    if not person(request).has_usable_password():
        raise NotYours(_("This account has no password here. Change it where you sign in."))
    answer: HttpResponse = password_change(request)
    return answer


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, *_given: Any, **_named: Any
) -> HttpResponse:
    """Too many wrong passwords from one address: wait, whether or not the account exists."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    response = render(request, "registration/locked.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response


@require_POST
@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language, and keep it with the account."""
    code = request.POST.get("language", "")
    if isinstance(request.user, User) and code in dict(settings.LANGUAGES):
        request.user.language = code
        request.user.save(update_fields=["language"])
    return remember_language(request)
