# SPDX-License-Identifier: EUPL-1.2
"""Numbers that get no more text messages of a town or of one of its applications, because they said so."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.db.text_stop_tables import TextedNumber, TextStop

THE_TOWN: Final = ""
"""In the place of an application."""
# $3 is a message: an application that has no number of its own writes by the town's, whose STOP is its own.
_OF_APPLICATION: Final = """
SELECT CASE WHEN EXISTS (SELECT 1 FROM sending_key k WHERE k.collectivity = m.collectivity
    AND k.application = m.application AND k.inbound_number IS NOT NULL AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > now())) THEN m.application ELSE '' END
FROM sent_message m WHERE m.id = $1 AND m.collectivity = $2
"""
_HOLDS: Final = """
SELECT true FROM text_stop WHERE mark = $1 AND collectivity = $2 AND application = $3 AND lifted_at IS NULL
"""


async def whose(pool: "asyncpg.Pool[Any]", message: UUID, collectivity: str) -> str:
    """By whose number a message goes: THE_TOWN, or an application that has one."""
    found: str | None = await pool.fetchval(_OF_APPLICATION, message, collectivity)
    return found or THE_TOWN


async def holds(pool: "asyncpg.Pool[Any]", collectivity: str, application: str, mark: bytes) -> bool:
    """Whether that number has said STOP to it."""
    return bool(await pool.fetchval(_HOLDS, mark, collectivity, application))


async def stopped(session: AsyncSession, collectivity: str, mark: bytes) -> bool:
    """Whether that number has said STOP to the town."""
    wanted = select(TextStop.id).where(TextStop.mark == mark, TextStop.collectivity == collectivity)
    wanted = wanted.where(TextStop.application == THE_TOWN, TextStop.lifted_at.is_(None))
    return await session.scalar(wanted) is not None


async def lifted_last(session: AsyncSession, collectivity: str, application: str, mark: bytes) -> datetime | None:
    """When a STOP of that number was taken back last."""
    wanted = select(func.max(TextStop.lifted_at)).where(TextStop.mark == mark, TextStop.collectivity == collectivity)
    found: datetime | None = await session.scalar(wanted.where(TextStop.application == application))
    return found


async def record(session: AsyncSession, collectivity: str, application: str, mark: bytes, **values: Any) -> None:
    """Keep it; one that holds already is left as it is."""
    row = {"id": uuid7(), "collectivity": collectivity, "application": application, "mark": mark, **values}
    holds = (
        insert(TextStop)
        .values(row)
        .on_conflict_do_nothing(
            index_elements=["mark", "collectivity", "application"], index_where=TextStop.lifted_at.is_(None)
        )
    )
    await session.execute(holds)


async def lift(
    session: AsyncSession,
    collectivity: str,
    application: str,
    marks: Collection[bytes],
    *,
    way: str,
    words: str | None = None,
    at: datetime,
) -> bool:
    """Those of these numbers that were said by then hold no longer; False where none did."""
    ended = update(TextStop).where(TextStop.mark.in_(marks), TextStop.collectivity == collectivity)
    ended = ended.where(TextStop.application == application, TextStop.lifted_at.is_(None), TextStop.said_at <= at)
    done = await session.execute(
        ended.values(lifted_at=at, lifted_way=way, lifted_words=words)
        .returning(TextStop.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


async def reached_at(session: AsyncSession, person: UUID, collectivity: str, mark: bytes) -> None:
    """An account has that number."""
    row = insert(TextedNumber).values(collectivity=collectivity, person=person, mark=mark)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["collectivity", "person"], set_={"mark": mark}, where=TextedNumber.mark != mark
        )
    )


async def number_changed(session: AsyncSession, person: UUID) -> None:
    """An account has another number, or none: nothing is known of it."""
    await session.execute(delete(TextedNumber).where(TextedNumber.person == person))


async def texted(session: AsyncSession, person: UUID) -> Sequence[bytes]:
    """The number that an account had, in every collectivity."""
    return (await session.scalars(select(TextedNumber.mark).where(TextedNumber.person == person).distinct())).all()


async def numbers_of(session: AsyncSession, person: UUID, collectivity: str) -> Sequence[bytes]:
    """The numbers by which an account is reached."""
    texted = select(TextedNumber.mark).where(TextedNumber.collectivity == collectivity, TextedNumber.person == person)
    told = select(Subscriber.phone_mark).where(Subscriber.collectivity == collectivity, Subscriber.person == person)
    known = [*(await session.scalars(texted)).all(), *(await session.scalars(told)).all()]
    return [mark for mark in dict.fromkeys(known) if mark is not None]


async def of_numbers(session: AsyncSession, collectivity: str, marks: Collection[bytes]) -> Sequence[TextStop]:
    """What these numbers have stopped, the town's first."""
    wanted = select(TextStop).where(TextStop.mark.in_(marks), TextStop.collectivity == collectivity)
    wanted = wanted.where(TextStop.lifted_at.is_(None)).order_by(TextStop.application, TextStop.said_at, TextStop.id)
    return (await session.scalars(wanted)).all() if marks else []
