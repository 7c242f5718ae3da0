# SPDX-License-Identifier: EUPL-1.2
"""An author invites somebody to write a proposal together: by a secret that they pass on, for the service knows nobody.

Whoever has it, signed in, accepts or declines, once; who joined can leave.
"""

import secrets
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import accountability, co_authors, merged_accounts, proposals
from parvis_participation.db.co_author_tables import ProposalInvitation
from parvis_participation.domain.co_author import LASTS, MOST, InvitationError, TooManyCoAuthorsError
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.proposal import ProposalState, check_author, check_published
from parvis_participation.service.deposit_project import Author


async def invite_co_author(
    session: AsyncSession, author: Author, proposal_id: UUID, *, now: datetime
) -> tuple[str, datetime]:
    """The secret to pass on, which is not kept, and its end, in the caller's transaction.

    Raises NotFoundError, NotAllowedError for anybody but the author, ProposalGoneError or TooManyCoAuthorsError.
    """
    row = await proposals.one(session, author.collectivity, proposal_id, lock=True, drafts=True)
    writing = [row.person, *(await co_authors.of(session, row.id))[row.id]]
    if row.state == ProposalState.DRAFT and author.person not in writing:
        raise NotFoundError
    check_author(row.state, [row.person], author.person)
    if await co_authors.number(session, row.id, now) >= MOST:
        raise TooManyCoAuthorsError
    token, ends = secrets.token_urlsafe(32), now + LASTS
    session.add(
        ProposalInvitation(
            id=uuid7(),
            collectivity=row.collectivity,
            proposal_id=row.id,
            token_hash=_hash(token),
            expires_at=ends,
            created_at=now,
        )
    )
    await session.flush()
    return token, ends


async def answer_invitation(
    session: AsyncSession, who: Author, proposal_id: UUID, token: str, *, accepting: bool, now: datetime
) -> None:
    """Join, or decline, which ends the invitation, in the caller's transaction; who joined follows the proposal.

    Sent again by who joined, nothing changes. Raises NotFoundError, ProposalGoneError or InvitationError.
    """
    person = await merged_accounts.standing(session, who.person)  # first: a merge locks proposals after it
    row = await proposals.one(session, who.collectivity, proposal_id, lock=True, drafts=True)
    if row.state != ProposalState.DRAFT:
        check_published(row.state)
    if accepting and person in (await co_authors.of(session, row.id))[row.id]:
        return
    if person == row.person or not await co_authors.answered(session, row.id, _hash(token), now):
        raise InvitationError
    if accepting:
        await co_authors.join(session, row, person, now)
    if accepting and row.state == ProposalState.PUBLISHED:
        await accountability.follow(session, row, person, now)


async def leave_proposal(session: AsyncSession, who: Author, proposal_id: UUID) -> None:
    """Write it no more; asked again, nothing changes. Raises NotFoundError."""
    row = await proposals.one(session, who.collectivity, proposal_id, drafts=True)
    await co_authors.leave(session, row.id, await merged_accounts.standing(session, who.person))


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
