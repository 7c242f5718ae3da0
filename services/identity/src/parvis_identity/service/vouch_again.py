# SPDX-License-Identifier: EUPL-1.2
"""While agents renew their tokens, ProConnect is asked now and then whether it still vouches for them.

By its refresh token (OpenID Connect Core section 12): who was shut out there is shut out here before their session ends
by itself, and who has moved to another establishment works for the town no more.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import collectivities, provider_tokens
from parvis_identity.db.people import People
from parvis_identity.db.provider_tokens import Claimed
from parvis_identity.domain.audit import Actor
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import GrantRefusedError, Refusal, RefusedError
from parvis_identity.domain.grant import Grant
from parvis_identity.domain.sign_in import Vouched, check_organisation
from parvis_identity.providers.relying_party import RelyingParty
from parvis_identity.service.end_sessions import end_sessions
from parvis_identity.service.reconcile import Reconcile
from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

SEALED_AS = "provider_refresh_token"
# All calls of one turn: whoever waits for tokens is not kept waiting as long as a gateway would.
_PATIENCE_SECONDS = 6
_log = logger(__name__)


class VouchAgain:
    """The use case, with what it needs."""

    def __init__(
        self, database: Database, providers: Mapping[str, RelyingParty], reconcile: Reconcile, every: timedelta
    ) -> None:
        self._database = database
        self._providers = providers
        self._reconcile = reconcile
        self._every = every

    async def due(self, session: AsyncSession, grant: Grant, now: datetime) -> bool:
        """True for an agent's grant whose provider was not asked for so long; in the caller's transaction."""
        return grant.kind == Audience.AGENT and await provider_tokens.due(session, grant.session, now - self._every)

    async def ask(self, grant: Grant, now: datetime) -> None:
        """Ask the provider, unless another caller does: take over what it says, or end the session.

        A provider that does not answer, or badly, ends nothing: the session has an end of its own. It is asked again
        when the next turn comes.
        """
        async with self._database.unit_of_work() as uow:
            claimed = await provider_tokens.claim(uow.session, grant.session, now - self._every, now)
            await uow.commit()
        party = self._providers.get(claimed.provider) if claimed else None
        if claimed is None or party is None:
            return
        try:
            key = await self._reconcile.persons.of(claimed.person)
        except KeyDestroyedError:
            return  # erased, and every session with it
        last = claimed

        async def keep(token: str) -> None:
            nonlocal last
            last = await self._keep(claimed, key.seal(SEALED_AS, token))

        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                vouched = await party.renewed(key.open(SEALED_AS, claimed.sealed), keep)
        except GrantRefusedError:
            await self._end(claimed, "no longer vouched for", now)
        except (RefusedError, TimeoutError) as error:
            reason = error.reason if isinstance(error, RefusedError) else "too slow"
            _log.warning("provider_not_asked", provider=claimed.provider, reason=reason)
        else:
            await self._take_over(last, grant, vouched, now)

    async def _keep(self, claimed: Claimed, sealed: bytes) -> Claimed:
        async with self._database.unit_of_work() as uow:
            await provider_tokens.rotate(uow.session, claimed, sealed)
            await uow.commit()
        return Claimed(claimed.session, claimed.person, claimed.provider, sealed)

    async def _take_over(self, claimed: Claimed, grant: Grant, vouched: Vouched, now: datetime) -> None:
        try:
            async with self._database.unit_of_work() as uow:
                await self._recognise(uow.session, claimed, grant, vouched, now)
                await uow.commit()
        except RefusedError as refused:
            _log.warning("provider_vouches_no_longer", provider=claimed.provider, refusal=refused.reason)
            await self._end(claimed, refused.reason.value, now)

    async def _recognise(
        self, session: AsyncSession, claimed: Claimed, grant: Grant, vouched: Vouched, now: datetime
    ) -> None:
        known = await People(session, self._reconcile.index).linked(vouched.issuer, vouched.subject)
        if known != claimed.person:
            raise RefusedError(Refusal.IDENTITY_DIFFERS)
        town = await collectivities.find(session, grant.collectivity)
        check_organisation(vouched, town.sirets if town else frozenset())
        await self._reconcile.recognise(session, claimed.person, vouched, now)

    async def _end(self, claimed: Claimed, reason: str, now: datetime) -> None:
        async with self._database.unit_of_work() as uow:
            # Not where the person has signed in again meanwhile: that is what counts.
            if await provider_tokens.rotate(uow.session, claimed, claimed.sealed):
                by = Actor("service", claimed.provider)
                await end_sessions(uow.session, claimed.person, reason, now, only=claimed.session, by=by)
                await uow.commit()
