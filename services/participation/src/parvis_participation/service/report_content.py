# SPDX-License-Identifier: EUPL-1.2
"""Somebody says what is wrong with what another has said: the first report of what it says opens its case."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import comments, merged_accounts, moderation
from parvis_participation.db.moderation_tables import ModerationCase, ModerationReport
from parvis_participation.domain.amendment import AmendmentGoneError
from parvis_participation.domain.conversation import StatementGoneError
from parvis_participation.domain.errors import (
    AlreadyReportedError,
    CommentGoneError,
    OwnContentError,
    ParticipationError,
    PetitionStateError,
    ProjectGoneError,
    ProposalGoneError,
    TooManyError,
)
from parvis_participation.domain.moderation import CaseState, Category, ContentKind, Ref
from parvis_participation.domain.photo import PhotoGoneError
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.moderated import Content, content_of

HOURLY: Final = 30
"""How many reports one person may make within an hour."""

_GONE: Final[dict[ContentKind, type[ParticipationError]]] = {
    ContentKind.COMMENT: CommentGoneError,
    ContentKind.PROPOSAL: ProposalGoneError,
    ContentKind.PROJECT: ProjectGoneError,
    ContentKind.STATEMENT: StatementGoneError,
    ContentKind.PHOTO: PhotoGoneError,
    ContentKind.AMENDMENT: AmendmentGoneError,
    ContentKind.ANSWER: AmendmentGoneError,
    ContentKind.PETITION: PetitionStateError,
}


@dataclass(frozen=True, slots=True)
class NewReport:
    """What is wrong, and why (article 16, paragraph 2, point a)."""

    category: Category
    explanation: str


async def report_content(
    session: AsyncSession, reporter: Author, ref: Ref, new: NewReport, *, now: datetime
) -> ModerationReport:
    """The report, in the caller's transaction; what is reported is locked.

    Raises NotFoundError, CommentGoneError, ProposalGoneError, ProjectGoneError, StatementGoneError, PhotoGoneError,
    AmendmentGoneError, PetitionStateError, OwnContentError, AlreadyReportedError or TooManyError.
    """
    person = await merged_accounts.standing(session, reporter.person)  # first: a merge locks contents after it
    await comments.one_at_a_time(session, person)  # before the content, too, as whoever comments on it
    content = await seen_content(session, reporter.collectivity, ref)
    # Illegal words can be reported, too, once it is forgotten whose they were (article 16).
    if content.author == person:
        raise OwnContentError
    if await moderation.reported_since(session, person, now - timedelta(hours=1)) >= HOURLY:
        raise TooManyError
    case = await case_of(session, content, now)
    if await moderation.has_reported(session, case.id, person):
        raise AlreadyReportedError
    return await add_report(session, case, person, new, now)


async def seen_content(session: AsyncSession, collectivity: str, ref: Ref) -> Content:
    """What readers see of that name, locked; raises NotFoundError, or the error of what they see no more."""
    content = await content_of(session, collectivity, ref, lock=True)
    if content.words is None or not (content.shown and content.within):
        raise _GONE[ref.kind]
    return content


async def case_of(session: AsyncSession, content: Content, now: datetime) -> ModerationCase:
    """The case of what it says now, opened by the first report."""
    case = await moderation.of_version(session, content.ref, content.version)
    return case or await _opened(session, content, content.words or "", now)


async def add_report(
    session: AsyncSession, case: ModerationCase, person: UUID, new: NewReport, now: datetime
) -> ModerationReport:
    """One report of a case, by that person."""
    report = ModerationReport(
        id=uuid7(),
        collectivity=case.collectivity,
        case_id=case.id,
        person=person,
        category=new.category,
        explanation=new.explanation,
        created_at=now,
    )
    session.add(report)
    await session.flush()
    return report


async def _opened(session: AsyncSession, content: Content, words: str, now: datetime) -> ModerationCase:
    case = ModerationCase(
        id=uuid7(),
        collectivity=content.row.collectivity,
        **moderation.about(content.ref),
        content_version=content.version,
        author=content.author,
        snapshot=words,
        state=CaseState.OPEN,
        version=1,
        created_at=now,
    )
    session.add(case)
    await session.flush()
    return case
