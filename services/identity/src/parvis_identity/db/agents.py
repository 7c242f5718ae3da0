# SPDX-License-Identifier: EUPL-1.2
"""Agents as those see them who look after them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import MembershipRow
from parvis_identity.domain.agent import Agent, Duties, Profile, Status
from parvis_identity.domain.roles import Role
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db import keyset
from parvis_kit.db.keyset import Position, Slice

_COLUMN = "profile"


class Agents:
    """The agents of one collectivity, within one transaction."""

    def __init__(self, session: AsyncSession, keys: PersonKeys, collectivity: str) -> None:
        self._session = session
        self._keys = keys
        self._collectivity = collectivity

    async def find(self, agent: UUID, *, lock: bool = False) -> Agent | None:
        """The agent; with ``lock``, kept from others until the transaction ends."""
        statement = self._all().where(MembershipRow.id == agent)
        row = await self._session.scalar(statement.with_for_update() if lock else statement)
        return (await self._opened([row]))[0] if row else None

    async def invited(self, email_index: bytes) -> Agent | None:
        """The agent who was invited by that address, locked."""
        statement = self._all().where(MembershipRow.invited_email_index == email_index).with_for_update()
        row = await self._session.scalar(statement)
        return (await self._opened([row]))[0] if row else None

    async def page(self, filters: Mapping[str, str | None], position: Position | None, limit: int) -> Slice[Agent]:
        """A page of them, newest first; ``filters`` are ``status``, ``role`` and ``team``."""
        statement = self._all().where(*_conditions(filters))
        rows = await self._session.scalars(
            keyset.at(statement, MembershipRow.created_at, MembershipRow.id, position, limit)
        )
        found = keyset.cut(rows.all(), position, limit)
        return Slice(await self._opened(found.rows), found.next, found.previous)

    async def found(self, wanted: Mapping[str, bytes | UUID], offset: int, limit: int) -> tuple[int, list[Agent]]:
        """How many are not gone and have all of this, and some of them, the oldest first.

        ``wanted`` holds ``id``, ``user_name_index`` (with ``email_index`` for those invited by an address alone), or
        ``external_id_index``.
        """
        conditions: list[ColumnElement[bool]] = [
            MembershipRow.collectivity == self._collectivity,
            MembershipRow.ended_at.is_(None),
        ]
        if "id" in wanted:
            conditions.append(MembershipRow.id == wanted["id"])
        if "external_id_index" in wanted:
            conditions.append(MembershipRow.external_id_index == wanted["external_id_index"])
        if "user_name_index" in wanted:
            by_address = and_(
                MembershipRow.user_name_index.is_(None),
                MembershipRow.invited_email_index == wanted["email_index"],
            )
            conditions.append(or_(MembershipRow.user_name_index == wanted["user_name_index"], by_address))
        total = await self._session.scalar(select(func.count()).select_from(MembershipRow).where(*conditions))
        rows = await self._session.scalars(
            select(MembershipRow)
            .where(*conditions)
            .order_by(MembershipRow.created_at, MembershipRow.id)
            .offset(offset)
            .limit(limit)
        )
        return total or 0, await self._opened(rows.all())

    async def signed_in(self, after: UUID | None, limit: int) -> list[Agent]:
        """Those who have signed in and are not gone, by the ids of their accounts, beginning after that one."""
        wanted = self._all().where(MembershipRow.person.is_not(None), MembershipRow.ended_at.is_(None))
        if after:
            wanted = wanted.where(MembershipRow.person > after)
        return await self._opened(
            (await self._session.scalars(wanted.order_by(MembershipRow.person).limit(limit))).all()
        )

    async def of_team(self, code: str) -> list[Agent]:
        """Those of a team who are not gone, in one order."""
        rows = await self._session.scalars(
            self._all()
            .where(MembershipRow.teams.contains([code]), MembershipRow.ended_at.is_(None))
            .order_by(MembershipRow.id)
        )
        return await self._opened(rows.all())

    async def index(self, agent: UUID, user_name: bytes | None, external_id: bytes | None) -> None:
        """What a directory finds the agent by."""
        await self._session.execute(
            update(MembershipRow)
            .where(MembershipRow.id == agent, MembershipRow.collectivity == self._collectivity)
            .values(user_name_index=user_name, external_id_index=external_id)
            .execution_options(synchronize_session=False)
        )

    async def add(self, agent: Agent, email_index: bytes) -> None:
        """One agent more; IntegrityError where that address is invited already."""
        self._session.add(
            MembershipRow(
                id=agent.id,
                collectivity=agent.collectivity,
                invited_email_index=email_index,
                created_at=agent.created_at,
                **await self._values(agent),
            )
        )
        await self._session.flush()

    async def put(self, agent: Agent, email_index: bytes | None = None) -> None:
        """The agent as they are now; with ``email_index``, they are invited by that address from now on."""
        values = await self._values(agent)
        if email_index is not None:
            values["invited_email_index"] = email_index
        await self._session.execute(
            update(MembershipRow)
            .where(MembershipRow.id == agent.id, MembershipRow.collectivity == self._collectivity)
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    async def other_administrators(self, agent: UUID, *, lock: bool = True) -> bool:
        """True where somebody else who has signed in before can administer the collectivity.

        All administrators are locked, in one order: two who remove each other do it one after the other.
        """
        administrators = (
            select(MembershipRow.id)
            .where(
                MembershipRow.collectivity == self._collectivity,
                MembershipRow.roles.contains([Role.ADMINISTRATOR.value]),
                MembershipRow.ended_at.is_(None),
                MembershipRow.suspended_at.is_(None),
                MembershipRow.person.is_not(None),
            )
            .order_by(MembershipRow.id)
        )
        rows = await self._session.scalars(administrators.with_for_update() if lock else administrators)
        return any(found != agent for found in rows.all())

    def _all(self) -> Any:
        return select(MembershipRow).where(MembershipRow.collectivity == self._collectivity)

    async def _values(self, agent: Agent) -> dict[str, Any]:
        sealed = None
        if agent.profile:
            sealed = (await self._keys.of(agent.id)).seal(_COLUMN, json.dumps(asdict(agent.profile)))
        return {
            "roles": list(agent.duties.roles),
            "teams": list(agent.duties.teams),
            "territories": list(agent.duties.territories),
            "profile": sealed,
            "version": agent.version,
            "updated_at": agent.updated_at,
            "suspended_at": agent.suspended_at,
            "ended_at": agent.ended_at,
        }

    async def _opened(self, rows: Sequence[MembershipRow]) -> list[Agent]:
        keys = await self._keys.of_many({row.id for row in rows if row.profile is not None})
        return [_agent(row, keys.get(row.id)) for row in rows]


def _conditions(filters: Mapping[str, str | None]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    status, role, team = (filters.get(name) for name in ("status", "role", "team"))
    ended, suspended = MembershipRow.ended_at.is_not(None), MembershipRow.suspended_at.is_not(None)
    if status == Status.ENDED:
        conditions.append(ended)
    elif status == Status.SUSPENDED:
        conditions += [~ended, suspended]
    elif status is not None:
        bound = MembershipRow.person.is_not(None)
        conditions += [~ended, ~suspended, bound if status == Status.ACTIVE else ~bound]
    if role is not None:
        conditions.append(MembershipRow.roles.contains([role]))
    if team is not None:
        conditions.append(MembershipRow.teams.contains([team]))
    return conditions


def _agent(row: MembershipRow, key: PersonKey | None) -> Agent:
    profile = None
    if key and row.profile is not None:
        profile = Profile(**json.loads(key.open(_COLUMN, row.profile)))
    return Agent(
        id=row.id,
        collectivity=row.collectivity,
        person=row.person,
        duties=Duties(roles=tuple(row.roles), teams=tuple(row.teams), territories=tuple(row.territories)),
        profile=profile,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        suspended_at=row.suspended_at,
        ended_at=row.ended_at,
    )
