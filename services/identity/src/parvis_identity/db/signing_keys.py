# SPDX-License-Identifier: EUPL-1.2
"""The signing keys, sealed: of each algorithm one current, one next, and past ones for as long as their tokens live."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.key_tables import RsaSigningKeyRow, SigningKeyRow
from parvis_identity.domain.signing import SigningAlgorithm

CURRENT = "current"
NEXT = "next"
PAST = "past"
_TABLES: Final[Mapping[SigningAlgorithm, type[SigningKeyRow | RsaSigningKeyRow]]] = {
    SigningAlgorithm.ES256: SigningKeyRow,
    SigningAlgorithm.RS256: RsaSigningKeyRow,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """One key: the private part sealed, the public part as it is published."""

    algorithm: SigningAlgorithm
    kid: str
    status: str
    sealed: bytes
    public_jwk: dict[str, Any]
    created_at: datetime


async def lock(session: AsyncSession) -> None:
    """One process at a time makes or rotates keys."""
    # A key of RSA takes a while to make, and many replicas may start at once on a busy machine: the usual wait for a
    # row's lock is too short for that queue.
    await session.execute(
        text("SELECT set_config('lock_timeout', '30s', true), set_config('statement_timeout', '40s', true)")
    )
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('parvis-identity-signing-keys'))"))


async def published(session: AsyncSession, retired_after: datetime) -> list[SigningKey]:
    """The keys that verifiers may still meet."""
    found = []
    for algorithm, table in _TABLES.items():
        rows = await session.scalars(
            select(table).where((table.status != PAST) | (table.retired_at > retired_after)).order_by(table.created_at)
        )
        found += [
            SigningKey(
                algorithm=algorithm,
                kid=row.kid,
                status=row.status,
                sealed=row.sealed,
                public_jwk=row.public_jwk,
                created_at=row.created_at,
            )
            for row in rows
        ]
    return found


async def add(session: AsyncSession, key: SigningKey) -> None:
    """A new key."""
    session.add(
        _TABLES[key.algorithm](
            kid=key.kid,
            status=key.status,
            sealed=key.sealed,
            public_jwk=key.public_jwk,
            created_at=key.created_at,
        )
    )
    await session.flush()


async def retire_current(session: AsyncSession, now: datetime) -> None:
    """The current keys sign no more; they are still published for a while."""
    for table in _TABLES.values():
        await session.execute(update(table).where(table.status == CURRENT).values(status=PAST, retired_at=now))


async def remove_current(session: AsyncSession) -> None:
    """The current keys are not trusted any more: nothing that they signed verifies once caches have ended."""
    for table in _TABLES.values():
        await session.execute(delete(table).where(table.status == CURRENT))


async def promote_next(session: AsyncSession) -> None:
    """The next keys sign from now on."""
    for table in _TABLES.values():
        await session.execute(update(table).where(table.status == NEXT).values(status=CURRENT))
