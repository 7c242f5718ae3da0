# SPDX-License-Identifier: EUPL-1.2
"""Telling both accounts, at the address that each has, that they are to be joined, and that they were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import local_accounts
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.merge import Merge
from parvis_identity.domain.person import Person, normal_email
from parvis_identity.service.letters import Letters
from parvis_identity.service.local_day import local_day
from parvis_kit.crypto.persons import PersonKey


@dataclass(frozen=True, slots=True)
class MergeLetters:
    """Wishes for letters, in the caller's transaction."""

    letters: Letters

    async def tell(
        self,
        session: AsyncSession,
        purpose: Purpose,
        both: Iterable[tuple[Person, PersonKey]],
        merge: Merge,
        now: datetime,
        secret: str | None = None,
    ) -> None:
        """Each in their language; one letter where both have one address; ``secret`` calls the merge off."""
        written = set()
        for person, key in both:
            account = await local_accounts.of_person(session, person.id)
            address = key.open("email", account.email) if account else person.identity.email
            if not address or normal_email(address) in written:
                continue
            written.add(normal_email(address))
            letter = Letter(
                purpose=purpose,
                recipient=address,
                language=person.language,
                collectivity=merge.collectivity,
                code=secret,
                day=await local_day(session, merge.collectivity, merge.due_at),
            )
            await self.letters.wish(session, letter, now, max(merge.due_at - now, self.letters.life))
