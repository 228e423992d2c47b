"""The read log: every answer about a household leaves a row, whoever asked and whatever was said.

An address is recorded unless it is listed here as one that shows no household; a test walks the
addresses of the site and fails for one that nobody has thought about.
"""

from typing import Final

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from casework.ledger.models import ReadEntry
from casework.ledger.reading import Noted, note_list, noted
from casework.lib import clock
from casework.staff.models import User
from casework.staff.scope import reach_of
from workflows.middleware import Answer, not_now, request_number

# Addresses that show something about households, by name.
RECORDED: Final = frozenset(
    {
        "home",
        "work_list",
        "work_claim",
        "work_release",
        "work_assign",
        "refer",
        "privacy_desk",
        "case_copy",
        "import_page",
        "import_errors",
        "import_batch",
        "import_order",
        "document",
        "document_list",
        "case_list",
        "bulletin_cell",
        "fieldwork",
        "order_batch",
        "evaluation_page",
        "evaluation_pdf",
        "case_export",
        "standard_effect",
        "duplicate_list",
        "duplicate_decide",
        "export_take",
        "case_page",
        "case_reason",
        "case_photo",
        "case_reveal",
        "case_file",
        "case_paper",
        "case_file_pdf",
        "api_cases",
        "api_case",
        "api_case_act",
        "api_orders",
        "api_order",
        "api_order_act",
        "api_referrals",
        "api_work",
        "api_documents",
        "api_document_file",
        "api_changes",
        "score_sheet",
        "act_page",
        "order_list",
        "order_page",
        "order_act",
        "sample_list",
        "sample_protocol",
        "week_cell",
        "audit_journal",
        "audit_reads",
        "audit_journal_csv",
        "admin:autocomplete",
        "admin:view_on_site",
    }
)
# Addresses that show no household: figures, accounts, the state of the system.
SHOWS_NO_HOUSEHOLD: Final = frozenset(
    {
        "login",
        "logout",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "mfa_index",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_reauthenticate_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "openid_connect_login",
        "openid_connect_callback",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "usersessions_list",
        "session_alive",
        "security_doors",
        "security_log",
        "programs",
        "export_list",
        "standard_list",
        "standard_recalculate",
        "import_template",
        "import_headings",
        "duplicate_find",
        "export_decide",
        "program_revoke",
        "api_schema",
        "api_docs",
        "api_acts",
        "api_week",
        "api_webhooks",
        "api_webhook",
        "api_webhook_replay",
        "session_end",
        "lock_lift",
        "factors_forget",
        "letter_read",
        "set_language",
        "search",
        "health_live",
        "health_ready",
        "metrics",
        "system_page",
        "audit_seals",
        "audit_settings",
        "agreement",
        "evaluation_list",
        "scheme_act",
        "scheme_draft",
        "scheme_list",
        "scheme_page",
        "unit_list",
        "unit_page",
        "bulletin_list",
        "bulletin_page",
        "bulletin_act",
        "week_list",
        "week_page",
        "week_xlsx",
        "admin:index",
        "admin:login",
        "admin:logout",
        "admin:password_change",
        "admin:password_change_done",
        "admin:jsi18n",
        "admin:app_list",
        "admin:auth_user_password_change",
    }
)
# Tables of the administration: those about households, with the word of the log, and the others.
ADMIN_SUBJECTS: Final = {
    "cases_helpcase": "case",
    "documents_document": "document",
    "households_importbatch": "import",
    "viewflow_process": "process",
    "viewflow_task": "task",
}
ADMIN_PLAIN: Final = frozenset(
    {
        "cases_caseseries",
        "staff_user",
        "staff_membership",
        "directory_plantemplate",
        "households_classifiedrule",
        "households_standardline",
        "directory_division",
        "directory_organisation",
        "directory_serviceitem",
        "directory_calendaryear",
        "directory_calendarday",
        "directory_limit",
        "directory_parameter",
        "documents_numberseries",
        "auth_group",
        "django_celery_beat_clockedschedule",
        "django_celery_beat_crontabschedule",
        "django_celery_beat_intervalschedule",
        "django_celery_beat_periodictask",
        "django_celery_beat_solarschedule",
    }
)


def admin_table(name: str) -> str:
    """The table an address of the administration is about, such as `cases_helpcase`."""
    return name.removeprefix("admin:").rpartition("_")[0]


def is_recorded(name: str) -> bool:
    """An answer from this address leaves a row; one nobody has listed does."""
    plain = name in SHOWS_NO_HOUSEHOLD
    return not (plain or (name.startswith("admin:") and admin_table(name) in ADMIN_PLAIN))


class ReadLog:
    """Writes the row of an answer before it leaves; what cannot be recorded is not shown."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match, user = request.resolver_match, request.user
        if match and match.view_name and isinstance(user, User) and is_recorded(match.view_name):
            try:
                _record(request, response, match, user)
            except DatabaseError as fault:
                return not_now(request, fault)
        return response


def _record(
    request: HttpRequest, response: HttpResponseBase, match: ResolverMatch, user: User
) -> None:
    if match.view_name.startswith("admin:"):
        _note_admin(request, response, match)
    note = noted(request)
    outcome = _outcome(response.status_code, note)
    if not outcome:
        return
    ReadEntry.objects.create(
        moment=clock.now(),
        by_id=user.pk,
        roles=",".join(sorted(reach_of(user, clock.today()).roles)),
        what=match.view_name[:80],
        method=(request.method or "")[:7],
        subject_type=note.subject_type,
        subject_id=note.subject_id,
        rows=note.rows,
        digest=note.digest,
        reason=note.reason,
        outcome=outcome,
        status=response.status_code,
        request_id=request_number(),
    )


def _outcome(status: int, note: Noted) -> str:
    """What became of the question; a redirect shows nothing, unless a reason was given for it."""
    if status >= 500:
        return ReadEntry.Outcome.FAILED
    if status == 422 or status < 300:
        return ReadEntry.Outcome.SHOWN
    if status < 400:
        return ReadEntry.Outcome.SHOWN if note.reason else ""
    return ReadEntry.Outcome.REFUSED


def _note_admin(request: HttpRequest, response: HttpResponseBase, match: ResolverMatch) -> None:
    word = ADMIN_SUBJECTS.get(admin_table(match.view_name), "")
    note = noted(request)
    note.subject_type = word
    number = str(match.kwargs.get("object_id", ""))
    if number.isascii() and number.isdecimal() and len(number) < 19:
        note.subject_id = int(number)
    shown = (getattr(response, "context_data", None) or {}).get("cl")
    if shown is not None:
        note_list(request, word, (row.pk for row in shown.result_list))
