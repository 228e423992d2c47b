"""Reference data for the city administrator: dated rules are followed, never rewritten."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from casework.directory.models import (
    CalendarDay,
    CalendarYear,
    DatedRow,
    Division,
    Limit,
    Organisation,
    Parameter,
    PlanTemplate,
    ServiceItem,
)
from casework.staff.admin import OfficeAdmin
from casework.staff.models import Role, User


class ReferenceAdmin(OfficeAdmin):
    """Reference data: the city edits it, supervisors and auditors may look."""

    viewers = (Role.AU, Role.SYS)
    editors = (Role.CA,)


class DatedRowAdmin(ReferenceAdmin):
    """A new row is a draft until a second person publishes it; then it never changes again."""

    actions = ("publish",)
    readonly_fields = ("is_draft", "entered_by", "published_by", "recorded_at")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        is_open = obj is None or (isinstance(obj, DatedRow) and obj.is_draft)
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        is_draft = isinstance(obj, DatedRow) and obj.is_draft
        return is_draft and self._holds(request, self.editors)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found: dict[str, Any] = super().get_actions(request)
        # The bulk deletion asks about no single row, so it could not spare the published ones.
        found.pop("delete_selected", None)
        return found

    def save_model(self, request: HttpRequest, obj: DatedRow, form: Any, change: bool) -> None:
        obj.is_draft = True
        obj.entered_by = request.user if isinstance(request.user, User) else None
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Publish the selected drafts"), permissions=["add"])
    def publish(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """Bring drafts of other people into force."""
        # pk is compared as a number: request.user is a lazy wrapper of the account.
        ready = chosen.filter(is_draft=True).exclude(entered_by_id=request.user.pk)
        own = chosen.filter(is_draft=True, entered_by_id=request.user.pk).exists()
        count = ready.update(is_draft=False, published_by_id=request.user.pk)
        if own:
            self.message_user(
                request, _("A second person publishes what you entered."), messages.WARNING
            )
        self.message_user(
            request,
            ngettext("%(count)d row published.", "%(count)d rows published.", count)
            % {"count": count},
        )


@admin.register(Division)
class DivisionAdmin(ReferenceAdmin):
    list_display = ("code", "name", "level", "order")
    list_filter = ("level",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        # Cases, memberships and figures hold the code: a division is renamed, never recoded.
        return ("code", "level", "parent") if obj else ()


@admin.register(Organisation)
class OrganisationAdmin(ReferenceAdmin):
    list_display = ("name", "credit_code", "kind", "provider_type", "suspended_on")
    list_filter = ("kind", "provider_type")
    search_fields = ("name", "credit_code")
    autocomplete_fields = ("division",)


@admin.register(ServiceItem)
class ServiceItemAdmin(ReferenceAdmin):
    list_display = ("code", "name", "line", "unit", "frequency", "is_retired")
    list_filter = ("line", "is_retired")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        # Plans already made say what they meant: only the hint and the retirement change.
        return ("code", "name", "line", "unit") if obj else ()


@admin.register(CalendarYear)
class CalendarYearAdmin(ReferenceAdmin):
    list_display = ("year", "source")


@admin.register(CalendarDay)
class CalendarDayAdmin(ReferenceAdmin):
    list_display = ("date", "is_working", "note", "source")
    date_hierarchy = "date"
    list_filter = ("is_working",)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return ("date",) if obj else ()


@admin.register(Limit)
class LimitAdmin(DatedRowAdmin):
    list_display = ("code", "amount", "unit", "effective_from", "effective_to", "is_draft")
    list_filter = ("code", "is_draft")


@admin.register(Parameter)
class ParameterAdmin(DatedRowAdmin):
    list_display = ("code", "value", "effective_from", "effective_to", "source", "is_draft")
    list_filter = ("code", "is_draft")


@admin.register(PlanTemplate)
class PlanTemplateAdmin(DatedRowAdmin):
    list_display = ("name", "days", "effective_from", "effective_to", "is_draft")
    list_filter = ("is_draft",)
    search_fields = ("name",)
