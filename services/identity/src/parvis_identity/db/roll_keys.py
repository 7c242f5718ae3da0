# SPDX-License-Identifier: EUPL-1.2
"""By what a person is the same person whatever the account: read in one statement, for whoever votes waits for it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from parvis_kit.db.database import Database

# The account that this one went into, and that one's perhaps into another. Of the verified civil statuses the standing
# one counts; of the links to providers the oldest.
_FIND: Final = """
WITH RECURSIVE account AS (
    SELECT $1::uuid AS person
    UNION ALL
    SELECT merge.kept FROM account_merge AS merge JOIN account ON merge.absorbed = account.person
    WHERE merge.state = 'done'
), standing AS (
    SELECT person FROM account
    WHERE NOT EXISTS (SELECT FROM account_merge WHERE absorbed = account.person AND state = 'done')
)
SELECT (SELECT person FROM standing) AS person,
       (SELECT proof.pivot_index FROM identity_proof AS proof JOIN standing USING (person)
        WHERE proof.ended_at IS NULL) AS civil_status,
       (SELECT link.subject_index FROM identity_link AS link JOIN standing USING (person)
        ORDER BY link.created_at, link.id LIMIT 1) AS subject
"""


@dataclass(frozen=True, slots=True)
class Sameness:
    """Blind indexes of the verified civil status, and of how the first provider knows the person; None for neither.

    ``person`` is the account that stands: the one asked about, or the one that it went into.
    """

    person: UUID
    civil_status: bytes | None
    subject: bytes | None


async def sameness(database: Database, person: UUID) -> Sameness:
    """Of that person; of somebody unknown, both are None."""
    async with database.hot.lend() as connection:
        row = await connection.fetchrow(_FIND, person)
    return Sameness(row["person"], row["civil_status"], row["subject"])
