"""The addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

admin.site.site_header = admin.site.site_title = _("Administration")
admin.site.index_title = _("Administration")

handler500 = "workflows.views.system.broken"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("casework.documents.urls")),
    path("", include("workflows.urls")),
]
