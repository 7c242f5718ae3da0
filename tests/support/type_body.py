# SPDX-License-Identifier: EUPL-1.2
"""A request type as an administrator of another town would write it."""

from typing import Any

TYPE_DRAFT: dict[str, Any] = {
    "code": "scoped-type",
    "definition": {
        "group": "scoped",
        "group_name": {"fr": "Essai", "en": "Trial"},
        "name": {"fr": "Essai", "en": "Trial"},
        "form": {"schema": {"type": "object", "properties": {}, "additionalProperties": False}},
        "workflow": {
            "initial": "open",
            "states": [
                {"code": "open", "name": {"fr": "Ouverte", "en": "Open"}},
                {"code": "closed", "name": {"fr": "Close", "en": "Closed"}, "final": True},
            ],
            "transitions": [
                {
                    "code": "close",
                    "name": {"fr": "Clore", "en": "Close"},
                    "from": ["open"],
                    "to": "closed",
                    "roles": ["agent"],
                }
            ],
        },
    },
}
