"""When the system's own jobs run. Beat only wakes them; what is due stands in the database."""

from celery.schedules import crontab

# A wake-up that comes late is dropped: the next one finds the same rows.
SCHEDULE = {
    "fire-timers": {
        "task": "workflows.fire_timers",
        "schedule": 60.0,
        "options": {"expires": 60, "queue": "acts"},
    },
    "deliver-outbox": {
        "task": "workflows.deliver_outbox",
        "schedule": 5.0,
        "options": {"expires": 10, "queue": "documents"},
    },
    "push-changes": {
        "task": "workflows.push_changes",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "reports"},
    },
    "find-duplicates": {
        "task": "workflows.find_duplicates",
        "schedule": crontab(hour="3", minute="15"),
        "options": {"expires": 3600, "queue": "reports"},
    },
    "seal-journal": {
        "task": "workflows.seal_journal",
        "schedule": 300.0,
        "options": {"expires": 300, "queue": "reports"},
    },
    "draw-samples": {
        "task": "workflows.draw_samples",
        "schedule": crontab(minute="5"),
        "options": {"expires": 3000, "queue": "acts"},
    },
    "monthly-bulletin": {
        "task": "workflows.monthly_bulletin",
        "schedule": crontab(hour="9", minute="0"),
        "options": {"expires": 36000, "queue": "reports"},
    },
    "erase-import-rows": {
        "task": "workflows.erase_import_rows",
        "schedule": crontab(hour="3", minute="45"),
        "options": {"expires": 3600, "queue": "reports"},
    },
    "check-books": {
        "task": "workflows.check_books",
        "schedule": crontab(hour="2", minute="30"),
        "options": {"expires": 3600, "queue": "reports"},
    },
}
