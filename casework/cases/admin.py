"""Cases in the admin: where each stands, never whom it is about, and nothing to change."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from casework.cases import models


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """A table that nobody edits behind the back of the journal."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(models.HelpCase)
class HelpCaseAdmin(ReadOnlyAdmin):
    list_display = ("case_no", "state", "hold", "handling_district", "handling_street")
    list_filter = ("state", "hold", "handling_district")
    search_fields = ("case_no",)
    # An administrator of the system sees no case content.
    fields = (
        "case_no",
        "state",
        "hold",
        "locked",
        "home_district",
        "handling_district",
        "handling_street",
        "rule_date",
        "referred_at",
        "accepted_at",
        "verified_at",
        "help_started_on",
        "help_done_on",
        "closed_at",
        "terminated_on",
        "appeal_status",
        "forced_sample",
    )


@admin.register(models.CaseSeries)
class CaseSeriesAdmin(ReadOnlyAdmin):
    list_display = ("year", "district", "last")
