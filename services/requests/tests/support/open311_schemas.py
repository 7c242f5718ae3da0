# SPDX-License-Identifier: EUPL-1.2
"""What GeoReport v2 says of its JSON, as JSON Schema: codes are strings, truths are booleans, degrees numbers."""

from typing import Any, Final

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
