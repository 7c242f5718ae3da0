# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account reports something, reads by a secret what was decided, and contests that.

Article 16 of regulation (EU) 2022/2065. Each is a person of their own, with a key of their own that is destroyed some
time after the decision; the report stays, of nobody.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import comment_events
from parvis_participation.db import moderation, notices
from parvis_participation.db.moderation_tables import ModerationCase, ModerationDecision, ModerationReport
from parvis_participation.db.notice_tables import ContentNotice
from parvis_participation.domain.moderation import Ref
from parvis_participation.domain.notice import check_notifier, check_number
from parvis_participation.service.decide_case import contest_decision
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.report_content import NewReport, add_report, case_of, seen_content
from parvis_participation.service.tell_notifiers import EMAIL, acknowledge

NAME: Final = "content_notice.name"
_HOUR: Final = timedelta(hours=1)
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Notifier:
    """Who gives a notice; both are None where they need not say."""

    name: str | None
    email: str | None
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Followed:
    """A case as whoever gave notice reads it."""

    case: ModerationCase
    decisions: Sequence[ModerationDecision]


async def take_notice(
    session: AsyncSession,
    collectivity: str,
    ref: Ref,
    new: NewReport,
    notifier: Notifier,
    *,
    persons: PersonKeys,
    index: BlindIndex,
    an_hour: int,
    now: datetime,
) -> tuple[ModerationReport, str]:
    """The report and the secret by which to follow it, in the caller's transaction; what is reported is locked.

    Raises NotFoundError, one of the errors of what is gone, NotifierError or TooManyNoticesError.
    """
    content = await seen_content(session, collectivity, ref)
    check_notifier(new.category, notifier.name, notifier.email)
    within_hour = await notices.given_since(session, collectivity, now - _HOUR, an_hour)
    case = await case_of(session, content, now)
    check_number(within_hour, an_hour, len(await notices.of_case(session, case.id)))
    person, token = uuid4(), secrets.token_urlsafe(32)
    key = await persons.of(person)
    row = ContentNotice(
        person=person,
        collectivity=collectivity,
        case_id=case.id,
        name=None if notifier.name is None else key.seal(NAME, notifier.name),
        email=None if notifier.email is None else key.seal(EMAIL, notifier.email),
        digest=digest_of(token),
        created_at=now,
    )
    session.add(row)
    report = await add_report(session, case, person, new, now)
    if notifier.email is not None:
        await acknowledge(session, row, case, notifier.email, notifier.language, index, now)
    return report, token


async def followed(session: AsyncSession, token: str) -> Followed:
    """What became of it; raises NotFoundError."""
    notice = await notices.by_digest(session, digest_of(token))
    case = await moderation.one(session, notice.collectivity, notice.case_id)
    return Followed(case, await moderation.decisions(session, [case.id]))


async def contest_by_token(session: AsyncSession, token: str, explanation: str, *, now: datetime) -> Followed:
    """Bring a decision to keep it before another moderator, as :func:`contest_decision`; its errors, too."""
    notice = await notices.by_digest(session, digest_of(token))
    who = Author(notice.collectivity, notice.person)
    case = await contest_decision(session, who, notice.case_id, explanation, now=now)
    return Followed(case, await moderation.decisions(session, [case.id]))


async def notifiers(session: AsyncSession, case_id: UUID, persons: PersonKeys) -> dict[UUID, Notifier]:
    """Who gave notices of a case, for moderators; nothing of who was forgotten."""
    found: dict[UUID, Notifier] = {}
    for row in await notices.of_case(session, case_id):
        try:
            key = await persons.of(row.person)
        except KeyDestroyedError:
            continue
        name = None if row.name is None else key.open(NAME, row.name)
        found[row.person] = Notifier(name, None if row.email is None else key.open(EMAIL, row.email))
    return found


async def forget_notifiers(database: Database, persons: PersonKeys, days: int, now: datetime) -> int:
    """Forget who gave notices of what was decided longer ago than that; returns how many.

    First the key: where that is interrupted, the next round goes on.
    """
    async with database.reading() as session:
        found = await notices.to_forget(session, now - timedelta(days=days), _BATCH)
    for row in found:
        await persons.destroy(row.person)
        async with database.unit_of_work() as uow:
            await notices.forget(uow.session, row.person)
            if row.mailed:
                await outbox.add(uow.session, comment_events.notice_told(row, "forgotten", 1, now))
            await uow.commit()
    return len(found)


def digest_of(token: str) -> bytes:
    """What is kept of a secret to find it by; that has 256 bits, so nobody tries it."""
    return sha256(token.encode()).digest()
