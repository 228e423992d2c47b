from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "casework.visits"
