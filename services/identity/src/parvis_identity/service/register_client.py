# SPDX-License-Identifier: EUPL-1.2
"""Clients that partners register and manage by themselves (RFC 7591, RFC 7592), once an administrator allowed it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from parvis_identity.db import managed_clients
from parvis_identity.db.managed_clients import Managed
from parvis_identity.domain import registration
from parvis_identity.domain.audit import Actor
from parvis_identity.domain.client import Client, NoSecretError, TooManyClientsError
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.registration import Metadata
from parvis_identity.service import manage_clients
from parvis_identity.service.manage_clients import TO_COME, By
from parvis_identity.service.seed import ClientEntry
from parvis_kit.db.database import Database


class InvalidRegistrationTokenError(Exception):
    """The token registers or manages nothing: unknown, used, expired, or another client's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A client as its registrant sees it; ``secret`` and ``token`` are known only when they are new."""

    managed: Managed
    secret: str | None = None
    token: str | None = None


class RegisterClient:
    """The use cases, with what they need."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self, token: str, body: Mapping[str, Any], now: datetime) -> Registration:
        """A new client; raises InvalidRegistrationTokenError, or OAuthError: then the token can be used again."""
        management = new_opaque()
        async with self._database.unit_of_work() as uow:
            ticket = await managed_clients.spend_ticket(uow.session, fingerprint(token), now)
            if ticket is None:
                raise InvalidRegistrationTokenError
            collectivity, allowed = ticket
            client_id = manage_clients.new_client_id()
            client = _client(registration.read(body, allowed), client_id, collectivity)
            try:
                made = await manage_clients.make(
                    uow.session, By(Actor("system", client_id, client_id), collectivity, now), client,
                    management=management,
                )  # fmt: skip
            except TooManyClientsError as error:
                raise OAuthError("invalid_client_metadata", "the collectivity has too many clients") from error
            await uow.commit()
        return Registration(managed=made.managed, secret=made.secret, token=management)

    async def read(self, client_id: str, token: str) -> Registration:
        """The client; raises InvalidRegistrationTokenError."""
        async with self._database.unit_of_work() as uow:
            found = await managed_clients.managed_by(uow.session, client_id, fingerprint(token))
        if found is None:
            raise InvalidRegistrationTokenError
        return Registration(managed=found)

    async def change(self, client_id: str, token: str, body: Mapping[str, Any], now: datetime) -> Registration:
        """The client described anew, with no scope that it did not have; raises as :meth:`register` does."""
        if body.get("client_id") != client_id:
            raise OAuthError("invalid_client_metadata", "client_id is the client's own")
        async with self._database.unit_of_work() as uow:
            found = await managed_clients.managed_by(uow.session, client_id, fingerprint(token))
            if found is None:
                raise InvalidRegistrationTokenError
            described = registration.read(body, found.client.scopes)
            wanted = replace(
                _client(described, client_id, found.client.collectivity_claim),
                # What people are asked at FranceConnect is for the town to say.
                franceconnect_scopes=found.client.franceconnect_scopes,
            )
            try:
                changed = await manage_clients.change(uow.session, _itself(found, now), client_id, wanted, None)
            except NoSecretError as error:
                raise OAuthError("invalid_client_metadata", "a client without secret stays without") from error
            await uow.commit()
        return Registration(managed=changed)

    async def remove(self, client_id: str, token: str, now: datetime) -> None:
        """End the client, with all that it was allowed; raises InvalidRegistrationTokenError."""
        async with self._database.unit_of_work() as uow:
            found = await managed_clients.managed_by(uow.session, client_id, fingerprint(token))
            if found is None:
                raise InvalidRegistrationTokenError
            await manage_clients.enable(uow.session, _itself(found, now), client_id, None, enabled=False)
            await uow.commit()


def _itself(managed: Managed, now: datetime) -> By:
    client = managed.client
    return By(Actor("system", client.client_id, client.client_id), client.collectivity_claim, now)


def _client(metadata: Metadata, client_id: str, collectivity: str) -> Client:
    said = {
        "client_id": client_id,
        "collectivity": collectivity,
        "type": "confidential" if metadata.confidential else "public",
    }
    if metadata.confidential and metadata.method != "private_key_jwt":
        said["secret"] = TO_COME
    try:
        return ClientEntry.model_validate(metadata.members | said).client()
    except ValidationError as error:
        reason = str(error.errors(include_input=False)[0]["msg"]).removeprefix("Value error, ")
        raise OAuthError("invalid_client_metadata", reason.encode("ascii", "replace").decode()) from error
