# SPDX-License-Identifier: EUPL-1.2
"""The identity service as operators reach it: its internal port, with a token of the client ``parvis-operator``."""

import argparse
import os
from typing import Any, Final, Self

import httpx

from parvis_cli.errors import CommandError

_CLIENT: Final = "parvis-operator"
_SECRET: Final = "PARVIS_OPERATOR_SECRET"  # noqa: S105 - the name of a variable
_TIMEOUT: Final = 20.0


def add_identity(parser: argparse.ArgumentParser) -> None:
    """The options of every command that speaks to identity."""
    parser.add_argument(
        "--identity",
        default=os.environ.get("PARVIS_IDENTITY_INTERNAL_URL", "http://localhost:8100"),
        help="internal address of identity (PARVIS_IDENTITY_INTERNAL_URL); its secret is in PARVIS_OPERATOR_SECRET",
    )


class Identity:
    """A connection; the secret comes from the environment, for a command line is seen by everybody on the machine."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        try:
            self._authorize()
        except CommandError:
            self._http.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer; raises CommandError with what the service says is wrong."""
        return self._call("PUT", path, json=body)

    def _authorize(self) -> None:
        secret = os.environ.get(_SECRET, "")
        if not secret:
            raise CommandError(f"set {_SECRET} to what `parvis-identity operator` wrote")
        form = {"grant_type": "client_credentials"}
        given = self._call("POST", "/oauth2/token", data=form, auth=(_CLIENT, secret))
        self._http.headers["Authorization"] = f"Bearer {given['access_token']}"

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return call(self._http, method, path, **options)


def call(http: httpx.Client, method: str, path: str, **options: Any) -> dict[str, Any]:
    """What is answered; raises CommandError with what the other side says is wrong."""
    try:
        answer = http.request(method, path, **options)
        body: dict[str, Any] = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise CommandError(f"nobody answers at {http.base_url}: {type(error).__name__}") from error
    if answer.is_success:
        return body
    wrong = "; ".join(f"{error['pointer']}: {error['detail']}" for error in body.get("errors", []))
    said = body.get("detail") or body.get("error_description") or body.get("title") or ""
    code = body.get("code") or body.get("error") or body.get("scimType") or "refused"
    raise CommandError(f"{answer.status_code} {code}: {wrong or said}")
