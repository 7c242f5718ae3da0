# SPDX-License-Identifier: EUPL-1.2
"""What GeoReport v2 and its extensions say of their JSON, as JSON Schema.

Codes are strings, truths are booleans, degrees numbers; each list is bare, without the wrapper that XML has.
"""

import re
from typing import Any, Final

import httpx
from jsonschema import Draft202012Validator

INSTANT: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
_TEXT: Final = {"type": "string"}
_OPTIONAL: Final = {"type": ["string", "null"]}
SERVICE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "service_code": {"type": "string", "minLength": 1},
        "service_name": {"type": "string", "minLength": 1},
        "description": _TEXT,
        "metadata": {"type": "boolean"},
        "type": {"enum": ["realtime", "batch", "blackbox"]},
        "keywords": _TEXT,
        "group": _TEXT,
    },
    "required": ["service_code", "service_name", "description", "metadata", "type"],
    "additionalProperties": False,
}
_LISTS: Final = {"properties": {"datatype": {"enum": ["singlevaluelist", "multivaluelist"]}}}
SERVICE_DEFINITION: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "service_code": _TEXT,
        "attributes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "variable": {"type": "boolean"},
                    "code": _TEXT,
                    "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
                    "required": {"type": "boolean"},
                    "datatype_description": _OPTIONAL,
                    "order": {"type": "integer", "minimum": 1},
                    "description": _TEXT,
                    "values": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "properties": {"key": _TEXT, "name": _TEXT},
                            "required": ["key", "name"],
                        },
                    },
                },
                "required": [
                    "variable",
                    "code",
                    "datatype",
                    "required",
                    "datatype_description",
                    "order",
                    "description",
                ],
                "if": _LISTS,
                "then": {"required": ["values"]},
                "else": {"properties": {"values": False}},
            },
        },
    },
    "required": ["service_code", "attributes"],
    "additionalProperties": False,
}
REQUEST: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "service_request_id": {"type": "string", "minLength": 1},
        "status": {"enum": ["open", "closed"]},
        "service_name": _TEXT,
        "service_code": _TEXT,
        "requested_datetime": INSTANT,
        "updated_datetime": INSTANT,
        "expected_datetime": {"anyOf": [INSTANT, {"type": "null"}]},
        "lat": {"type": ["number", "null"]},
        "long": {"type": ["number", "null"]},
        **dict.fromkeys(
            (
                "status_notes", "description", "agency_responsible", "service_notice", "address", "address_id",
                "zipcode", "media_url",
            ),
            _OPTIONAL,
        ),
    },
    "required": [
        "service_request_id", "status", "service_name", "service_code", "requested_datetime", "updated_datetime",
        "address", "address_id", "zipcode", "lat", "long", "media_url",
    ],
    "additionalProperties": False,
}  # fmt: skip


def _list(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required or properties),
        "additionalProperties": False,
    }


_NAMED: Final = {"type": "string", "minLength": 1}
_ADDRESS: Final = {"type": "string", "pattern": "^https?://"}
_FILED: Final = {"service_notice": _OPTIONAL, "account_id": _OPTIONAL}
SERVICES: Final = _list(SERVICE)
REQUESTS: Final = _list(REQUEST)
ONE_REQUEST: Final = _list(REQUEST, minItems=1, maxItems=1)
# Either an id at once, or a token to ask for it.
POSTED: Final = _list(
    {
        "oneOf": [
            _object("service_request_id", service_request_id=_NAMED, **_FILED),
            _object("token", token=_NAMED, **_FILED),
        ]
    },
    minItems=1,
    maxItems=1,
)
TOKENS: Final = _list(_object(service_request_id=_OPTIONAL, token=_NAMED), minItems=1, maxItems=1)
ERRORS: Final = _list(_object(code={"type": "integer", "minimum": 400, "maximum": 599}, description=_NAMED), minItems=1)
_FORMATS: Final = _list({"enum": ["text/xml", "application/json"]}, minItems=1, uniqueItems=True)
_ENDPOINT: Final = _object(
    specification={"const": "http://wiki.open311.org/GeoReport_v2"},
    # Clients put the names of resources behind it as they are.
    url={"type": "string", "pattern": "^https?://.+/$"},
    changeset=INSTANT,
    type={"enum": ["production", "test"]},
    formats=_FORMATS,
)
DISCOVERY: Final = _object(
    changeset=INSTANT, contact=_NAMED, key_service=_NAMED, endpoints=_list(_ENDPOINT, minItems=1)
)
# In the words of mySociety's extension.
_STATUSES: Final = [
    "open", "closed", "fixed", "in_progress", "planned", "action_scheduled", "investigating", "duplicate",
    "not_councils_responsibility", "no_further_action", "internal_referral", "cancelled", "reopen", "for_triage",
    "unchanged",
]  # fmt: skip
UPDATES: Final = _list(
    _object(
        update_id=_NAMED,
        service_request_id=_NAMED,
        status={"enum": _STATUSES},
        external_status_code=_TEXT,
        updated_datetime=INSTANT,
        description=_OPTIONAL,
        media_url=_OPTIONAL,
    )
)
WRITTEN: Final = _list(_object(update_id=_NAMED), minItems=1, maxItems=1)
_PHOTO: Final = _object(
    media_url=_ADDRESS, title=_OPTIONAL, width={"type": "integer"}, height={"type": "integer"}, created_at=INSTANT
)
_EXTENSIONS: Final = {
    "notes": _list(_object(datetime=INSTANT, description=_TEXT, type=_NAMED)),
    "attributes": _list(_object(code=_NAMED, label=_NAMED, name=_NAMED, value=_TEXT)),
    "extended_attributes": _object(photos=_list(_PHOTO)),
}
EXTENDED_REQUESTS: Final = _list(
    REQUEST | {"properties": REQUEST["properties"] | _EXTENSIONS, "required": [*REQUEST["required"], *_EXTENSIONS]}
)
_BY_PATH: Final = {
    "GET discovery": DISCOVERY,
    "GET services": SERVICES,
    "GET services/.+": SERVICE_DEFINITION,
    "GET requests": REQUESTS,
    "GET requests/.+": ONE_REQUEST,
    "GET tokens/.+": TOKENS,
    "GET servicerequestupdates": UPDATES,
    "POST requests": POSTED,
    "POST servicerequestupdates": WRITTEN,
}


def check(answer: httpx.Response) -> None:
    """See that an answer in JSON is one that the specification knows."""
    asked = answer.request
    path = asked.url.path.partition("/open311/v2/")[2].removesuffix(".json")
    schema = next(s for pattern, s in _BY_PATH.items() if re.fullmatch(pattern, f"{asked.method} {path}"))
    if not answer.is_success:
        schema = ERRORS
        assert {error["code"] for error in answer.json()} == {answer.status_code}
    elif asked.url.params.get("extensions") == "true":
        schema = EXTENDED_REQUESTS
    assert [error.message for error in Draft202012Validator(schema).iter_errors(answer.json())] == []
