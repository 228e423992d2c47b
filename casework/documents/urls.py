from django.urls import path

from casework.documents import views

urlpatterns = [path("documents/<uuid:uuid>/", views.document, name="document")]
