# SPDX-License-Identifier: EUPL-1.2
"""What devices asked for, by the hashes of the code that they keep and of the one that people type."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.device_tables import DeviceRequestRow
from parvis_identity.domain.device import DeviceRequest


async def add(session: AsyncSession, request: DeviceRequest, user_hash: bytes, now: datetime) -> bool:
    """A new one; False where its user code is somebody's already."""
    added = await session.scalar(
        insert(DeviceRequestRow)
        .values(
            device_hash=request.device_hash,
            user_hash=user_hash,
            client_id=request.client_id,
            scopes=sorted(request.scopes),
            resources=sorted(request.resources),
            interval_seconds=request.interval_seconds,
            created_at=now,
            expires_at=request.expires_at,
        )
        .on_conflict_do_nothing(index_elements=["user_hash"])
        .returning(DeviceRequestRow.device_hash)
    )
    return added is not None


async def waiting(session: AsyncSession, user_hash: bytes, now: datetime) -> DeviceRequest | None:
    """The one that nobody has answered yet, or None."""
    row = await session.scalar(select(DeviceRequestRow).where(*_unanswered(user_hash, now)))
    return _request(row) if row else None


async def allow(session: AsyncSession, user_hash: bytes, grant: UUID, now: datetime) -> bool:
    """The person allowed it; False where it was answered before, or is over."""
    return await _answer(session, user_hash, now, grant_id=grant)


async def deny(session: AsyncSession, user_hash: bytes, now: datetime) -> bool:
    """The person refused; False where it was answered before, or is over."""
    return await _answer(session, user_hash, now, denied_at=now)


async def locked(session: AsyncSession, device_hash: bytes, client_id: str) -> DeviceRequest | None:
    """The client's own, which no other poll sees before the transaction ends."""
    row = await session.scalar(
        select(DeviceRequestRow)
        .where(DeviceRequestRow.device_hash == device_hash, DeviceRequestRow.client_id == client_id)
        .with_for_update()
    )
    return _request(row) if row else None


async def note(session: AsyncSession, request: DeviceRequest) -> None:
    """Keep when the device asked last, how long it must wait, and whether it has its tokens."""
    await session.execute(
        update(DeviceRequestRow)
        .where(DeviceRequestRow.device_hash == request.device_hash)
        .values(
            polled_at=request.polled_at,
            interval_seconds=request.interval_seconds,
            redeemed_at=request.redeemed_at,
        )
    )


async def _answer(session: AsyncSession, user_hash: bytes, now: datetime, **values: UUID | datetime) -> bool:
    answered = await session.scalar(
        update(DeviceRequestRow)
        .where(*_unanswered(user_hash, now))
        .values(**values)
        .returning(DeviceRequestRow.device_hash)
    )
    return answered is not None


def _unanswered(user_hash: bytes, now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = DeviceRequestRow
    return (row.user_hash == user_hash, row.grant_id.is_(None), row.denied_at.is_(None), row.expires_at > now)


def _request(row: DeviceRequestRow) -> DeviceRequest:
    return DeviceRequest(
        device_hash=row.device_hash,
        client_id=row.client_id,
        scopes=frozenset(row.scopes),
        resources=frozenset(row.resources),
        interval_seconds=row.interval_seconds,
        polled_at=row.polled_at,
        grant=row.grant_id,
        denied_at=row.denied_at,
        redeemed_at=row.redeemed_at,
        expires_at=row.expires_at,
    )
