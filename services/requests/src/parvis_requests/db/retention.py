# SPDX-License-Identifier: EUPL-1.2
"""Which requests are kept until when, and what is to be destroyed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_requests.db import access
from parvis_requests.db.tables import Appeal, Attachment, Destruction, LegalHold, PurgedRequest, Reporter, Retention
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.appeal import AppealState
from parvis_requests.domain.request import Actor

FILE: Final = "file"
KEY: Final = "key"
# By an agent, or by an appeal that is not over.
_HELD: Final = or_(
    exists().where(LegalHold.request_id == Retention.request_id),
    exists().where(Appeal.request_id == Retention.request_id, Appeal.state == AppealState.OPEN),
)


async def keep_until(
    session: AsyncSession, request_id: UUID, collectivity: str, ended_at: datetime, due: datetime
) -> None:
    """Keep a request that ended then until then."""
    values = {"request_id": request_id, "collectivity": collectivity, "ended_at": ended_at, "due_at": due}
    statement = insert(Retention).values(**values)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["request_id"], set_={"ended_at": statement.excluded.ended_at, "due_at": due}
        )
    )


async def keep(session: AsyncSession, request_id: UUID) -> None:
    """Keep a request without an end: it goes on."""
    await session.execute(delete(Retention).where(Retention.request_id == request_id))


async def due(session: AsyncSession, now: datetime, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Any]:
    """Requests that nobody holds and whose time is over, the longest over first: rows of when, and which."""
    wanted = select(Retention.due_at, Retention.request_id).where(Retention.due_at <= now, ~_HELD)
    place = keyset.Position(*after) if after else None
    page = keyset.at(wanted, Retention.due_at, Retention.request_id, place, limit - 1, newest_first=False)
    return (await session.execute(page)).all()


async def locked(session: AsyncSession, request_id: UUID) -> Row | None:
    """The request, locked; None where it is gone, or where somebody acts on it right now."""
    wanted = select(Row).where(Row.id == request_id).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def over(session: AsyncSession, request_id: UUID, now: datetime) -> Retention | None:
    """The retention of a request whose time is over, unless somebody holds it."""
    wanted = select(Retention).where(Retention.request_id == request_id, Retention.due_at <= now, ~_HELD)
    return (await session.execute(wanted)).scalar_one_or_none()


async def files(session: AsyncSession, request_id: UUID) -> Sequence[UUID]:
    """The files of a request, under which their bytes lie."""
    return (await session.scalars(select(Attachment.id).where(Attachment.request_id == request_id))).all()


async def remove_reporter(session: AsyncSession, row: Row) -> bool:
    """Delete the contact of whoever filed only this request, without an account; True where there was one."""
    others = exists().where(Row.collectivity == row.collectivity, Row.author == row.author, Row.id != row.id)
    gone = delete(Reporter).where(Reporter.person == row.author, Reporter.collectivity == row.collectivity, ~others)
    return (await session.execute(gone.returning(Reporter.person))).first() is not None


async def remove(session: AsyncSession, row: Row, kept: PurgedRequest) -> None:
    """Delete a request with all that hangs on it, and keep that row in its place."""
    session.add(kept)
    await session.flush()
    await session.execute(delete(Row).where(Row.id == row.id).execution_options(synchronize_session=False))


async def destroy(session: AsyncSession, collectivity: str, kind: str, ids: Iterable[UUID]) -> None:
    """Have these destroyed, once this transaction is through; those that are listed already stay so."""
    if values := [{"id": id_, "collectivity": collectivity, "kind": kind} for id_ in ids]:
        await session.execute(insert(Destruction).values(values).on_conflict_do_nothing())


async def to_destroy(session: AsyncSession, limit: int) -> Sequence[Destruction]:
    """What is still to be destroyed."""
    return (await session.scalars(select(Destruction).order_by(Destruction.id).limit(limit))).all()


async def destroyed(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """These are no more."""
    gone = delete(Destruction).where(Destruction.id.in_(ids))
    await session.execute(gone.execution_options(synchronize_session=False))


async def notices(
    session: AsyncSession, agent: Actor, before: datetime, position: keyset.Position | None, limit: int
) -> keyset.Slice[Any]:
    """One page of what falls due before then and the agent may read, the first due first; ``held``: what one holds."""
    wanted = (
        select(Row.id, Row.reference, Row.type_id, Row.type_version, Row.status, Row.team,
               Retention.ended_at, Retention.due_at, _HELD.label("held"))
        .join(Retention, Retention.request_id == Row.id)
        .where(Retention.collectivity == agent.collectivity, Retention.due_at < before, access.open_to(agent))
    )  # fmt: skip
    page = keyset.at(wanted, Retention.due_at, Retention.request_id, position, limit, newest_first=False)
    return keyset.cut((await session.execute(page)).all(), position, limit, key="due_at")


async def purged(
    session: AsyncSession, agent: Actor, position: keyset.Position | None, limit: int
) -> keyset.Slice[PurgedRequest]:
    """One page of what is left of requests, the last purged first."""
    mine = (PurgedRequest.collectivity == agent.collectivity, access.purged_open_to(agent))
    wanted = select(PurgedRequest).where(*mine)
    rows = await session.scalars(keyset.at(wanted, PurgedRequest.purged_at, PurgedRequest.id, position, limit))
    return keyset.cut(rows.all(), position, limit, key="purged_at")


async def kept(session: AsyncSession, request_id: UUID) -> Retention | None:
    """When a request ended, and until when it is kept, where its type says that."""
    return await session.get(Retention, request_id)


async def hold(session: AsyncSession, request_id: UUID) -> LegalHold | None:
    """What holds a request beyond its time."""
    return await session.get(LegalHold, request_id)
