"""Standard lines and imports; households and persons are never opened through the admin."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from casework.directory.admin import DatedRowAdmin, ReferenceAdmin
from casework.households.models import ClassifiedRule, ImportBatch, StandardLine


@admin.register(StandardLine)
class StandardLineAdmin(DatedRowAdmin):
    list_display = ("kind", "amount", "effective_from", "effective_to", "doc_no", "is_draft")
    list_filter = ("kind", "is_draft")


@admin.register(ClassifiedRule)
class ClassifiedRuleAdmin(DatedRowAdmin):
    list_display = ("category", "coefficient", "effective_from", "effective_to", "is_draft")
    list_filter = ("category", "is_draft")


@admin.register(ImportBatch)
class ImportBatchAdmin(ReferenceAdmin):
    list_display = ("file_name", "imported_by", "started_at", "finished_at")
    date_hierarchy = "started_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
