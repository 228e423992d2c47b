"""Settings of the interface for programs, beside `settings.py`, which takes them in."""

from typing import Any, Final

import environ

# Where webhooks may go: names of hosts, or host:port to allow it unencrypted.
WEBHOOK_HOSTS: Final[list[str]] = environ.Env().list("WEBHOOK_HOSTS", default=[])

REST_FRAMEWORK: Final[dict[str, Any]] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["workflows.api.doors.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["workflows.api.doors.WithinScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "workflows.api.schema.Described",
    "DEFAULT_THROTTLE_CLASSES": ["workflows.api.doors.PerClient"],
    "DEFAULT_THROTTLE_RATES": {"client": "600/min"},
    "EXCEPTION_HANDLER": "workflows.api.problems.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
    "STRICT_JSON": True,
}
SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "casework",
    "DESCRIPTION": (
        "精准救助个案帮扶系统接口。Errors are problem+json (RFC 9457) and name the field. "
        "Lists are paged by key: follow `next`."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": ["rest_framework.authentication.SessionAuthentication"],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "workflows.api.hooks.one_path_per_act",
    ],
    "ENUM_NAME_OVERRIDES": {
        "CaseStateEnum": "casework.cases.states.CaseState",
        "DocumentStateEnum": "casework.documents.models.DocumentState",
    },
}

__all__ = ["REST_FRAMEWORK", "SPECTACULAR_SETTINGS", "WEBHOOK_HOSTS"]
