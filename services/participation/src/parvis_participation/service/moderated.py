# SPDX-License-Identifier: EUPL-1.2
"""What can be moderated, of whatever kind: whose it is, what it says, and whether readers see it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import amendments, comments, petitions, projects, proposal_photos, proposals, statements
from parvis_participation.db.amendment_tables import ProposalAmendment
from parvis_participation.db.comment_tables import Comment
from parvis_participation.db.conversation_tables import ConversationStatement
from parvis_participation.db.petition_tables import Petition
from parvis_participation.db.photo_tables import ProposalPhoto
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.db.tables import BudgetProject
from parvis_participation.domain.conversation import StatementState
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.moderation import ContentKind, Ref
from parvis_participation.domain.petition import PUBLIC, PetitionState
from parvis_participation.domain.photo import PhotoState
from parvis_participation.domain.proposal import ProposalState
from parvis_participation.domain.thread import CommentState


@dataclass(frozen=True, slots=True)
class Content:
    """What somebody said or showed in public; ``words`` are None once its author has taken them back.

    ``within`` is whether readers see what it is part of, too.
    """

    ref: Ref
    row: Comment | Proposal | BudgetProject | ConversationStatement | ProposalPhoto | ProposalAmendment | Petition
    words: str | None
    shown: bool
    within: bool = True

    @property
    def version(self) -> int:
        """Of what it says; a petition, and what an amendment was answered, change no more, whatever becomes of them."""
        return 1 if isinstance(self.row, Petition) or self.ref.kind is ContentKind.ANSWER else self.row.version

    @property
    def author(self) -> UUID | None:
        """Whose words they are, as far as anybody knows."""
        if isinstance(self.row, ProposalAmendment) and self.ref.kind is ContentKind.ANSWER:
            return self.row.answered_by
        return self.row.person

    def show(self, *, shown: bool, now: datetime) -> bool:
        """Give the words back to readers, or take them away; what its author has taken back stays gone.

        Whether that changes what readers see.
        """
        if self.words is None or self.shown is shown:
            return False
        match self.row:
            case ProposalAmendment() if self.ref.kind is ContentKind.ANSWER:
                self.row.answer_removed_at = None if shown else now
            case BudgetProject() | ProposalAmendment():
                self.row.removed_at = None if shown else now
            case Proposal():
                self.row.state = ProposalState.PUBLISHED if shown else ProposalState.REMOVED
                self.row.changed_at = now
            case ConversationStatement():
                self.row.state = StatementState.PUBLISHED if shown else StatementState.REMOVED
                self.row.changed_at = now
            case ProposalPhoto():
                self.row.state = PhotoState.PUBLISHED if shown else PhotoState.REMOVED
                self.row.changed_at = now
            case Comment():
                self.row.state = CommentState.PUBLISHED if shown else CommentState.REMOVED
                self.row.changed_at = now
            case Petition():
                _show_petition(self.row, shown=shown, now=now)
        self.row.version += 1
        return True


async def content_of(session: AsyncSession, collectivity: str, ref: Ref, *, lock: bool = False) -> Content:
    """What a collectivity has of that name; raises NotFoundError, also for a project that its author took back."""
    return await _READ[ref.kind](session, collectivity, ref, lock)


async def _comment(session: AsyncSession, collectivity: str, ref: Ref, lock: bool) -> Content:
    row = await comments.one(session, collectivity, ref.id, lock=lock)
    return Content(ref, row, row.text, shown=row.state == CommentState.PUBLISHED)


async def _proposal(session: AsyncSession, collectivity: str, ref: Ref, lock: bool) -> Content:
    row = await proposals.one(session, collectivity, ref.id, lock=lock)
    said = None if row.title is None else f"{row.title}\n\n{row.description}"
    return Content(ref, row, said, shown=row.state == ProposalState.PUBLISHED)


async def _project(session: AsyncSession, collectivity: str, ref: Ref, lock: bool) -> Content:
    row = await projects.find(session, collectivity, ref.id, lock=lock)
    return Content(ref, row, f"{row.title}\n\n{row.description}", shown=row.removed_at is None)


def _show_petition(row: Petition, *, shown: bool, now: datetime) -> None:
    """Where its time has passed meanwhile, the worker closes it as any other."""
    if shown:
        row.state, row.removed_from, row.removed_at = row.removed_from or PetitionState.OPEN, None, None
    else:
        row.removed_from, row.state, row.removed_at = row.state, PetitionState.REMOVED, now


async def _petition(session: AsyncSession, collectivity: str, ref: Ref, lock: bool) -> Content:
    """One that nobody has admitted is its author's and the agents' alone."""
    read = petitions.held if lock else petitions.one
    row = await read(session, collectivity, ref.id)
    if row.state not in PUBLIC:
        raise NotFoundError
    said = None if row.title is None else f"{row.title}\n\n{row.description}"
    return Content(ref, row, said, shown=row.state != PetitionState.REMOVED)


async def _statement(session: AsyncSession, collectivity: str, ref: Ref, lock: bool) -> Content:
    """The town's own are none, and those that nobody reads yet, or ever, are agents' alone."""
    row = await statements.one(session, collectivity, ref.id, lock=lock)
    if row.translations is not None or row.state in {StatementState.PROPOSED, StatementState.REFUSED}:
        raise NotFoundError
    return Content(ref, row, row.text, shown=row.state == StatementState.PUBLISHED)


async def _photo(session: AsyncSession, collectivity: str, ref: Ref, lock: bool) -> Content:
    """One that nobody has described yet is seen by nobody."""
    row = await proposal_photos.one(session, collectivity, ref.id, lock=lock)
    if row.state == PhotoState.UNDESCRIBED:
        raise NotFoundError
    proposal = await proposals.one(session, collectivity, row.proposal_id)
    seen = proposal.state == ProposalState.PUBLISHED
    return Content(ref, row, row.alternative_text, shown=row.state == PhotoState.PUBLISHED, within=seen)


async def _amendment(session: AsyncSession, collectivity: str, ref: Ref, lock: bool) -> Content:
    """Its words and reasons; what it was answered is of others, and what it has become a part of its proposal's."""
    row = await amendments.one(session, collectivity, ref.id, lock=lock)
    said = None if row.title is None else f"{row.title}\n\n{row.description}\n\n{row.reasons}"
    proposal = await proposals.one(session, collectivity, row.proposal_id)
    seen = proposal.state == ProposalState.PUBLISHED
    return Content(ref, row, said, shown=row.removed_at is None, within=seen)


async def _answer(session: AsyncSession, collectivity: str, ref: Ref, lock: bool) -> Content:
    """What those who write a proposal said of an amendment, under whose id it is, if they said anything."""
    row = await amendments.one(session, collectivity, ref.id, lock=lock)
    if row.answer is None:
        raise NotFoundError
    proposal = await proposals.one(session, collectivity, row.proposal_id)
    seen = proposal.state == ProposalState.PUBLISHED and row.removed_at is None
    return Content(ref, row, row.answer, shown=row.answer_removed_at is None, within=seen)


_READ: Final[dict[ContentKind, Callable[[AsyncSession, str, Ref, bool], Awaitable[Content]]]] = {
    ContentKind.COMMENT: _comment,
    ContentKind.PROPOSAL: _proposal,
    ContentKind.PROJECT: _project,
    ContentKind.STATEMENT: _statement,
    ContentKind.PHOTO: _photo,
    ContentKind.AMENDMENT: _amendment,
    ContentKind.ANSWER: _answer,
    ContentKind.PETITION: _petition,
}


async def left_of(session: AsyncSession, collectivity: str, ref: Ref, *, lock: bool = False) -> Content | None:
    """The same of what was reported: nothing is left of a project that was taken back, or of a forgotten photo."""
    try:
        return await content_of(session, collectivity, ref, lock=lock)
    except NotFoundError:
        return None
