# SPDX-License-Identifier: EUPL-1.2
"""What people allow clients: consents that they want remembered, and the grants that stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, literal, select, union_all, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.collectivity_tables import CollectivityLookRow, CollectivityRow
from parvis_identity.db.tables import ClientRow, ConsentRow, GrantRow
from parvis_identity.domain.client import Audience
from parvis_identity.domain.consent import Consent
from parvis_identity.domain.grant import Grant

_LISTED = 100
_REASON = "consent withdrawn"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What ended: in which collectivity, and which grants."""

    collectivity: str
    grants: Sequence[UUID]


async def consented(session: AsyncSession, person: UUID, client_id: str) -> frozenset[str]:
    """The scopes that the person allows this client without being asked again."""
    row = await session.get(ConsentRow, (person, client_id))
    return frozenset(row.scopes) if row else frozenset()


async def remember(session: AsyncSession, grant: Grant, scopes: frozenset[str], now: datetime) -> None:
    """Keep what the person allows the client from now on."""
    values = {"scopes": sorted(scopes), "given_at": now}
    await session.execute(
        insert(ConsentRow)
        .values(person=grant.person, client_id=grant.client_id, collectivity=grant.collectivity, **values)
        .on_conflict_do_update(index_elements=["person", "client_id"], set_=values)
    )


async def of_person(session: AsyncSession, person: UUID, collectivity: str | None, now: datetime) -> list[Consent]:
    """What a citizen allows now, in that collectivity or in all of them, the latest first; at most a hundred."""
    given = _given(person, now).subquery()
    since = func.min(given.c.since)
    statement = (
        select(
            ClientRow.client_id,
            ClientRow.collectivity,
            ClientRow.name_fr,
            ClientRow.name_en,
            func.coalesce(CollectivityLookRow.name_fr, CollectivityRow.name_fr).label("town_fr"),
            func.coalesce(CollectivityLookRow.name_en, CollectivityRow.name_en).label("town_en"),
            func.array_agg(given.c.scope.distinct()).label("scopes"),
            since.label("allowed_at"),
            func.bool_or(given.c.remembered).label("remembered"),
        )
        .select_from(given)
        .join(ClientRow, ClientRow.client_id == given.c.client_id)
        .join(CollectivityRow, CollectivityRow.collectivity == ClientRow.collectivity)
        .outerjoin(CollectivityLookRow, CollectivityLookRow.collectivity == ClientRow.collectivity)
        .where(ClientRow.audience == Audience.CITIZEN.value)
        .group_by(ClientRow.client_id, CollectivityRow.collectivity, CollectivityLookRow.collectivity)
        .order_by(since.desc(), ClientRow.client_id)
        .limit(_LISTED)
    )
    if collectivity:
        statement = statement.where(ClientRow.collectivity == collectivity)
    return [Consent(**(row | {"scopes": frozenset(row["scopes"])})) for row in await _rows(session, statement)]


async def withdraw(
    session: AsyncSession, person: UUID, client_id: str, collectivity: str | None, now: datetime
) -> Withdrawn | None:
    """End all that a citizen allows the client; None where there is nothing, or not in that collectivity."""
    whose = [ClientRow.client_id == client_id, ClientRow.audience == Audience.CITIZEN.value]
    whose += [ClientRow.collectivity == collectivity] if collectivity else []
    found = await session.scalar(select(ClientRow.collectivity).where(*whose))
    if found is None:
        return None
    forgotten = await session.scalar(
        delete(ConsentRow)
        .where(ConsentRow.person == person, ConsentRow.client_id == client_id)
        .returning(ConsentRow.client_id)
    )
    ended = await session.scalars(
        update(GrantRow)
        .where(GrantRow.client_id == client_id, *_standing(person, now))
        .values(revoked_at=now, revoked_reason=_REASON)
        .returning(GrantRow.id)
        .execution_options(synchronize_session=False)
    )
    over = ended.all()
    return Withdrawn(found, over) if over or forgotten else None


def _standing(person: UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (GrantRow.person == person, GrantRow.revoked_at.is_(None), GrantRow.expires_at > now)


def _given(person: UUID, now: datetime) -> Any:
    remembered = select(
        ConsentRow.client_id,
        func.unnest(ConsentRow.scopes).label("scope"),
        ConsentRow.given_at.label("since"),
        literal(value=True).label("remembered"),
    ).where(ConsentRow.person == person)
    granted = select(GrantRow.client_id, func.unnest(GrantRow.scopes), GrantRow.created_at, literal(value=False))
    return union_all(remembered, granted.where(*_standing(person, now)))


async def _rows(session: AsyncSession, statement: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await session.execute(statement)).mappings()]
