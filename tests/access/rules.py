"""Who may see and do what, where: the rules of the city's access brief, written out as data.

Nothing here is read from the code. Actors are roles towards one subject: `CW` alone stands within
its scope (own street, own district, own items, assigned); a suffix puts it outside:

    .street    another street of the same district
    .district  another district
    .other     another provider, another evaluation body's case, not assigned
    .ended     the same membership, ended yesterday
    NONE       an account without any membership
    ANON       nobody signed in

Outcomes: `open` the page or a sentence about the present state (200, 409, 422, or a redirect that
follows a recorded act), `reason` a reason is asked for first, `role` 403, `absent` 404, `login` the
page to sign in, `method` 405.
"""

from typing import Final, NamedTuple

ACTORS: Final = (
    "CO CO.street CO.district CW CW.street CW.district CW.ended SH SH.street SH.district"
    " DS DS.district CA PR PR.other EV EV.other EV.ended LE LE.ended AU SEC SYS NONE ANON"
).split()
ENDED: Final = tuple(actor for actor in ACTORS if actor.endswith(".ended"))


class Rule(NamedTuple):
    """Per outcome the actors it falls to; `else` is the outcome of everybody not named."""

    url: str
    method: str
    otherwise: str
    outcomes: dict[str, str]
    subject: str = ""

    def outcome(self, actor: str) -> str:
        """What this actor gets."""
        for outcome, actors in self.outcomes.items():
            if actor in actors.split():
                return outcome
        return "login" if actor == "ANON" else self.otherwise


def rule(url: str, verb: str, otherwise: str, /, *, of: str = "", **outcomes: str) -> Rule:
    """One row of the table."""
    return Rule(url, verb, otherwise, outcomes, of)


STREET: Final = "CW SH"
FILE: Final = "CW SH DS"
# Whoever works somewhere sees lists, of what lies within their own scope.
WORKING: Final = (
    "CW CW.street CW.district SH SH.street SH.district DS DS.district CA PR PR.other EV EV.other LE"
)
COMMUNITY: Final = "CO CO.street CO.district"
WITHOUT_PASSWORD: Final = "CW.ended EV.ended LE.ended NONE"
READING_WEEKS: Final = "CW CW.street CW.district SH SH.street SH.district DS DS.district CA AU"
SCORES: Final = f"{READING_WEEKS} PR PR.other LE"
NOT_ANON: Final = " ".join(actor for actor in ACTORS if actor != "ANON")

# A street's case in help, served by one provider; not in anybody's evaluation.
HELPED: Final = "helped"
# The same street's case in rectification: evaluated once by EV, under an order to PR.
JUDGED: Final = "judged"

RULES: Final = (
    rule("login", "GET", "open", open="ANON"),
    rule("login", "POST", "open", open="ANON"),
    rule("logout", "GET", "method"),
    rule("logout", "POST", "login"),
    rule("set_language", "GET", "method", method="ANON"),
    rule("set_language", "POST", "open", open="ANON"),
    rule("health_live", "GET", "open", open="ANON"),
    rule("health_ready", "GET", "open", open="ANON"),
    rule("metrics", "GET", "absent", absent="ANON"),
    rule("system_page", "GET", "role", open="SYS SEC"),
    # Everybody's own account; at the door a second factor is asked of somebody half signed in.
    rule("account_login", "GET", "open", open="ANON"),
    rule("account_logout", "POST", "login"),
    *(
        rule(page, "GET", "open")
        for page in ("mfa_index", "mfa_authenticate", "mfa_list_webauthn", "usersessions_list")
    ),
    # Whoever has no password here cannot confirm with it who it is.
    *(
        rule(page, "GET", "open", role=WITHOUT_PASSWORD)
        for page in "account_reauthenticate account_change_password mfa_activate_totp"
        " mfa_add_webauthn mfa_generate_recovery_codes mfa_remove_webauthn"
        " mfa_edit_webauthn mfa_reauthenticate mfa_reauthenticate_webauthn".split()
    ),
    # Nobody here has a factor to give up, a key to rename or codes to read.
    *(
        rule(page, "GET", "absent")
        for page in (
            "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"
        )
    ),
    # No identity service of a city is set up.
    rule("openid_connect_login", "GET", "absent", absent="ANON"),
    rule("openid_connect_callback", "GET", "absent", absent="ANON"),
    rule("socialaccount_login_cancelled", "GET", "open", open="ANON"),
    rule("socialaccount_login_error", "GET", "unproved", unproved="ANON"),
    rule("session_alive", "GET", "method"),
    rule("session_alive", "POST", "open"),
    rule("programs", "GET", "role", open="SEC"),
    rule("programs", "POST", "role", open="SEC"),
    rule("program_revoke", "GET", "method"),
    rule("program_revoke", "POST", "role", absent="SEC"),
    # The description of the interface is for whoever has an account.
    rule("api_schema", "GET", "open", role="ANON"),
    rule("api_docs", "GET", "open", role="ANON"),
    rule("security_doors", "GET", "role", open="SEC"),
    rule("security_log", "GET", "role", open="SEC AU"),
    rule("session_end", "GET", "method"),
    rule("session_end", "POST", "role", absent="SEC"),
    rule("lock_lift", "GET", "method"),
    rule("lock_lift", "POST", "role", absent="SEC"),
    rule("factors_forget", "GET", "method"),
    rule("factors_forget", "POST", "role", open="SEC"),
    *(
        rule(f"audit_{page}", "GET", "role", open="AU")
        for page in ("journal", "journal_csv", "reads", "seals", "settings")
    ),
    rule("privacy_desk", "GET", "role", open="CW CW.street CW.district SH SH.street SH.district"
         " DS DS.district CA"),
    rule("case_copy", "GET", "absent", of=HELPED, role="CO CW PR", open="SH DS", reason="CA"),
    rule("search", "GET", "method"),
    rule("search", "POST", "open"),
    rule("home", "GET", "open"),
    rule("work_list", "GET", "role", open=WORKING),
    rule("case_list", "GET", "role", open=f"{WORKING} {COMMUNITY}"),
    *(
        rule(page, method, "role", open="CW CW.street CW.district SH SH.street SH.district DS"
             " DS.district CA")
        for page, method in (("export_list", "GET"), ("case_export", "GET"),
                             ("case_export", "POST"))
    ),
    rule("standard_list", "GET", "role", open="CW CW.street CW.district SH SH.street SH.district DS"
         " DS.district CA"),
    rule("standard_effect", "GET", "role", absent="CW CW.street CW.district SH SH.street"
         " SH.district DS DS.district CA"),
    rule("standard_recalculate", "GET", "method"),
    rule("standard_recalculate", "POST", "role", absent="CA"),
    rule("duplicate_list", "GET", "role", open="CA"),
    rule("duplicate_find", "GET", "method"),
    rule("duplicate_find", "POST", "role", open="CA"),
    rule("duplicate_decide", "GET", "method"),
    rule("duplicate_decide", "POST", "role", absent="CA"),
    rule("export_decide", "GET", "method"),
    rule("export_decide", "POST", "role", absent="CW CW.street CW.district SH SH.street SH.district"
         " DS DS.district CA"),
    rule("export_take", "GET", "method"),
    rule("export_take", "POST", "role", absent="CW CW.street CW.district SH SH.street SH.district"
         " DS DS.district CA"),
    rule("order_list", "GET", "role", open=WORKING),
    rule("document_list", "GET", "role", open=WORKING),
    rule("sample_list", "GET", "role", open="LE CA AU"),
    rule("sample_list", "POST", "role", open="LE"),
    rule("order_batch", "GET", "role", open="DS DS.district CA"),
    rule("order_batch", "POST", "role", open="DS DS.district CA"),
    rule("fieldwork", "GET", "role", open="EV EV.other LE"),
    rule("fieldwork", "POST", "role", open="LE"),
    rule("agreement", "GET", "role", open="LE CA AU"),
    rule("scheme_list", "GET", "role", open="EV EV.other LE DS DS.district CA AU"),
    rule("scheme_list", "POST", "role", open="LE CA"),
    rule("scheme_page", "GET", "role", open="EV EV.other LE DS DS.district CA AU"),
    rule("scheme_draft", "GET", "role", absent="EV EV.other LE DS DS.district CA AU"),
    rule("scheme_draft", "POST", "role", absent="EV EV.other LE DS DS.district CA AU"),
    rule("scheme_act", "GET", "method"),
    rule("scheme_act", "POST", "role", absent="LE CA"),
    rule("evaluation_list", "GET", "role", open="LE CA AU"),
    rule("evaluation_page", "GET", "role", open="LE CA AU"),
    rule("evaluation_pdf", "GET", "role", open="LE CA AU"),
    rule("bulletin_list", "GET", "role", open="DS DS.district CA AU"),
    rule("bulletin_list", "POST", "role", open="CA"),
    # A draft is the city's own affair; the districts read what was issued.
    rule("bulletin_page", "GET", "role", open="CA AU", absent="DS DS.district"),
    rule("bulletin_cell", "GET", "role", open="CA AU", absent="DS DS.district"),
    rule("bulletin_act", "GET", "method"),
    rule("bulletin_act", "POST", "role", open="CA", absent="DS DS.district"),
    rule("unit_list", "GET", "role", open=SCORES),
    rule("unit_page", "GET", "role", absent=SCORES),
    rule("sample_protocol", "GET", "role", absent="LE CA AU"),
    rule("week_list", "GET", "role", open=READING_WEEKS),
    rule("week_page", "GET", "role", open=READING_WEEKS),
    # The file of the whole city's numbers is a paper for the districts and above.
    rule("week_xlsx", "GET", "role", open="DS DS.district CA AU",
         absent="CW CW.street CW.district SH SH.street SH.district"),
    rule("week_cell", "GET", "role", open=READING_WEEKS),
    rule("import_page", "GET", "role", open="CW CW.street CW.district SH SH.street SH.district"
         " DS DS.district"),
    rule("import_template", "GET", "role", open="CW CW.street CW.district SH SH.street SH.district"
         " DS DS.district"),
    *(
        rule("import_headings", method, "role", open="CW CW.street CW.district SH SH.street"
             " SH.district DS DS.district")
        for method in ("GET", "POST")
    ),
    rule("import_batch", "GET", "role", absent="CW CW.street CW.district SH SH.street SH.district"
         " DS DS.district"),
    rule("import_order", "GET", "method"),
    rule("import_order", "POST", "role", absent="CW CW.street CW.district SH SH.street SH.district"
         " DS DS.district"),
    rule("import_errors", "GET", "role", absent="CW CW.street CW.district SH SH.street SH.district"
         " DS DS.district"),
    rule("import_page", "POST", "role", open="CW CW.street CW.district SH SH.street SH.district"
         " DS DS.district"),
    rule("refer", "GET", "role", open=f"{COMMUNITY} CW CW.street CW.district SH SH.street"
         " SH.district DS DS.district CA PR PR.other"),
    rule("refer", "POST", "role", open=f"{COMMUNITY} CW CW.street CW.district SH SH.street"
         " SH.district DS DS.district CA PR PR.other"),
    rule("case_page", "GET", "absent", of=HELPED, open=f"CO {FILE} PR", reason="CA"),
    rule("case_page", "GET", "absent", of=JUDGED, open=f"CO {FILE} LE", reason="CA"),
    rule("case_reason", "GET", "absent", of=HELPED, role=f"CO {FILE} PR", open="CA"),
    rule("case_reason", "POST", "absent", of=HELPED, role=f"CO {FILE} PR", open="CA"),
    rule("case_file", "GET", "absent", of=HELPED, role="CO PR", open=FILE, reason="CA"),
    # A provider prints the plan and the slips of its own items.
    rule("case_paper", "GET", "absent", of=HELPED, role="CO", open=f"{FILE} PR", reason="CA"),
    rule("case_paper", "GET", "absent", of=JUDGED, role="CO", open=f"{FILE} LE", reason="CA"),
    rule("case_file_pdf", "GET", "absent", of=HELPED, role="CO PR", open=FILE, reason="CA"),
    rule("case_file_pdf", "POST", "absent", of=HELPED, role="CO PR", open=FILE, reason="CA"),
    rule("case_photo", "GET", "absent", of=HELPED, reason="CA"),
    rule("case_reveal", "GET", "absent", of=HELPED, role="CO PR", open=f"{FILE} CA"),
    rule("case_reveal", "POST", "absent", of=HELPED, role="CO PR", open=f"{FILE} CA"),
    rule("score_sheet", "GET", "absent", of=HELPED, role=f"CO {FILE} PR", reason="CA"),
    rule("score_sheet", "POST", "absent", of=HELPED, role=f"CO {FILE} PR", reason="CA"),
    rule("order_page", "GET", "absent", of=JUDGED, open=f"{FILE} CA PR LE"),
    rule("document", "GET", "absent", of=JUDGED, open=f"{FILE} CA PR LE"),
    rule("work_claim", "GET", "method", of=HELPED),
    rule("work_claim", "POST", "absent", of=HELPED, open="CW"),
    rule("work_release", "GET", "method", of=HELPED),
    rule("work_release", "POST", "absent", of=HELPED, open="CW", role="SH"),
    rule("work_assign", "GET", "absent", of=HELPED, open="SH", role="CW"),
    rule("work_assign", "POST", "absent", of=HELPED, open="SH", role="CW"),
    rule("letter_read", "GET", "method", of=JUDGED),
    rule("letter_read", "POST", "absent", of=JUDGED, open="SH"),
)  # fmt: skip

# Acts of the case by the groups of the brief; a role in scope that is not named gets `role`.
ACTS: Final[dict[str, str]] = {
    # accept, decline, verify (enter), plan, suspend, close help: own street
    **dict.fromkeys(
        "accept_referral decline_referral merge_referral make_plan amend_plan finish_item"
        " finish_help suspend resume end_line notify_refusal record_death record_consent"
        " withdraw_consent notify_kin".split(),
        STREET,
    ),
    # the register kept right
    **dict.fromkeys(
        "correct_household correct_member add_member remove_member split_household"
        " merge_household".split(),
        STREET,
    ),
    "take_back_referral": f"{STREET} DS",
    "add_photos": f"PR {STREET} DS",
    # a supervisor sends back; an ended file is put right by the street and the district
    "return_step": "SH DS",
    "propose_correction": STREET,
    "decide_correction": "DS",
    # petitions are taken in by the street, answered by its head or the district
    "file_petition": f"{STREET} DS",
    "inform_petitioner": f"{STREET} DS",
    "answer_petition": "SH DS",
    **dict.fromkeys("extend_petition extend_appeal".split(), "DS"),
    # rights over the own data: the street takes them in, its head or the district answers
    "record_request": f"{STREET} DS",
    "answer_request": "SH DS",
    # the city keeps and forgets
    **dict.fromkeys("set_legal_hold lift_legal_hold forget_household".split(), "CA"),
    # the district verifies where the street is recused
    **dict.fromkeys(
        "arrange_verification record_attempt record_verification".split(), f"{STREET} DS"
    ),
    # confirm, approve, terminate, publish: head of the street or the district, never own entry
    **dict.fromkeys(
        "confirm_verification approve_plan approve_amendment terminate post_publicity"
        " remove_publicity hold_appraisal resolve_objection".split(),
        "SH DS",
    ),
    # transfer: the streets
    **dict.fromkeys("offer_transfer accept_transfer decline_transfer".split(), STREET),
    # record a service: the street and the provider's own items
    **dict.fromkeys("start_help record_services".split(), f"{STREET} PR"),
    # appeals are taken in by the street or the district, decided by the district
    "file_appeal": FILE,
    "decide_appeal": "DS",
    # anybody in scope may object
    "raise_objection": f"CO {FILE} CA PR EV LE",
    **dict.fromkeys("assign_evaluator assign_second settle_scores assign_revisit".split(), "LE"),
    "submit_second": "EV",
    **dict.fromkeys("submit_scores rescore record_revisit record_revisit_attempt".split(), "EV LE"),
    **dict.fromkeys(
        "confirm_result close_self_checked close_rectified issue_order".split(), "DS CA"
    ),
}
ORDER_ACTS: Final[dict[str, str]] = {
    # the district may enter a receipt on paper
    "confirm_receipt": f"{STREET} DS PR",
    # the district answers after it has taken over
    "report_items": f"{STREET} DS PR",
    "recheck": "EV LE",
    # confirmed by the district; the published flow lets the city do it where it issued the order
    "strike_off": "DS CA",
    "issue_second_notice": "DS CA",
    "take_over": "DS",
    "extend": "DS",
}
# The interface, asked with a token of the actor's account; a browser's session opens nothing of it.
API_RULES: Final = (
    rule("api_acts", "GET", "open", unproved="ANON"),
    rule("api_cases", "GET", "open", unproved="ANON"),
    rule("api_case", "GET", "absent", of=HELPED, open=f"CO {FILE} PR", role="CA", unproved="ANON"),
    rule("api_case", "GET", "absent", of=JUDGED, open=f"CO {FILE} LE", role="CA", unproved="ANON"),
    # Without a key of its own a submission is incomplete, and never looked at.
    rule("api_case_act", "POST", "absent", of=HELPED, open=f"CO {FILE} PR", role="CA",
         unproved="ANON"),
    rule("api_orders", "GET", "open", unproved="ANON"),
    rule("api_order", "GET", "absent", of=JUDGED, open=f"{FILE} CA PR LE", unproved="ANON"),
    rule("api_order_act", "POST", "absent", of=JUDGED, open=f"{FILE} CA PR LE", unproved="ANON"),
    rule("api_referrals", "POST", "role", open=f"{COMMUNITY} CW CW.street CW.district SH SH.street"
         " SH.district DS DS.district CA PR PR.other", unproved="ANON"),
    rule("api_work", "GET", "open", unproved="ANON"),
    rule("api_documents", "GET", "open", unproved="ANON"),
    rule("api_document_file", "GET", "absent", of=JUDGED, open=f"{FILE} CA PR LE", unproved="ANON"),
    rule("api_week", "GET", "role", open="DS DS.district CA AU", unproved="ANON"),
    rule("api_changes", "GET", "open", unproved="ANON"),
    rule("api_webhooks", "GET", "open", unproved="ANON"),
    rule("api_webhooks", "POST", "open", unproved="ANON"),
    rule("api_webhook", "DELETE", "absent", unproved="ANON"),
    rule("api_webhook_replay", "POST", "absent", unproved="ANON"),
)  # fmt: skip

# Acts that no screen of their own performs: entered elsewhere, or done by the system alone.
NO_SCREEN: Final = frozenset(
    "refer enter_sample leave_to_self_check deem_received mark_overdue escalate".split()
)
# Who has any role towards each subject; the rest get `absent`.
IN_SCOPE: Final = {HELPED: f"CO {FILE} CA PR", JUDGED: f"CO {FILE} CA LE"}
ORDER_SCOPE: Final = f"{FILE} CA PR LE"

# The administration: per model who may look; nobody deletes, and who is not named is refused.
ADMIN: Final[dict[str, str]] = {
    "staff_user": "SEC",
    "staff_membership": "SEC AU",
    **dict.fromkeys(
        "directory_division directory_organisation directory_serviceitem directory_calendaryear"
        " directory_calendarday directory_limit directory_parameter directory_plantemplate"
        " households_standardline households_classifiedrule households_importbatch".split(),
        "CA AU SYS",
    ),
    "documents_document": "",
    "documents_numberseries": "",
    "cases_helpcase": "",
    "cases_caseseries": "",
    **dict.fromkeys(
        "auth_group viewflow_process viewflow_task django_celery_beat_periodictask"
        " django_celery_beat_clockedschedule django_celery_beat_crontabschedule"
        " django_celery_beat_solarschedule django_celery_beat_intervalschedule".split(),
        "",
    ),
}
# Pages of the administration that show nothing of a subject.
ADMIN_PAGES: Final = frozenset(
    "index login logout password_change password_change_done autocomplete jsi18n view_on_site"
    " app_list auth_user_password_change".split()
)
