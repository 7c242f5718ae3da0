# SPDX-License-Identifier: EUPL-1.2
"""Clients as those see them who manage them, and what lets a partner register one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import clients
from parvis_identity.db.collectivity_tables import CollectivityRow
from parvis_identity.db.managed_tables import RegistrationTicketRow
from parvis_identity.db.tables import ClientRow
from parvis_identity.domain.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """A client with what its managers need to know; ``overlap_until``: so long its secret before is taken as well."""

    client: Client
    version: int
    created_at: datetime
    overlap_until: datetime | None
    disabled_at: datetime | None
    management_hash: bytes | None


async def of_collectivity(session: AsyncSession, collectivity: str) -> list[Managed]:
    """All clients of the collectivity, the newest first; how many there can be is bounded."""
    rows = await session.scalars(
        select(ClientRow)
        .where(ClientRow.collectivity == collectivity)
        .order_by(ClientRow.created_at.desc(), ClientRow.client_id)
    )
    return [_managed(row) for row in rows]


async def find(session: AsyncSession, client_id: str, collectivity: str, *, lock: bool = False) -> Managed | None:
    """The client of that collectivity, disabled or not; with ``lock``, kept from others who would change it."""
    statement = select(ClientRow).where(ClientRow.client_id == client_id, ClientRow.collectivity == collectivity)
    if lock:
        statement = statement.with_for_update()
    row = await session.scalar(statement.execution_options(populate_existing=True))
    return _managed(row) if row else None


async def count(session: AsyncSession, collectivity: str) -> int:
    """How many clients the collectivity has; others who add one wait until the transaction ends."""
    await session.execute(
        select(CollectivityRow.collectivity).where(CollectivityRow.collectivity == collectivity).with_for_update()
    )
    found = await session.scalar(
        select(func.count()).select_from(ClientRow).where(ClientRow.collectivity == collectivity)
    )
    return found or 0


async def managed_by(session: AsyncSession, client_id: str, token_hash: bytes) -> Managed | None:
    """The client that this token manages (RFC 7592), while it is not disabled."""
    row = await session.scalar(
        select(ClientRow)
        .where(
            ClientRow.client_id == client_id,
            ClientRow.management_hash == token_hash,
            ClientRow.disabled_at.is_(None),
        )
        .with_for_update()
    )
    return _managed(row) if row else None


async def put(session: AsyncSession, client: Client, **more: Any) -> Managed:
    """The client as it is now, one version later where it was there; ``more`` are columns of its management."""
    await clients.put_client(session, client)
    if more:
        await session.execute(
            update(ClientRow)
            .where(ClientRow.client_id == client.client_id)
            .values(**more)
            .execution_options(synchronize_session=False)
        )
    row = await session.get_one(ClientRow, client.client_id, populate_existing=True)
    return _managed(row)


async def add_ticket(
    session: AsyncSession, token_hash: bytes, collectivity: str, scopes: list[str], expires_at: datetime
) -> None:
    """Somebody who has the token may register one client of the collectivity, with some of these scopes."""
    session.add(
        RegistrationTicketRow(token_hash=token_hash, collectivity=collectivity, scopes=scopes, expires_at=expires_at)
    )
    await session.flush()


async def spend_ticket(session: AsyncSession, token_hash: bytes, now: datetime) -> tuple[str, frozenset[str]] | None:
    """The collectivity and scopes of a ticket, which is of no use any more; None for one that cannot be used."""
    row = await session.scalar(
        update(RegistrationTicketRow)
        .where(
            RegistrationTicketRow.token_hash == token_hash,
            RegistrationTicketRow.used_at.is_(None),
            RegistrationTicketRow.expires_at > now,
        )
        .values(used_at=now)
        .returning(RegistrationTicketRow)
    )
    return (row.collectivity, frozenset(row.scopes)) if row else None


def _managed(row: ClientRow) -> Managed:
    client = clients.client_of(row)
    return Managed(
        client=client,
        version=row.version,
        created_at=row.created_at,
        overlap_until=row.previous_secret_until if client.previous_secret_hash else None,
        disabled_at=row.disabled_at,
        management_hash=row.management_hash,
    )
