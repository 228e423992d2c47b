"""Accounts and memberships for the security administrator; ended, never erased."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from casework.lib.errors import CaseworkError
from casework.staff.models import Membership, Role, User
from casework.staff.operations import end_membership, grant_membership
from casework.staff.scope import reach_of

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


class OfficeAdmin(Base):
    """Pages open to the holders of one office's roles; nothing is ever deleted here."""

    viewers: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()

    def _holds(self, request: HttpRequest, roles: tuple[str, ...]) -> bool:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return False
        # A superuser holds no role by that alone: three offices watch each other, none all.
        return reach_of(user).has(*roles)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._holds(request, self.viewers + self.editors)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._holds(request, self.viewers + self.editors)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._holds(request, self.editors)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._holds(request, self.editors)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


# What the accounts library keeps has pages of its own, for its owner and for the security office.
for kept in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(kept):
        admin.site.unregister(kept)


@admin.register(User)
class AccountAdmin(OfficeAdmin, UserAdmin):  # type: ignore[type-arg]
    """Accounts; powers come from memberships alone, so no permission can be ticked here."""

    editors = (Role.SEC,)
    list_display = ("username", "display_name", "is_active", "is_staff", "is_system", "last_login")
    list_filter = ("is_active", "is_staff", "is_system")
    search_fields = ("username", "display_name")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("person"), {"fields": ("display_name", "language", "email")}),
        (_("access"), {"fields": ("is_active", "is_staff", "is_system")}),
        (_("dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "display_name", "usable_password", "password1", "password2")},
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # Whoever could change the password of a superuser would be one.
        protected = isinstance(obj, User) and obj.is_superuser
        return super().has_change_permission(request, obj) and not protected


@admin.register(Membership)
class MembershipAdmin(OfficeAdmin):
    """Memberships: added through the operation that knows the exclusions, ended by an action."""

    viewers = (Role.AU,)
    editors = (Role.SEC,)
    list_display = (
        "user", "role", "division", "organisation", "valid_from", "valid_to", "revoked_on",
    )  # fmt: skip
    list_filter = ("role",)
    search_fields = ("user__username", "user__display_name")
    list_select_related = ("user", "division", "organisation")
    autocomplete_fields = ("user", "division", "organisation")
    fields = ("user", "role", "division", "organisation", "title", "valid_from", "valid_to")
    actions = ("end_now",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except CaseworkError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return redirect("admin:staff_membership_changelist")

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)  # noqa: S101  the admin site admits nobody else
        granted = grant_membership(
            user=obj.user,
            role=obj.role,
            by=request.user,
            division=obj.division_id or "",
            organisation=obj.organisation_id,
            valid_from=obj.valid_from,
            valid_to=obj.valid_to,
            title=obj.title,
        )
        obj.pk = granted.pk

    @admin.action(description=_("End the selected memberships now"), permissions=["add"])
    def end_now(self, request: HttpRequest, chosen: QuerySet[Membership]) -> None:
        """End roles at once; each refusal is told."""
        for membership in chosen.filter(revoked_on=None):
            try:
                end_membership(
                    membership,
                    by=request.user if isinstance(request.user, User) else None,
                    reason=str(_("Ended by the security administrator")),
                )
            except CaseworkError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
