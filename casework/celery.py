"""The Celery application: workers wake here; what is due stands in the database."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Queue

from casework.watchdog import EndWhenDeaf
from workflows.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")

app = Celery("casework")
app.config_from_object("django.conf:settings", namespace="CELERY")
# One queue per kind of work, so that a season of PDFs cannot delay a deadline.
app.conf.task_queues = [Queue(name) for name in ("acts", "documents", "reports", "imports")]
app.conf.task_default_queue = "acts"
# A misspelt queue fails at once instead of collecting messages nobody reads.
app.conf.task_create_missing_queues = False
app.conf.worker_prefetch_multiplier = 1
# After a lost connection the reduced count may never come back, and the worker stays deaf.
app.conf.worker_enable_prefetch_count_reduction = False
app.conf.beat_schedule = SCHEDULE
app.steps["worker"].add(DjangoStructLogInitStep)
app.steps["worker"].add(EndWhenDeaf)
app.autodiscover_tasks()
