# SPDX-License-Identifier: EUPL-1.2
"""Somebody says what is wrong with what another has said: the first report of what it says opens its case."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import comments, moderation
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
    content = await content_of(session, reporter.collectivity, ref, lock=True)
    seen = content.shown and content.within
    if not seen or content.words is None:
        raise _GONE[ref.kind]
    # Illegal words can be reported, too, once it is forgotten whose they were (article 16).
    if content.row.person == reporter.person:
        raise OwnContentError
    await comments.one_at_a_time(session, reporter.person)
    if await moderation.reported_since(session, reporter.person, now - timedelta(hours=1)) >= HOURLY:
        raise TooManyError
    case = await moderation.of_version(session, ref, content.version)
    case = case or await _opened(session, content, content.words, now)
    if await moderation.has_reported(session, case.id, reporter.person):
        raise AlreadyReportedError
    report = ModerationReport(
        id=uuid7(),
        collectivity=case.collectivity,
        case_id=case.id,
        person=reporter.person,
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
        author=content.row.person,
        snapshot=words,
        state=CaseState.OPEN,
        version=1,
        created_at=now,
    )
    session.add(case)
    await session.flush()
    return case
