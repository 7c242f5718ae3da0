# SPDX-License-Identifier: EUPL-1.2
"""By what people are the same person whatever the account: read in one statement, for whoever votes waits for it."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from parvis_identity.db.tables import PersonRow
from parvis_kit.crypto.keys import UnreadableError
from parvis_kit.crypto.persons import PersonKey
from parvis_kit.db.database import Database

# The account that this one went into, and that one's perhaps into another. Of the verified civil statuses the standing
# one counts; of the links to providers the oldest.
_FIND: Final = """
WITH RECURSIVE account AS (
    SELECT asked AS person, asked FROM unnest($1::uuid[]) AS asked
    UNION ALL
    SELECT merge.kept, account.asked FROM account_merge AS merge JOIN account ON merge.absorbed = account.person
    WHERE merge.state = 'done'
)
SELECT asked, person,
       (SELECT proof.pivot_index FROM identity_proof AS proof
        WHERE proof.person = account.person AND proof.ended_at IS NULL) AS civil_status,
       (SELECT link.subject_index FROM identity_link AS link
        WHERE link.person = account.person ORDER BY link.created_at, link.id LIMIT 1) AS subject
FROM account WHERE NOT EXISTS (SELECT FROM account_merge WHERE absorbed = account.person AND state = 'done')
"""


@dataclass(frozen=True, slots=True)
class Sameness:
    """Blind indexes of the verified civil status, and of how the first provider knows the person; None for neither.

    ``person`` is the account that stands: the one asked about, or the one that it went into.
    """

    person: UUID
    civil_status: bytes | None
    subject: bytes | None


async def samenesses(database: Database, people: Collection[UUID]) -> dict[UUID, Sameness]:
    """Of each of these people; of somebody unknown, both indexes are None."""
    async with database.hot.lend() as connection:
        rows = await connection.fetch(_FIND, list(people))
    return {row["asked"]: Sameness(row["person"], row["civil_status"], row["subject"]) for row in rows}


async def birth_dates(database: Database, keys: Mapping[UUID, PersonKey]) -> dict[UUID, str]:
    """As far as they are known and can be read: YYYY-MM-DD or less."""
    if not keys:
        return {}
    wanted = select(PersonRow.id, PersonRow.birth_date).where(PersonRow.id.in_(keys))
    async with database.reading() as session:
        rows = (await session.execute(wanted)).all()
    found = {}
    for person, sealed in rows:
        # One that cannot be read is that person's alone: whoever was asked about beside them has their answer.
        with suppress(UnreadableError):
            if sealed:
                found[person] = keys[person].open("birth_date", sealed)
    return found
