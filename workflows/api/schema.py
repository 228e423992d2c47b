"""How the interface describes itself (OpenAPI 3): the problems and headers that all share."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from workflows.api.base import KEY_HEADER, LONGEST_KEY, REASON_HEADER
from workflows.api.problems import MEDIA_TYPE
from workflows.reading import ReadingReason

KEY = OpenApiParameter(
    KEY_HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="A key of your own for this submission; sent again it hears the first answer.",
)
REASON = OpenApiParameter(
    REASON_HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    enum=ReadingReason.values,
    description="Why a file is read, where the account holds the city's role.",
)
PAGED = [
    OpenApiParameter("after", OpenApiTypes.STR, description="From `next` of the page before."),
]
Direction = Literal["request", "response"]
_PROBLEMS = {
    "400": "The body is no JSON.",
    "401": "No valid token.",
    "403": "The token or the role does not cover this.",
    "404": "Nothing of this name within your reach.",
    "405": "This address knows other methods.",
    "406": "Only JSON is answered.",
    "409": "Not possible in the present state, or the key was used with other facts.",
    "413": "The body is too large.",
    "415": "Only JSON is read.",
    "422": "A field is missing or wrong; `fields` names each.",
    "429": "Too many requests of this token; see Retry-After.",
    "503": "The database is busy; send the same again.",
}


def text_query(name: str, choices: list[str] | None = None) -> OpenApiParameter:
    """A filter in the address."""
    return OpenApiParameter(name, OpenApiTypes.STR, enum=choices)


class BearerTokenScheme(OpenApiAuthenticationExtension):
    """How the description names the token."""

    target_class = "workflows.api.doors.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class Described(AutoSchema):
    """Every operation may answer with a problem."""

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        # Serializers read the settings that name this module.
        from workflows.api.shapes import Problem

        found: dict[str, Any] = super()._get_response_bodies(direction)
        named = self.resolve_serializer(Problem, "response").ref
        for status, words in _PROBLEMS.items():
            found.setdefault(
                status, {"description": words, "content": {MEDIA_TYPE: {"schema": named}}}
            )
        return found
