"""In which states and holds each act on a case is lawful, whoever asks."""

from casework.cases.states import (
    BEFORE_HELP_ENDS,
    ENDED_STATES,
    OPEN_STATES,
    SETTLED_STATES,
    CaseState,
    Hold,
)

_S = CaseState

PRIVACY_ACTS = frozenset(
    {"record_request", "answer_request", "set_legal_hold", "lift_legal_hold", "forget_household"}
)

PETITION_ACTS = frozenset(
    {"file_petition", "inform_petitioner", "extend_petition", "answer_petition"}
)
CORRECTION_ACTS = frozenset({"propose_correction", "decide_correction"})

REGISTRY_ACTS = frozenset(
    "correct_household correct_member add_member remove_member split_household"
    " merge_household".split()
)

LAWFUL_STATES: dict[str, frozenset[CaseState]] = {
    "accept_referral": frozenset({_S.REFERRED}),
    "decline_referral": frozenset({_S.REFERRED}),
    "merge_referral": frozenset({_S.REFERRED}),
    "take_back_referral": frozenset({_S.REFERRED}),
    "arrange_verification": frozenset({_S.ACCEPTED, _S.VERIFYING}),
    "record_attempt": frozenset({_S.VERIFYING}),
    "record_verification": frozenset({_S.VERIFYING}),
    "confirm_verification": frozenset({_S.VERIFYING}),
    "notify_refusal": frozenset({_S.REJECTED}),
    "file_appeal": frozenset({_S.REJECTED}),
    "decide_appeal": frozenset({_S.REJECTED}),
    "extend_appeal": frozenset({_S.REJECTED}),
    "post_publicity": frozenset({_S.VERIFIED}),
    "raise_objection": frozenset({_S.PUBLICISED}),
    "hold_appraisal": frozenset({_S.PUBLICISED}),
    "resolve_objection": frozenset({_S.PUBLICISED}),
    "remove_publicity": OPEN_STATES - {_S.REFERRED, _S.ACCEPTED},
    "make_plan": frozenset({_S.VERIFIED, _S.PUBLICISED}),
    "approve_plan": frozenset({_S.VERIFIED, _S.PUBLICISED}),
    "amend_plan": frozenset({_S.IN_HELP}),
    "approve_amendment": frozenset({_S.IN_HELP}),
    "start_help": frozenset({_S.PLANNED}),
    "record_services": frozenset({_S.IN_HELP}),
    "add_photos": frozenset({_S.VERIFYING, _S.IN_HELP}),
    "finish_item": frozenset({_S.IN_HELP}),
    "end_line": frozenset({_S.IN_HELP}),
    "finish_help": frozenset({_S.IN_HELP}),
    "enter_sample": frozenset({_S.HELP_DONE}),
    "leave_to_self_check": frozenset({_S.HELP_DONE}),
    "close_self_checked": frozenset({_S.SELF_CHECKED}),
    "close_evaluated": frozenset({_S.EVALUATING}),
    "begin_rectification": frozenset({_S.EVALUATING}),
    "report_rectification": frozenset({_S.RECTIFYING}),
    "return_to_rectification": frozenset({_S.RECHECKING}),
    "close_rectified": frozenset({_S.RECHECKING}),
    "suspend": BEFORE_HELP_ENDS - {_S.REFERRED},
    "resume": BEFORE_HELP_ENDS - {_S.REFERRED},
    "terminate": OPEN_STATES,
    "notify_kin": frozenset({_S.TERMINATED}),
    "record_death": OPEN_STATES,
    "record_consent": OPEN_STATES,
    "withdraw_consent": OPEN_STATES,
    **dict.fromkeys(sorted(REGISTRY_ACTS), OPEN_STATES),
    "return_step": frozenset({_S.VERIFYING, _S.VERIFIED, _S.PLANNED, _S.HELP_DONE}),
    **dict.fromkeys(sorted(CORRECTION_ACTS), SETTLED_STATES),
    **dict.fromkeys(sorted(PETITION_ACTS), frozenset(_S)),
    "record_request": frozenset(_S),
    "answer_request": frozenset(_S),
    "set_legal_hold": frozenset(_S),
    "lift_legal_hold": frozenset(_S),
    "forget_household": ENDED_STATES,
    "offer_transfer": BEFORE_HELP_ENDS,
    "accept_transfer": BEFORE_HELP_ENDS,
    "decline_transfer": BEFORE_HELP_ENDS,
}

_ANY_HOLD = frozenset(Hold)
_NO_HOLD = frozenset({Hold.NONE})

LAWFUL_HOLDS: dict[str, frozenset[Hold]] = {
    "resume": frozenset({Hold.SUSPENDED}),
    "accept_transfer": frozenset({Hold.TRANSFERRING}),
    "decline_transfer": frozenset({Hold.TRANSFERRING}),
    # A life event, the public's rights and a late entry of past work do not wait for a hold.
    "terminate": _ANY_HOLD,
    "record_death": _ANY_HOLD,
    "record_consent": _ANY_HOLD,
    "withdraw_consent": _ANY_HOLD,
    "notify_kin": _ANY_HOLD,
    **dict.fromkeys(REGISTRY_ACTS, _ANY_HOLD),
    # Whoever petitions is answered, whatever becomes of the case.
    **dict.fromkeys(PETITION_ACTS, _ANY_HOLD),
    # Rights over the own data hold in every state, the death of the person included.
    **dict.fromkeys(PRIVACY_ACTS, _ANY_HOLD),
    "raise_objection": _ANY_HOLD,
    "remove_publicity": _ANY_HOLD,
    "record_services": _ANY_HOLD,
}

RECEIVING_SIDE_ACTS = frozenset({"accept_transfer", "decline_transfer"})
LOCKED_ACTS = frozenset({"notify_kin"}) | PRIVACY_ACTS | PETITION_ACTS | CORRECTION_ACTS


def is_lawful(act: str, *, state: str, hold: str, locked: bool) -> bool:
    """The act is known and fits the state, the hold and the lock."""
    if locked and act not in LOCKED_ACTS:
        return False
    return state in LAWFUL_STATES[act] and hold in LAWFUL_HOLDS.get(act, _NO_HOLD)
