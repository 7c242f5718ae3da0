# SPDX-License-Identifier: EUPL-1.2
"""The proposals' rows, and who supports them: counted, never kept beside a support."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db import co_authors, proposal_photos
from parvis_participation.db.only import only
from parvis_participation.db.photo_tables import ProposalPhoto
from parvis_participation.db.proposal_tables import Proposal as Row
from parvis_participation.db.proposal_tables import ProposalSupport as Support
from parvis_participation.db.proposal_tables import ProposalVersion as Version
from parvis_participation.domain.proposal import ProposalState

_SUPPORT: Final = text("""
WITH open AS (
    SELECT id, collectivity FROM proposal
    WHERE id = :proposal AND collectivity = :collectivity AND state = 'published' AND supports_kept IS NULL
    FOR KEY SHARE
), stored AS (
    INSERT INTO proposal_support (proposal_id, person, person_key, collectivity, created_at)
    SELECT id, :person, :person_key, collectivity, :at FROM open
    ON CONFLICT (proposal_id, person) DO UPDATE SET
        person_key = coalesce(proposal_support.person_key, excluded.person_key)
)
SELECT count(*) FROM open
""")
# Of two supports one stays, and stands for the person as both did.
_MOVE: Final = text("""
WITH gone AS (
    DELETE FROM proposal_support WHERE person = :absorbed RETURNING proposal_id, person_key, collectivity, created_at
)
INSERT INTO proposal_support (proposal_id, person, person_key, collectivity, created_at)
SELECT proposal_id, :kept, person_key, collectivity, created_at FROM gone
ON CONFLICT (proposal_id, person) DO UPDATE SET
    person_key = coalesce(proposal_support.person_key, excluded.person_key)
""")


@dataclass(frozen=True, slots=True)
class Supported:
    """A proposal, how many support it, who writes it with its author, and the photos that everybody sees."""

    row: Row
    supports: int
    co_authors: Sequence[UUID] = ()
    photos: Sequence[ProposalPhoto] = ()

    @property
    def id(self) -> UUID:
        """As the row's."""
        return self.row.id


COUNT: Final = func.coalesce(
    Row.supports_kept, select(func.count()).where(Support.proposal_id == Row.id).correlate(Row).scalar_subquery()
)
"""How many support a proposal: counted, or what was kept of it once they are forgotten."""


async def one(
    session: AsyncSession, collectivity: str, proposal_id: UUID, *, lock: bool = False, drafts: bool = False
) -> Row:
    """A proposal of that collectivity; raises NotFoundError, also for a draft unless ``drafts`` are asked for."""
    wanted = select(Row).where(Row.id == proposal_id, Row.collectivity == collectivity)
    if not drafts:
        wanted = wanted.where(Row.state != ProposalState.DRAFT)
    return await only(session, wanted.with_for_update() if lock else wanted)


async def kept(session: AsyncSession, collectivity: str, proposal_id: UUID) -> Row:
    """The same, which cannot be withdrawn before this transaction ends; raises NotFoundError."""
    wanted = select(Row).where(
        Row.id == proposal_id, Row.collectivity == collectivity, Row.state != ProposalState.DRAFT
    )
    return await only(session, wanted.with_for_update(read=True))


async def supported(session: AsyncSession, row: Row) -> Supported:
    """With its supports, as they are now."""
    counted = select(COUNT).where(Row.id == row.id)
    writing, photos = await co_authors.of(session, row.id), await proposal_photos.shown(session, row.id)
    return Supported(row, await session.scalar(counted) or 0, writing[row.id], photos[row.id])


async def versions(
    session: AsyncSession, proposal_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Version]:
    """One page of what a proposal said before, the last first."""
    wanted = select(Version).where(Version.proposal_id == proposal_id)
    rows = await session.scalars(keyset.at(wanted, Version.created_at, Version.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def version(session: AsyncSession, row: Row, number: int) -> Row | Version:
    """What a proposal said in that version, or says now; raises NotFoundError."""
    if number == row.version:
        return row
    return await only(session, select(Version).where(Version.proposal_id == row.id, Version.version == number))


async def version_before(session: AsyncSession, row: Row, number: int) -> Version:
    """What it said before that version; raises NotFoundError where that is the first."""
    wanted = select(Version).where(Version.proposal_id == row.id, Version.version < number)
    return await only(session, wanted.order_by(Version.version.desc()).limit(1))


async def forget(session: AsyncSession, proposal_id: UUID) -> None:
    """Delete what a proposal said before."""
    await session.execute(delete(Version).where(Version.proposal_id == proposal_id))


async def written_since(session: AsyncSession, person: UUID, since: datetime) -> int:
    """How many proposals somebody has made since then."""
    return await session.scalar(select(func.count()).where(Row.person == person, Row.created_at > since)) or 0


async def published_since(session: AsyncSession, person: UUID, since: datetime) -> int:
    """How many proposals somebody has made public since then, drafts aside."""
    public = (Row.person == person, Row.created_at > since, Row.state != ProposalState.DRAFT)
    return await session.scalar(select(func.count()).where(*public)) or 0


async def support(
    session: AsyncSession, collectivity: str, proposal_id: UUID, person: UUID, person_key: bytes, at: datetime
) -> bool:
    """Have somebody support a proposal, once however often and by whichever account; False where it takes none."""
    asked = {"proposal": proposal_id, "collectivity": collectivity, "person": person, "person_key": person_key}
    try:
        async with session.begin_nested():
            return bool(await session.scalar(_SUPPORT, asked | {"at": at}))
    except IntegrityError:
        # They do by another account: what this one gave before people were told apart is the same support.
        nameless = delete(Support).where(Support.proposal_id == proposal_id, Support.person == person)
        await session.execute(nameless.where(Support.person_key.is_(None)))
        return True


async def take_back(session: AsyncSession, proposal_id: UUID, person: UUID) -> bool:
    """Have that account support it no more; False where it does not."""
    return await _take_back(session, Support.proposal_id == proposal_id, Support.person == person)


async def take_back_of_person(session: AsyncSession, proposal_id: UUID, person_key: bytes) -> bool:
    """Have the person with that key support it no more, by whichever account; False where they do not."""
    return await _take_back(session, Support.proposal_id == proposal_id, Support.person_key == person_key)


async def _take_back(session: AsyncSession, *which: ColumnElement[bool]) -> bool:
    gone = delete(Support).where(*which).returning(Support.person).execution_options(synchronize_session=False)
    return (await session.execute(gone)).first() is not None


async def supports(session: AsyncSession, proposal_id: UUID, person: UUID) -> bool:
    """Whether that account supports it."""
    wanted = select(Support.person).where(Support.proposal_id == proposal_id, Support.person == person)
    return (await session.execute(wanted)).first() is not None


async def supports_by_key(session: AsyncSession, proposal_id: UUID, person_key: bytes) -> bool:
    """Whether the person with that key supports it, by whichever account."""
    wanted = select(Support.person).where(Support.proposal_id == proposal_id, Support.person_key == person_key)
    return (await session.execute(wanted)).first() is not None


async def any_forgotten(session: AsyncSession, process_id: UUID, since: datetime) -> bool:
    """Whether it was forgotten since then who supports a published proposal of that process."""
    wanted = select(Row.id).where(Row.process_id == process_id, Row.supports_forgotten_at > since)
    return (await session.execute(wanted.where(Row.state == ProposalState.PUBLISHED).limit(1))).first() is not None


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let the proposals and supports of an account that is no more be the kept one's."""
    moved = update(Row).where(Row.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
    await session.execute(_MOVE, {"absorbed": absorbed, "kept": kept})
