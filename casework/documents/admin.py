"""Issued documents and number series, to look at: neither is changed by hand."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from casework.documents.models import Document, NumberSeries


class ReadOnly(admin.ModelAdmin[models.Model]):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    list_display = ("number", "kind", "title", "state", "issued_at", "pages", "delivered_at")
    list_filter = ("kind", "state")
    search_fields = ("number", "title")
    date_hierarchy = "issued_at"
    # The content names households: it is read as a document, by those who may.
    exclude = ("data",)


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnly):
    list_display = ("kind", "year", "unit", "last")
