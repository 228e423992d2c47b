"""The addresses of the whole site."""

from allauth.account import views
from allauth.account.decorators import secure_admin_login
from allauth.socialaccount.views import login_cancelled, login_error
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

admin.site.site_header = admin.site.site_title = _("Administration")
admin.site.index_title = _("Administration")

handler400 = "workflows.views.system.unreadable"
handler500 = "workflows.views.system.broken"

# One door for everybody: the administration's own would not ask for the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("account/confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("account/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path(
        "account/city/cancelled/",
        login_not_required(login_cancelled),
        name="socialaccount_login_cancelled",
    ),
    path("account/city/error/", login_not_required(login_error), name="socialaccount_login_error"),
    path("api/", include("workflows.api.urls")),
    path("", include("casework.documents.urls")),
    path("", include("workflows.urls")),
]
