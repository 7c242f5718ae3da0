# SPDX-License-Identifier: EUPL-1.2
"""Pushed authorization requests (RFC 9126): what a client asks for reaches us by itself, not through the browser."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from parvis_identity.db import pushed_requests
from parvis_identity.domain.authorization import AuthorizationRequest, Parameters, checked, destination
from parvis_identity.domain.client import Client
from parvis_identity.domain.errors import OAuthError, Refusal, RefusedError
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.service.continuation import open_json, packed, seal_json, unpacked
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database

LIFE: Final = timedelta(seconds=60)
_PREFIX: Final = "urn:ietf:params:oauth:request_uri:"


class PushRequest:
    """The use cases, with what they need."""

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self._key = master.sealing("pushed-request")

    async def push(self, client: Client, parameters: Parameters, key: str | None, now: datetime) -> str:
        """Check the request as the authorization endpoint would, keep it, and return its ``request_uri``.

        Args:
            client: who pushes, authenticated.
            parameters: the form.
            key: thumbprint of the key that the client proved to hold, to which the code is bound.
            now: the present time.
        """
        if parameters.get("request_uri"):
            raise OAuthError("invalid_request", "request_uri cannot be pushed")
        try:
            uri = destination(parameters, client)
        except RefusedError as error:
            raise OAuthError("invalid_request", "redirect_uri is not registered") from error
        wanted = checked(parameters, client, uri, now, pushed=True)
        if key is not None and wanted.key not in {None, key}:
            raise OAuthError("invalid_dpop_proof", "dpop_jkt names another key than the proof")
        wanted = replace(wanted, key=key or wanted.key)
        reference = new_opaque()
        uri_hash = fingerprint(reference)
        details = seal_json(self._key, packed(wanted), uri_hash.hex()).encode()
        async with self._database.unit_of_work() as uow:
            await pushed_requests.add(uow.session, uri_hash, client.client_id, details, now + LIFE)
            await uow.commit()
        return f"{_PREFIX}{reference}"

    async def take(self, client_id: str, request_uri: str, now: datetime) -> AuthorizationRequest:
        """The request, once; raises RefusedError where there is none, or none any more."""
        uri_hash = fingerprint(request_uri.removeprefix(_PREFIX))
        async with self._database.unit_of_work() as uow:
            details = await pushed_requests.take(uow.session, uri_hash, client_id, now)
            await uow.commit()
        if details is None:
            raise RefusedError(Refusal.EXPIRED)
        return replace(unpacked(open_json(self._key, details.decode(), uri_hash.hex())), received_at=now)
