# SPDX-License-Identifier: EUPL-1.2
"""Who gave notice without an account and left an address is written to: that it came, and what was decided.

Article 16, paragraphs 4 and 5, of regulation (EU) 2022/2065. Nobody has shown that the address is theirs, so that few
mails go to one mailbox a day; what else there is to tell is read by the secret.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.messaging import outbox
from parvis_participation import comment_events
from parvis_participation.db import mailboxes, moderation, notices
from parvis_participation.db.moderation_tables import ModerationCase
from parvis_participation.db.notice_tables import ContentNotice
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.mailbox import mailbox_of
from parvis_participation.domain.moderation import CaseState
from parvis_participation.domain.notice import MOST_MAILED

EMAIL: Final = "content_notice.email"
_ADDRESS: Final = "content_notice.address"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NotifierReached:
    """Where somebody is written to, in which language, and since when."""

    email: str
    language: str
    since: datetime


async def acknowledge(
    session: AsyncSession,
    row: ContentNotice,
    case: ModerationCase,
    email: str,
    language: str,
    index: BlindIndex,
    now: datetime,
) -> None:
    """Have mails of a new notice go to its address, unless enough do today; in the caller's transaction.

    Of a case that is decided already no moderator decides again by itself: they are told at once what was decided.
    """
    row.address, row.language = index.of(_ADDRESS, mailbox_of(email)), language
    await mailboxes.take_turn(session, row.address)
    before = await notices.mailed_since(session, row.address, now - _DAY)
    row.mailed = before < MOST_MAILED
    await session.flush()
    if row.mailed:
        await outbox.add(session, comment_events.notice_told(row, "received", 1, now))
        if case.state in {CaseState.DECIDED, CaseState.CLOSED}:
            await _tell(session, row, case, now)


async def tell_notifiers(session: AsyncSession, case: ModerationCase, now: datetime) -> None:
    """Tell those of a case what was decided, each mailbox once, in the caller's transaction; there are never many."""
    latest = {row.address: row for row in await notices.of_case(session, case.id) if row.mailed}
    for row in latest.values():
        await _tell(session, row, case, now)


async def read_notifier(session: AsyncSession, collectivity: str, person: UUID, persons: PersonKeys) -> NotifierReached:
    """Where somebody is written to, for the service that writes; raises NotFoundError, also of who is forgotten."""
    row = await notices.of_person(session, collectivity, person)
    try:
        key = await persons.of(person)
    except KeyDestroyedError as error:
        raise NotFoundError from error
    if row.email is None:
        raise NotFoundError
    return NotifierReached(key.open(EMAIL, row.email), row.language or "fr", row.created_at)


async def _tell(session: AsyncSession, row: ContentNotice, case: ModerationCase, now: datetime) -> None:
    subject: comment_events.NoticeNews = "removed" if case.outcome == "removed" else "kept"
    final = not moderation.entity(case).contestable(now)
    await outbox.add(session, comment_events.notice_told(row, subject, case.version, now, final=final))
