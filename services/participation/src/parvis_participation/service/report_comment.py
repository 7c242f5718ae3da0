# SPDX-License-Identifier: EUPL-1.2
"""Somebody says what is wrong with a comment: the first report of what it says opens its case."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import comments, moderation
from parvis_participation.db.comment_tables import Comment
from parvis_participation.db.moderation_tables import ModerationCase, ModerationReport
from parvis_participation.domain.errors import (
    AlreadyReportedError,
    CommentGoneError,
    OwnCommentError,
    TooManyError,
)
from parvis_participation.domain.moderation import CaseState, Category
from parvis_participation.domain.thread import CommentState
from parvis_participation.service.deposit_project import Author

HOURLY: Final = 30
"""How many reports one person may make within an hour."""


@dataclass(frozen=True, slots=True)
class NewReport:
    """What is wrong, and why (article 16, paragraph 2, point a)."""

    category: Category
    explanation: str


async def report_comment(
    session: AsyncSession, reporter: Author, comment: Comment, new: NewReport, *, now: datetime
) -> ModerationReport:
    """The report, in the caller's transaction; the comment is locked.

    Raises CommentGoneError, OwnCommentError, AlreadyReportedError or TooManyError.
    """
    if comment.state != CommentState.PUBLISHED or comment.text is None:
        raise CommentGoneError
    if comment.person == reporter.person:
        raise OwnCommentError
    await comments.one_at_a_time(session, reporter.person)
    if await moderation.reported_since(session, reporter.person, now - timedelta(hours=1)) >= HOURLY:
        raise TooManyError
    case = await moderation.of_version(session, comment) or await _opened(session, comment, comment.text, now)
    if await moderation.has_reported(session, case.id, reporter.person):
        raise AlreadyReportedError
    report = ModerationReport(
        id=uuid7(),
        collectivity=comment.collectivity,
        case_id=case.id,
        person=reporter.person,
        category=new.category,
        explanation=new.explanation,
        created_at=now,
    )
    session.add(report)
    await session.flush()
    return report


async def _opened(session: AsyncSession, comment: Comment, text: str, now: datetime) -> ModerationCase:
    case = ModerationCase(
        id=uuid7(),
        collectivity=comment.collectivity,
        comment_id=comment.id,
        comment_version=comment.version,
        author=comment.person,
        snapshot=text,
        state=CaseState.OPEN,
        version=1,
        created_at=now,
    )
    session.add(case)
    await session.flush()
    return case
