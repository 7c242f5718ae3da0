# SPDX-License-Identifier: EUPL-1.2
"""Somebody offers other words for a proposal; those who write it take them in, or say why they do not."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import amendments, co_authors, comments, merged_accounts, proposals
from parvis_participation.db.amendment_tables import ProposalAmendment as Row
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.domain.amendment import (
    DAILY,
    AmendmentState,
    ReasonsError,
    check_new,
    check_open,
    taken_in,
)
from parvis_participation.domain.errors import NotAllowedError, TooManyError
from parvis_participation.domain.process import Act
from parvis_participation.domain.proposal import ProposalState, check_author, check_published, check_seen
from parvis_participation.service.compare_words import while_held
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.follow_process import check_proposal_phase
from parvis_participation.service.submit_proposal import Words, edit_proposal
from parvis_participation.service.tell_people import tell_of_amendment


@dataclass(frozen=True, slots=True)
class NewWords:
    """Title and description as they should be, and why."""

    title: str
    description: str
    reasons: str


async def submit_amendment(
    session: AsyncSession, author: Author, proposal_id: UUID, new: NewWords, *, seen: int, now: datetime
) -> Row:
    """Offer words for the version that was read, in the caller's transaction; those who write it are told.

    Raises NotFoundError, ProposalGoneError, ProcessPhaseError, StaleVersionError, SameWordsError or TooManyError.
    """
    # Before the proposal, as a merge of accounts takes them.
    person = await merged_accounts.standing(session, author.person)
    proposal = await proposals.kept(session, author.collectivity, proposal_id)
    check_published(proposal.state)
    await check_proposal_phase(session, proposal, Act.AMEND_PROPOSAL, now)
    check_seen(proposal.version, seen)
    check_new(new.title, new.description, _words(proposal))
    await comments.one_at_a_time(session, person)
    if await amendments.written_since(session, person, now - timedelta(days=1)) >= DAILY:
        raise TooManyError
    row = Row(
        id=uuid7(),
        collectivity=proposal.collectivity,
        proposal_id=proposal.id,
        person=person,
        base_version=proposal.version,
        base_title=proposal.title,
        base_description=proposal.description,
        title=new.title,
        description=new.description,
        reasons=new.reasons,
        state=AmendmentState.PROPOSED,
        version=1,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    others = [each for each in await _writing(session, proposal) if each != person]
    await tell_of_amendment(session, row, others, "offered", now)
    return row


async def answer_amendment(
    session: AsyncSession, author: Author, amendment_id: UUID, *, accepting: bool, text: str | None, seen: int,
    now: datetime,
) -> Row:  # fmt: skip
    """Take its words into the proposal as a new version, or refuse them with reasons, in the caller's transaction.

    Whose it is, is told.

    Raises NotFoundError, NotAllowedError for who does not write the proposal, ProposalGoneError, AmendmentStateError,
    StaleVersionError, ReasonsError, or MergeError where the same place of the proposal was changed since.
    """
    # Before both rows, as a merge of accounts takes them.
    author = replace(author, person=await merged_accounts.standing(session, author.person))
    proposal, row = await _both(session, author.collectivity, amendment_id)
    check_author(proposal.state, await _writing(session, proposal), author.person)
    check_open(row.state, removed=row.removed_at is not None)
    check_seen(row.version, seen)
    if not accepting and not text:
        raise ReasonsError
    if accepting:
        base, wanted = (row.base_title or "", row.base_description or ""), (row.title or "", row.description or "")
        title, description = await while_held(partial(taken_in, base, wanted, _words(proposal)))
        words = Words(title, description, proposal.estimate, proposal.position)
        await edit_proposal(session, author, proposal.id, words, version=proposal.version, now=now)
        row.made_version = proposal.version
    row.state = AmendmentState.ACCEPTED if accepting else AmendmentState.REJECTED
    row.answer, row.answered_by, row.answered_at = text, author.person, now
    row.version += 1
    await session.flush()
    if row.person != author.person:
        await tell_of_amendment(session, row, [row.person], "accepted" if accepting else "rejected", now)
    return row


async def note_conflict(session: AsyncSession, author: Author, amendment_id: UUID, *, now: datetime) -> None:
    """Those who write the proposal would accept it, but its place has changed: tell whose it is, once.

    They can offer it anew. In the caller's transaction, after that of the answer, which took nothing in.
    """
    person = await merged_accounts.standing(session, author.person)
    proposal, row = await _both(session, author.collectivity, amendment_id)
    waits = row.state == AmendmentState.PROPOSED and row.removed_at is None
    if not waits or row.conflicting_at is not None or proposal.state != ProposalState.PUBLISHED:
        return
    row.conflicting_at = now
    await session.flush()
    if row.person != person:
        await tell_of_amendment(session, row, [row.person], "conflicting", now)


async def withdraw_amendment(session: AsyncSession, author: Author, amendment_id: UUID, *, seen: int) -> None:
    """Take one's own amendment back, with its words, while nobody has answered it; in the caller's transaction.

    Raises NotFoundError, NotAllowedError, AmendmentStateError or StaleVersionError.
    """
    person = await merged_accounts.standing(session, author.person)
    _, row = await _both(session, author.collectivity, amendment_id)
    if row.person != person:
        raise NotAllowedError
    check_open(row.state, removed=row.removed_at is not None)
    check_seen(row.version, seen)
    for name, value in amendments.NO_WORDS.items():
        setattr(row, name, value)
    row.state = AmendmentState.WITHDRAWN
    row.version += 1
    await session.flush()


async def _both(session: AsyncSession, collectivity: str, amendment_id: UUID) -> tuple[Proposal, Row]:
    """The proposal and its amendment, locked in that order: who withdraws the proposal takes it first, too."""
    found = await amendments.one(session, collectivity, amendment_id)
    proposal = await proposals.one(session, collectivity, found.proposal_id, lock=True)
    return proposal, await amendments.one(session, collectivity, amendment_id, lock=True)


async def _writing(session: AsyncSession, proposal: Proposal) -> list[UUID]:
    return [proposal.person, *(await co_authors.of(session, proposal.id))[proposal.id]]


def _words(proposal: Proposal) -> tuple[str, str]:
    return proposal.title or "", proposal.description or ""
