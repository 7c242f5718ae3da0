# SPDX-License-Identifier: EUPL-1.2
"""Somebody proposes something to their town, changes what they said, and takes it back."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_participation import proposal_events
from parvis_participation.db import (
    accountability,
    amendments,
    co_authors,
    comments,
    merged_accounts,
    processes,
    proposal_drafts,
    proposals,
    tellings,
)
from parvis_participation.db.proposal_tables import Proposal as Row
from parvis_participation.db.proposal_tables import ProposalVersion
from parvis_participation.domain.audience import SIGNED_IN
from parvis_participation.domain.errors import NotFoundError, TooManyError
from parvis_participation.domain.process import Act
from parvis_participation.domain.proposal import ProposalState, check_author, check_seen
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.follow_process import check_proposal_phase
from parvis_participation.service.proposal_photos import withdraw_photos

DAILY: Final = 10
"""How many proposals one person may make within a day."""


@dataclass(frozen=True, slots=True)
class Words:
    """A proposal in its author's words; ``estimate`` in euros, a decimal number, ``position`` a GeoJSON point."""

    title: str
    description: str
    estimate: str | None
    position: dict[str, Any] | None


async def submit_proposal(
    session: AsyncSession,
    author: Author,
    words: Words,
    *,
    now: datetime,
    draft: bool = False,
    process_id: UUID | None = None,
) -> Row:
    """The proposal, told unless it is a draft, in the caller's transaction; within that process, if any.

    A draft is written in every phase. Raises NotFoundError where people do not see the process, ProcessPhaseError or
    TooManyError.
    """
    if process_id is not None:
        await processes.shown(session, author.collectivity, process_id, SIGNED_IN)
    person = await merged_accounts.standing(session, author.person)
    await comments.one_at_a_time(session, person)
    if await proposals.written_since(session, person, now - timedelta(days=1)) >= DAILY:
        raise TooManyError
    row = Row(
        id=uuid7(),
        collectivity=author.collectivity,
        process_id=process_id,
        person=person,
        **asdict(words),
        state=ProposalState.DRAFT if draft else ProposalState.PUBLISHED,
        version=1,
        created_at=now,
        changed_at=now,
    )
    if not draft:
        await check_proposal_phase(session, row, Act.SUBMIT_PROPOSAL, now)
    session.add(row)
    await session.flush()
    if draft:
        return row
    await accountability.follow(session, row, person, now)
    await outbox.add(session, proposal_events.proposal_published(row, now))
    return row


async def edit_proposal(
    session: AsyncSession, author: Author, proposal_id: UUID, words: Words, *, version: int, now: datetime
) -> Row:
    """Change the version that its author saw; everybody can read what it said before, when others supported it.

    Co-authors do so, too.

    Raises NotFoundError, NotAllowedError for anybody else, ProposalGoneError or StaleVersionError.
    """
    row = await _own(session, author, proposal_id, version, co_authored=True)
    former = {name: getattr(row, name) for name in asdict(words)}
    session.add(
        ProposalVersion(
            id=uuid7(),
            collectivity=row.collectivity,
            proposal_id=row.id,
            version=row.version,
            **former,
            created_at=row.changed_at,
        )
    )
    for name, value in asdict(words).items():
        setattr(row, name, value)
    row.changed_at = now
    row.version += 1
    await session.flush()
    return row


async def withdraw_proposal(
    session: AsyncSession, author: Author, proposal_id: UUID, *, version: int, now: datetime
) -> None:
    """Take its words and photos away for good, now and before; its place stays, for what was said of it.

    Nothing is left of a draft.

    Raises as :func:`edit_proposal`.
    """
    row = await _own(session, author, proposal_id, version)
    if row.state == ProposalState.DRAFT:
        await proposal_drafts.discard(session, row)
        return
    await proposals.forget(session, row.id)
    await co_authors.forget(session, row.id)
    await withdraw_photos(session, row.id, now)
    await tellings.amenders(session, row.id, row.person, now)
    await amendments.forget(session, row.id)
    row.title = row.description = row.estimate = row.position = None
    row.state, row.changed_at = ProposalState.WITHDRAWN, now
    row.version += 1
    await session.flush()
    await outbox.add(session, proposal_events.proposal_withdrawn(row, now))


async def _own(
    session: AsyncSession, author: Author, proposal_id: UUID, version: int, *, co_authored: bool = False
) -> Row:
    row = await proposals.one(session, author.collectivity, proposal_id, lock=True, drafts=True)
    writing = (await co_authors.of(session, row.id))[row.id]
    if row.state == ProposalState.DRAFT and author.person not in [row.person, *writing]:
        raise NotFoundError
    others = writing if co_authored else []
    check_author(row.state, [row.person, *others], author.person)
    check_seen(row.version, version)
    return row
