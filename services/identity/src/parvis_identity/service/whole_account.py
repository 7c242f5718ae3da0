# SPDX-License-Identifier: EUPL-1.2
"""What is erased with an account: the accounts that went into it, and files of children that nobody else reaches."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import household, merges
from parvis_identity.db.people import People
from parvis_identity.domain.behalf import of_age_at
from parvis_identity.service.local_day import clock_of
from parvis_kit.crypto.persons import PersonKeys


async def whole_account(
    session: AsyncSession, people: People, persons: PersonKeys, person: UUID, now: datetime
) -> list[UUID]:
    """The account itself first; each account once.

    A child who signs in by themselves, is of age, or whose file went into another account is somebody of their own:
    they only leave the household.
    """
    children = await _minors(session, people, persons, await household.only_of(session, person), now)
    whole: list[UUID] = []
    for account in (person, *children):
        whole += [account, *await merges.absorbed_into(session, account)]
    return whole


async def _minors(
    session: AsyncSession, people: People, persons: PersonKeys, children: list[UUID], now: datetime
) -> list[UUID]:
    keys = await persons.of_many(set(children))
    adults = set()
    for child in await people.many(keys):
        born = child.identity.birth_date
        if born and now >= of_age_at(born, await clock_of(session, child.collectivity)):
            adults.add(child.id)
    # Of whose key is destroyed nothing can be read: the rest of them goes, too.
    return [child for child in children if child not in adults]
