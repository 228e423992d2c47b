"""The description tells each act by itself, with the shape of its facts."""

import copy
from typing import Any, Final

from workflows.acts import ACTS
from workflows.api.facts import schema_of
from workflows.forms import FORMS

_PLACE: Final = "{act}"


def one_path_per_act(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Put one path for every act in the place of the one that takes its name."""
    paths: dict[str, Any] = {}
    for path, methods in result["paths"].items():
        if _PLACE not in path:
            paths[path] = methods
            continue
        subject = "order" if "/orders/" in path else "case"
        for spec in ACTS.values():
            if spec.subject == subject and spec.name in FORMS:
                paths[path.replace(_PLACE, spec.name)] = _of_act(methods, spec)
    result["paths"] = paths
    return result


def _of_act(methods: dict[str, Any], spec: Any) -> dict[str, Any]:
    found = copy.deepcopy(methods)
    told = found["post"]
    told["operationId"] = f"{spec.subject}_{spec.name}"
    told["summary"] = f"{spec.title} ({', '.join(sorted(spec.roles))})"
    told["parameters"] = [one for one in told["parameters"] if one["name"] != "act"]
    told["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": schema_of(spec)}},
    }
    return found
