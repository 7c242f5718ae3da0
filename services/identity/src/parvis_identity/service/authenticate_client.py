# SPDX-License-Identifier: EUPL-1.2
"""A client proves who it is: by its secret, by an assertion that it signed, or, where it can keep neither, not."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from parvis_identity.db import audit, clients, spent_identifiers
from parvis_identity.domain import assertion
from parvis_identity.domain.audit import NOBODY, Act, Action, Actor, Thing
from parvis_identity.domain.client import Client
from parvis_identity.domain.errors import InvalidClientError
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.service.client_key_sets import ClientKeySets
from parvis_identity.service.client_keys import claimed_key, signed_claims
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How a client says who it is; neither secret nor assertion where it has none."""

    client_id: str
    secret: str | None = None
    assertion: str | None = None


class AuthenticateClient:
    """The use case, with what it needs."""

    def __init__(self, database: Database, key_sets: ClientKeySets, issuer: str) -> None:
        self._database = database
        self._key_sets = key_sets
        self._issuer = issuer

    async def client(self, credentials: Credentials, now: datetime) -> Client:
        """The client; raises InvalidClientError unless it proves who it is by the means that it registered."""
        async with self._database.reading() as session:
            client = await clients.find_client(session, credentials.client_id)
        if client is None:
            raise InvalidClientError
        if not await self._proven(client, credentials, now):
            _log.warning("client_authentication_failed", client_id=client.client_id)
            await self._refused(client, now)
            raise InvalidClientError
        return client

    async def _refused(self, client: Client, now: datetime) -> None:
        who, on = Actor("anonymous", NOBODY, client.client_id), Thing("client", client.client_id)
        async with self._database.unit_of_work() as uow:
            await audit.record(uow.session, Act(Action.CLIENT_REFUSED, who, on, now, client.collectivity_claim))
            await uow.commit()

    async def _proven(self, client: Client, credentials: Credentials, now: datetime) -> bool:
        given = credentials.assertion
        if given is not None:
            jwks = await self._keys(client, given, now)
            return jwks is not None and await self._asserted(client, jwks, given, now)
        if client.jwks is not None or client.jwks_uri is not None:
            return False
        if client.is_public:
            return credentials.secret is None
        return client.authenticates_with(credentials.secret or "")

    async def _keys(self, client: Client, given: str, now: datetime) -> dict[str, Any] | None:
        if client.jwks_uri is None:
            return client.jwks
        return await self._key_sets.of(client.jwks_uri, claimed_key(given), now)

    async def _asserted(self, client: Client, jwks: dict[str, Any], given: str, now: datetime) -> bool:
        claims = signed_claims(given, jwks)
        if claims is None:
            return False
        wrong = assertion.problem(claims, client_id=client.client_id, issuer=self._issuer, now=now.timestamp())
        if wrong:
            _log.info("client_assertion_refused", reason=wrong)
            return False
        until = datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=assertion.LEEWAY_SECONDS)
        once = fingerprint(f"assertion\x00{client.client_id}\x00{claims['jti']}")
        async with self._database.unit_of_work() as uow:
            unused = await spent_identifiers.spend(uow.session, once, until)
            await uow.commit()
        return unused
