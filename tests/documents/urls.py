"""The document page alone, so that its tests need no other room's pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def login(request: HttpRequest) -> HttpResponse:
    return HttpResponse("login")


urlpatterns = [
    path("", include("casework.documents.urls")),
    path("login/", login, name="login"),
]
