# SPDX-License-Identifier: EUPL-1.2
"""The agents of a town through SCIM 2.0 (RFC 7644), as a system of the town."""

from collections.abc import Iterator
from typing import Any, Final

import httpx

from parvis_cli.system import System

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
_PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_USERS: Final = "/scim/v2/Users"
_PAGE: Final = 100


class Scim:
    """A connection; who calls is a client of the town with the scope ``identity.scim.write``."""

    def __init__(self, http: httpx.Client) -> None:
        self._system = System(http, "identity.scim.write")

    def users(self) -> Iterator[dict[str, Any]]:
        """All who are not gone."""
        start = 1
        while True:
            page = self._system.call("GET", _USERS, params={"startIndex": start, "count": _PAGE})
            yield from page["Resources"]
            start += len(page["Resources"])
            if not page["Resources"] or start > page["totalResults"]:
                return

    def make(self, resource: dict[str, Any]) -> None:
        """One more."""
        self._system.call("POST", _USERS, json=resource)

    def replace(self, known: dict[str, Any], resource: dict[str, Any]) -> None:
        """As the directory says now, where nobody changed them meanwhile."""
        headers = {"If-Match": known["meta"]["version"]}
        self._system.call("PUT", f"{_USERS}/{known['id']}", json=resource, headers=headers)

    def suspend(self, known: dict[str, Any]) -> None:
        """No session and no token any more."""
        operations = [{"op": "replace", "path": "active", "value": False}]
        self._system.call("PATCH", f"{_USERS}/{known['id']}", json={"schemas": [_PATCH], "Operations": operations})
