# SPDX-License-Identifier: EUPL-1.2
"""What is erased with an account: the accounts that went into it, and files of children that nobody else reaches."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import household, merges
from parvis_identity.db.people import People
from parvis_identity.domain.behalf import comes_of_age
from parvis_kit.crypto.persons import PersonKeys


async def whole_account(
    session: AsyncSession, people: People, persons: PersonKeys, person: UUID, now: datetime
) -> list[UUID]:
    """The account itself first; each account once.

    A child who signs in by themselves, is of age, or whose file went into another account is somebody of their own:
    they only leave the household.
    """
    children = await _minors(people, persons, await household.only_of(session, person), now.date())
    whole: list[UUID] = []
    for account in (person, *children):
        whole += [account, *await merges.absorbed_into(session, account)]
    return whole


async def _minors(people: People, persons: PersonKeys, children: list[UUID], today: date) -> list[UUID]:
    keys = await persons.of_many(set(children))
    born = {child.id: child.identity.birth_date for child in await people.many(keys)}
    # Of whose key is destroyed nothing can be read: the rest of them goes, too.
    return [child for child in children if not (date_ := born.get(child)) or today < comes_of_age(date_)]
