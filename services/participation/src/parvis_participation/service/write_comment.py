# SPDX-License-Identifier: EUPL-1.2
"""People discuss what a town consults on: they comment, answer, change their words, and take them back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_participation import comment_events
from parvis_participation.db import comments, merged_accounts
from parvis_participation.db.comment_tables import Comment as Row
from parvis_participation.db.comment_tables import CommentVersion
from parvis_participation.domain.errors import (
    CommentGoneError,
    NotAllowedError,
    StaleVersionError,
    TooManyError,
    UnknownParentError,
)
from parvis_participation.domain.thread import CommentState, Subject, below
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.discussed import check_open

HOURLY: Final = 60
"""How many comments one person may write within an hour."""


@dataclass(frozen=True, slots=True)
class NewComment:
    """What is said, in answer to which comment, if to any."""

    text: str
    parent_id: UUID | None


async def write_comment(
    session: AsyncSession, author: Author, subject: Subject, new: NewComment, *, now: datetime
) -> Row:
    """The comment, told, in the caller's transaction.

    Raises NotFoundError, PhaseError or NotOpenError, UnknownParentError, CommentGoneError, ThreadDepthError or
    TooManyError.
    """
    person = await merged_accounts.standing(session, author.person)  # first: a merge locks comments after it
    await comments.one_at_a_time(session, person)
    if await comments.written_since(session, person, now - timedelta(hours=1)) >= HOURLY:
        raise TooManyError
    await check_open(session, author.collectivity, subject, now)
    parent = await _parent(session, subject, new.parent_id)
    comment_id = uuid7()
    row = Row(
        id=comment_id,
        collectivity=author.collectivity,
        **comments.owned(subject),
        parent_id=new.parent_id,
        path=(parent.path if parent else b"") + comment_id.bytes,
        depth=below(parent.depth) if parent else 0,
        person=person,
        text=new.text,
        state=CommentState.PUBLISHED,
        version=1,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    await session.flush()
    await outbox.add(session, comment_events.comment_published(row, subject, now))
    return row


async def edit_comment(
    session: AsyncSession, author: Author, comment_id: UUID, text: str, *, version: int, now: datetime
) -> Row:
    """Change the version that its author saw; everybody can read what it said before.

    Raises NotFoundError, NotAllowedError for anybody else, CommentGoneError, StaleVersionError, PhaseError or
    NotOpenError.
    """
    row = await _own(session, author, comment_id, version)
    await check_open(session, author.collectivity, comments.subject_of(row), now)
    session.add(
        CommentVersion(
            id=uuid7(),
            collectivity=row.collectivity,
            comment_id=row.id,
            version=row.version,
            text=row.text,
            created_at=row.changed_at,
        )
    )
    row.text, row.changed_at = text, now
    row.version += 1
    await session.flush()
    return row


async def withdraw_comment(
    session: AsyncSession, author: Author, comment_id: UUID, *, version: int, now: datetime
) -> None:
    """Take its words away for good, now and before; its place stays, for the answers to it. At any time.

    Raises NotFoundError, NotAllowedError for anybody else, CommentGoneError or StaleVersionError.
    """
    row = await _own(session, author, comment_id, version)
    await comments.forget(session, row.id)
    row.text, row.state, row.changed_at = None, CommentState.WITHDRAWN, now
    row.version += 1
    await session.flush()
    await outbox.add(session, comment_events.comment_withdrawn(row, comments.subject_of(row), now))


async def _parent(session: AsyncSession, subject: Subject, parent_id: UUID | None) -> Row | None:
    if parent_id is None:
        return None
    parent = await comments.in_thread(session, subject, parent_id)
    if parent is None:
        raise UnknownParentError
    if parent.state != CommentState.PUBLISHED:
        raise CommentGoneError
    return parent


async def _own(session: AsyncSession, author: Author, comment_id: UUID, version: int) -> Row:
    row = await comments.one(session, author.collectivity, comment_id, lock=True)
    if row.person != author.person:
        raise NotAllowedError
    if row.state != CommentState.PUBLISHED:
        raise CommentGoneError
    if row.version != version:
        raise StaleVersionError
    return row
