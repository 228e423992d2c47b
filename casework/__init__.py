"""The work: who is helped, by whom, with what, and what came of it."""

import django_stubs_ext

# Django loads this package first, so shared tasks find their application.
from casework.celery import app as celery_app

__all__ = ["celery_app"]

# Django's generic classes (`ModelAdmin[HelpCase]`) take their parameter at run time too.
django_stubs_ext.monkeypatch()
