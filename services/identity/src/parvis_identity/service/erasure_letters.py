# SPDX-License-Identifier: EUPL-1.2
"""Telling people that their account is to be erased, that it stays, or that it is no more, at the address we have."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import local_accounts
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.person import Person
from parvis_identity.service.letters import Letters
from parvis_kit.crypto.persons import PersonKey


@dataclass(frozen=True, slots=True)
class ErasureLetters:
    """Wishes for letters, in the caller's transaction: a letter is sealed for itself, and outlives the person's key."""

    letters: Letters

    async def tell(
        self,
        session: AsyncSession,
        person: Person,
        key: PersonKey,
        purpose: Purpose,
        now: datetime,
        *,
        due_at: datetime | None = None,
        secret: str | None = None,
        life: timedelta = timedelta(),
    ) -> None:
        """In their language, to where they sign in, or else to the address of the account; who has none is not told.

        ``due_at`` is when what the letter announces happens, ``secret`` is of the link that stops it.
        """
        account = await local_accounts.of_person(session, person.id)
        address = key.open("email", account.email) if account else person.identity.email
        if not address:
            return
        letter = Letter(
            purpose=purpose,
            recipient=address,
            language=person.language,
            collectivity=person.collectivity,
            code=secret,
            day=due_at.date().isoformat() if due_at else None,
        )
        await self.letters.wish(session, letter, now, max(life, self.letters.life))
