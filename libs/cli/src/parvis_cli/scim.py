# SPDX-License-Identifier: EUPL-1.2
"""The agents of a town through SCIM 2.0 (RFC 7644), as a system of the town."""

import os
import time
from collections.abc import Iterator
from typing import Any, Final

import httpx

from parvis_cli.errors import CommandError
from parvis_cli.identity import call

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
_PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_USERS: Final = "/scim/v2/Users"
_PAGE: Final = 100
# Of the five minutes that an access token lives.
_TOKEN_SECONDS: Final = 240.0


class Scim:
    """A connection; who calls is a client of the town with the scope ``identity.scim.write``."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._renew_at = 0.0

    def users(self) -> Iterator[dict[str, Any]]:
        """All who are not gone."""
        start = 1
        while True:
            page = self._call("GET", _USERS, params={"startIndex": start, "count": _PAGE})
            yield from page["Resources"]
            start += len(page["Resources"])
            if not page["Resources"] or start > page["totalResults"]:
                return

    def make(self, resource: dict[str, Any]) -> None:
        """One more."""
        self._call("POST", _USERS, json=resource)

    def replace(self, known: dict[str, Any], resource: dict[str, Any]) -> None:
        """As the directory says now, where nobody changed them meanwhile."""
        headers = {"If-Match": known["meta"]["version"]}
        self._call("PUT", f"{_USERS}/{known['id']}", json=resource, headers=headers)

    def suspend(self, known: dict[str, Any]) -> None:
        """No session and no token any more."""
        operations = [{"op": "replace", "path": "active", "value": False}]
        self._call("PATCH", f"{_USERS}/{known['id']}", json={"schemas": [_PATCH], "Operations": operations})

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        if time.monotonic() >= self._renew_at:
            self._authorize()
        return call(self._http, method, path, **options)

    def _authorize(self) -> None:
        who, secret = os.environ.get("PARVIS_CLIENT_ID", ""), os.environ.get("PARVIS_CLIENT_SECRET", "")
        if not who or not secret:
            raise CommandError("set PARVIS_CLIENT_ID and PARVIS_CLIENT_SECRET to a client with identity.scim.write")
        form = {"grant_type": "client_credentials", "scope": "identity.scim.write"}
        given = call(self._http, "POST", "/oauth2/token", data=form, auth=(who, secret))
        self._http.headers["Authorization"] = f"Bearer {given['access_token']}"
        self._renew_at = time.monotonic() + _TOKEN_SECONDS
