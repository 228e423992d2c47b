from django.apps import AppConfig


class RectificationConfig(AppConfig):
    name = "evaluation.rectification"
