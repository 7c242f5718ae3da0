# SPDX-License-Identifier: EUPL-1.2
"""How Open311's operations are described: parameters that it names, answers in both formats."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Path, Query
from starlette.responses import Response

Format = Annotated[str, Path(description="`json` or `xml`.", json_schema_extra={"enum": ["json", "xml"]})]
Jurisdiction = Annotated[
    str | None,
    Query(description="Short name of the collectivity; may be left out where there is only one."),
]
Key = Annotated[
    str | None,
    Query(description="With the key of the client that filed a request, its text and address, too."),
]
_XML: Final[Mapping[str, Any]] = {"schema": {"type": "string"}}
_ERRORS: Final[Mapping[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"code": {"type": "integer"}, "description": {"type": "string"}},
        "required": ["code", "description"],
    },
}


def text(name: str, words: str) -> Any:
    """A query parameter that is read by Open311's own rules, so that what is wrong with it is told in its form."""
    return Query(alias=name, description=words)


def answers(schema: Mapping[str, Any], *errors: int) -> dict[str, Any]:
    """The answers of an operation: the schema of its JSON, and errors in Open311's form."""
    failed = {"description": "Error", "content": {"application/json": {"schema": _ERRORS}, "text/xml": _XML}}
    done = {"content": {"application/json": {"schema": schema}, "text/xml": _XML}}
    return {"response_class": Response, "responses": {200: done} | dict.fromkeys((*errors, 500, 503), failed)}


def objects(*required: str, **properties: Any) -> dict[str, Any]:
    """The JSON Schema of an array of objects."""
    return {"type": "array", "items": {"type": "object", "properties": properties, "required": list(required)}}


TEXT: Final[Mapping[str, Any]] = {"type": "string"}
TEXT_OR_NULL: Final[Mapping[str, Any]] = {"type": ["string", "null"]}
TRUTH: Final[Mapping[str, Any]] = {"type": "boolean"}
DEGREES: Final[Mapping[str, Any]] = {"type": ["number", "null"]}
