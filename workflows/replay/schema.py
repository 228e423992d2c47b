"""The shape of a scenario file, as a JSON Schema an editor can use."""

from typing import Any

Schema = dict[str, Any]

REF: Schema = {"type": "string", "pattern": r"^[a-z][a-z0-9_-]*$", "examples": ["wang-lan"]}
CODE: Schema = {"type": ["string", "integer"]}
DAY: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}$",
    "examples": ["2018-03-05"],
}
MOMENT: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?$",
    "examples": ["2018-03-05 09:00"],
}
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": ["integer", "number", "string"]}
REFUSALS = ("not_lawful", "not_yours", "not_found", "incomplete", "blocked", "key_reused")
ROLES = ("CO", "CW", "SH", "DS", "CA", "PR", "EV", "LE", "AU", "SEC", "SYS")
PURPOSES = ("SHARE_PROVIDER", "PHOTO", "PUBLICITY", "ECON_CHECK", "SERVICE", "GUARDIAN")
STAGES = ("PRE", "PRI", "JUN", "SEN", "VOC", "COL", "UNI", "SPE", "OUT")


def closed(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """A mapping that allows these keys and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def list_of(item: Schema, at_least: int = 0) -> Schema:
    """A list of one kind of thing."""
    return {"type": "array", "items": item, "minItems": at_least}


def map_of(value: Schema) -> Schema:
    """A mapping with free keys."""
    return {"type": "object", "additionalProperties": value}


CONSENT = closed(
    ("purpose", "given_on"),
    purpose={"enum": list(PURPOSES)},
    given_on=DAY,
    recipient=REF,
    basis={"enum": ["CONSENT", "STATUTORY_DUTY"]},
    by_guardian=FLAG,
)

PERSON = closed(
    ("ref", "name", "id_no"),
    ref=REF,
    name=TEXT,
    id_no=CODE,
    relation=CODE,
    phone=CODE,
    guardian=REF,
    disability=closed(
        ("types", "grade"),
        types=list_of(CODE, 1),
        grade={"type": "integer", "minimum": 1, "maximum": 4},
        certificate=CODE,
    ),
    health=CODE,
    chronic_diseases=list_of(TEXT),
    ability_level={"type": "integer", "minimum": 0, "maximum": 4},
    self_care={"enum": ["FULL", "PARTIAL", "LOST"]},
    marital=CODE,
    hukou_type=TEXT,
    education=CODE,
    employment=CODE,
    work_capacity={"enum": ["FULL", "PARTIAL", "NONE"]},
    in_school={"enum": list(STAGES)},
    school=TEXT,
    grade=TEXT,
    is_dependent=FLAG,
    consents=list_of(CONSENT),
)

HOUSEHOLD = closed(
    ("ref", "street", "address", "members"),
    ref=REF,
    street=CODE,
    registered=CODE,
    address=TEXT,
    category=TEXT,
    relief=TEXT,
    relief_certificate=TEXT,
    housing=TEXT,
    near_relative_of_staff=FLAG,
    near_relative_note=TEXT,
    members=list_of(REF, 1),
    head=REF,
)

STAFF = closed(
    ("ref", "name", "roles"),
    ref=REF,
    name=TEXT,
    roles=list_of(
        closed(("role",), role={"enum": list(ROLES)}, unit=CODE, valid_from=DAY, valid_to=DAY), 1
    ),
)

ORGANISATION = closed(
    ("ref", "name", "credit_code", "kind"),
    ref=REF,
    name=TEXT,
    credit_code=TEXT,
    kind={"enum": ["PROVIDER", "EVALUATOR", "AUTHORITY", "FOUNDATION", "COMPANY"]},
    provider_type=TEXT,
)

BACKGROUND = closed(
    ("street", "count", "referred_on", "done_on"),
    street=CODE,
    count={"type": "integer", "minimum": 1, "maximum": 200},
    line={"enum": ["DISABLED", "ELDERLY", "STUDENT"]},
    provider=REF,
    referred_on=DAY,
    done_on=DAY,
)

TARGET = closed(
    ("district", "year", "amount"),
    district=CODE,
    year={"type": "integer"},
    amount={"type": "integer", "minimum": 0},
)

# Rows that pick out what they speak of must also say something about it.
SHAPES: dict[str, Schema] = {
    "figures": list_of(
        closed(
            ("figure", "is"),
            figure=TEXT,
            district=CODE,
            line=TEXT,
            year={"type": "integer"},
            week=TEXT,
            **{"is": NUMBER},
        ),
        1,
    ),
    "documents": list_of(
        closed(
            ("kind", "count"),
            kind=TEXT,
            case=REF,
            order=REF,
            number=TEXT,
            count={"type": "integer"},
            state=TEXT,
            has_pdf=FLAG,
        ),
        1,
    ),
    "weeks": map_of({"type": "object"}),
    "sealed_unchanged": list_of(TEXT, 1),
    "ledger_months": map_of(list_of({"type": "object"})),
    "can_see": map_of(FLAG),
}

REFUSED: Schema = {
    "examples": [*REFUSALS, "{kind: incomplete, contains: 同意}"],
    "oneOf": [
        {"enum": list(REFUSALS)},
        closed(("kind",), kind={"enum": list(REFUSALS)}, contains=TEXT, finding=TEXT),
    ],
}

EXPECT: Schema = {"type": "object"}

STEP = closed(
    ("at", "act"),
    at=MOMENT,
    act=TEXT,
    by=TEXT,
    case=REF,
    order=REF,
    household=REF,
    elder=REF,
    key=TEXT,
    facts={"type": "object"},
    refused=REFUSED,
    expect=EXPECT,
    note=TEXT,
)

SCENARIO: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Scenario",
    **closed(
        ("id", "title", "people", "households", "steps"),
        id={"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_-]*$"},
        title=TEXT,
        description=TEXT,
        people=list_of(PERSON),
        households=list_of(HOUSEHOLD),
        staff=list_of(STAFF),
        organisations=list_of(ORGANISATION),
        background=list_of(BACKGROUND),
        targets=list_of(TARGET),
        steps=list_of(STEP, 1),
        until=MOMENT,
        expect=EXPECT,
    ),
}
