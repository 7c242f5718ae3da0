# SPDX-License-Identifier: EUPL-1.2
"""Telling people how their account can be opened now, at the address that we have of them, and the audit trail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, local_accounts
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing, citizen
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.service.letters import Letters
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys


class Notices:
    """Wishes for the letters, within the caller's transaction."""

    def __init__(self, persons: PersonKeys, index: BlindIndex, letters: Letters) -> None:
        self._persons = persons
        self._index = index
        self._letters = letters

    async def address(self, session: AsyncSession, person: UUID) -> str | None:
        """That of the account of ours, else the one that a provider vouched for, if any."""
        key = await self._persons.of(person)
        account = await local_accounts.of_person(session, person)
        if account:
            return key.open("email", account.email)
        known = await People(session, self._index).find(person, key)
        return known.identity.email if known else None

    async def tell(self, session: AsyncSession, person: UUID, purpose: Purpose, now: datetime) -> None:
        """Have it written once the caller commits, and kept in any case; who has no address is not told."""
        on = Thing("person", str(person))
        await audit.record(session, Act(Action(purpose.value), citizen(person), on, now))
        known = await People(session, self._index).find(person, await self._persons.of(person))
        if known is None:
            raise RefusedError(Refusal.ERASED)
        recipient = await self.address(session, person)
        if recipient:
            letter = Letter(
                purpose=purpose, recipient=recipient, language=known.language, collectivity=known.collectivity
            )
            await self._letters.wish(session, letter, now)
