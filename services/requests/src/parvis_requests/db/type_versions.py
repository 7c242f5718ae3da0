# SPDX-License-Identifier: EUPL-1.2
"""Writes the versions of the request types: drafts, publication, retirement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_requests.db.tables import RequestType, RequestTypeVersion
from parvis_requests.domain.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Summary:
    """What a type's own row repeats of its version on offer."""

    group_code: str
    group_name: dict[str, str]
    name: dict[str, str]
    answers_schema: dict[str, Any]
    position_required: bool
    rank: int
    workflow: dict[str, Any]
    access: str

    def values(self) -> dict[str, Any]:
        """As columns."""
        return {name: getattr(self, name) for name in self.__slots__}


async def type_id(session: AsyncSession, collectivity: str, code: str, summary: Summary) -> UUID:
    """The type of that code, made where there is none yet."""
    wanted = select(RequestType.id).where(RequestType.collectivity == collectivity, RequestType.code == code)
    found = (await session.execute(wanted)).scalar_one_or_none()
    if found is None:
        found = uuid7()
        session.add(RequestType(id=found, collectivity=collectivity, code=code, active=False, **summary.values()))
        await session.flush()
    return found


async def next_number(session: AsyncSession, type_: UUID) -> int:
    """The number of the type's next version."""
    wanted = select(func.coalesce(func.max(RequestTypeVersion.number), 0) + 1)
    return int((await session.execute(wanted.where(RequestTypeVersion.type_id == type_))).scalar_one())


def _drafts(collectivity: str) -> Select[tuple[RequestTypeVersion]]:
    return select(RequestTypeVersion).where(
        RequestTypeVersion.collectivity == collectivity, RequestTypeVersion.state == "draft"
    )


async def draft(session: AsyncSession, collectivity: str, draft_id: UUID, *, lock: bool = False) -> RequestTypeVersion:
    """A draft of the collectivity; raises NotFoundError."""
    wanted = _drafts(collectivity).where(RequestTypeVersion.id == draft_id)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def draft_of(session: AsyncSession, type_: UUID) -> RequestTypeVersion | None:
    """The draft of a type, where it has one."""
    wanted = select(RequestTypeVersion).where(RequestTypeVersion.type_id == type_, RequestTypeVersion.state == "draft")
    return (await session.execute(wanted)).scalar_one_or_none()


async def drafts(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[RequestTypeVersion]:
    """One page of the drafts, newest first."""
    wanted = keyset.at(_drafts(collectivity), RequestTypeVersion.created_at, RequestTypeVersion.id, position, limit)
    return keyset.cut((await session.scalars(wanted)).all(), position, limit)


def _versions(collectivity: str, code: str) -> Select[tuple[RequestTypeVersion]]:
    return (
        select(RequestTypeVersion)
        .join(RequestType, RequestType.id == RequestTypeVersion.type_id)
        .where(RequestType.collectivity == collectivity, RequestType.code == code, RequestTypeVersion.state != "draft")
    )


async def versions(
    session: AsyncSession, collectivity: str, code: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[RequestTypeVersion]:
    """One page of what was offered under that code, the newest first; none where nothing ever was."""
    wanted = _versions(collectivity, code)
    page = keyset.at(wanted, RequestTypeVersion.created_at, RequestTypeVersion.id, position, limit)
    return keyset.cut((await session.scalars(page)).all(), position, limit)


async def version(session: AsyncSession, collectivity: str, code: str, number: int) -> RequestTypeVersion:
    """What was offered as that version; raises NotFoundError."""
    wanted = _versions(collectivity, code).where(RequestTypeVersion.number == number)
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def codes(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The codes of these types."""
    rows = await session.execute(select(RequestType.id, RequestType.code).where(RequestType.id.in_(ids)))
    return {row.id: row.code for row in rows}


async def on_offer(session: AsyncSession, collectivity: str, code: str) -> RequestTypeVersion | None:
    """The version on offer of the type of that code, locked."""
    wanted = (
        select(RequestTypeVersion)
        .join(RequestType, RequestType.id == RequestTypeVersion.type_id)
        .where(
            RequestType.collectivity == collectivity,
            RequestType.code == code,
            RequestTypeVersion.state == "published",
        )
        .with_for_update(of=RequestTypeVersion)
    )
    return (await session.execute(wanted)).scalar_one_or_none()


async def retire(session: AsyncSession, type_: UUID, now: datetime) -> None:
    """Offer the type no longer; its requests go on."""
    await session.execute(
        update(RequestTypeVersion)
        .where(RequestTypeVersion.type_id == type_, RequestTypeVersion.state == "published")
        .values(state="retired", updated_at=now)
    )
    await session.execute(update(RequestType).where(RequestType.id == type_).values(active=False))


async def offer(session: AsyncSession, version: RequestTypeVersion, summary: Summary, now: datetime) -> None:
    """Offer this version of its type, in place of the one before."""
    await retire(session, version.type_id, now)
    version.state, version.published_at, version.updated_at = "published", now, now
    await session.execute(
        update(RequestType).where(RequestType.id == version.type_id).values(active=True, **summary.values())
    )
    await session.flush()


async def discard(session: AsyncSession, version: RequestTypeVersion) -> None:
    """Delete a draft, and its type where that never had another version."""
    await session.delete(version)
    await session.flush()
    others = select(RequestTypeVersion.id).where(RequestTypeVersion.type_id == version.type_id)
    await session.execute(delete(RequestType).where(RequestType.id == version.type_id, ~others.exists()))
