# SPDX-License-Identifier: EUPL-1.2
"""A deployment as a system of a town calls it: with a client's own access tokens."""

import os
import time
from typing import Any, Final

import httpx

from parvis_cli.errors import CommandError
from parvis_cli.identity import call

# Of the five minutes that an access token lives.
_TOKEN_SECONDS: Final = 240.0


class System:
    """A connection; who calls is named in PARVIS_CLIENT_ID and PARVIS_CLIENT_SECRET, and has that scope."""

    def __init__(self, http: httpx.Client, scope: str) -> None:
        self._http = http
        self._scope = scope
        self._renew_at = 0.0

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """What is answered; raises CommandError with what the other side says is wrong."""
        if time.monotonic() >= self._renew_at:
            self._authorize()
        return call(self._http, method, path, **options)

    def _authorize(self) -> None:
        who, secret = os.environ.get("PARVIS_CLIENT_ID", ""), os.environ.get("PARVIS_CLIENT_SECRET", "")
        if not who or not secret:
            raise CommandError(f"set PARVIS_CLIENT_ID and PARVIS_CLIENT_SECRET to a client with {self._scope}")
        form = {"grant_type": "client_credentials", "scope": self._scope}
        given = call(self._http, "POST", "/oauth2/token", data=form, auth=(who, secret))
        self._http.headers["Authorization"] = f"Bearer {given['access_token']}"
        self._renew_at = time.monotonic() + _TOKEN_SECONDS
