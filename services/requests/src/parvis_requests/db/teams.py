# SPDX-License-Identifier: EUPL-1.2
"""The rows of teams, their members and absences; and where a team is named."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db.tables import Team, TeamAbsence, TeamMember
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.team import Absence, Member


async def all_of(session: AsyncSession, collectivity: str) -> Sequence[Team]:
    """Those of a collectivity, by their codes."""
    return (await session.scalars(select(Team).where(Team.collectivity == collectivity).order_by(Team.code))).all()


async def codes(session: AsyncSession, collectivity: str) -> frozenset[str]:
    """The codes of a collectivity's teams."""
    return frozenset(await session.scalars(select(Team.code).where(Team.collectivity == collectivity)))


async def count(session: AsyncSession, collectivity: str) -> int:
    """How many a collectivity has."""
    return await session.scalar(select(func.count()).where(Team.collectivity == collectivity)) or 0


async def one(session: AsyncSession, collectivity: str, code: str, *, lock: bool = False) -> Team:
    """One of a collectivity's; raises NotFoundError."""
    wanted = select(Team).where(Team.collectivity == collectivity, Team.code == code)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def members(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, tuple[Member, ...]]:
    """Who is in each of these teams, in two look-ups."""
    absences: dict[tuple[UUID, UUID], list[Absence]] = {}
    away = select(TeamAbsence).where(TeamAbsence.team_id.in_(ids)).order_by(TeamAbsence.starts_at)
    for row in await session.scalars(away):
        absences.setdefault((row.team_id, row.agent), []).append(Absence(row.starts_at, row.ends_at, row.deputy))
    found: dict[UUID, tuple[Member, ...]] = dict.fromkeys(ids, ())
    inside = select(TeamMember).where(TeamMember.team_id.in_(ids)).order_by(TeamMember.agent)
    for member in await session.scalars(inside):
        kept = tuple(absences.get((member.team_id, member.agent), ()))
        found[member.team_id] = (*found[member.team_id], Member(member.agent, kept))
    return found


async def replace_members(session: AsyncSession, team: Team, said: Iterable[Member]) -> None:
    """Make these the members of a team that the caller holds locked."""
    await session.execute(delete(TeamAbsence).where(TeamAbsence.team_id == team.id))
    await session.execute(delete(TeamMember).where(TeamMember.team_id == team.id))
    for member in said:
        session.add(TeamMember(team_id=team.id, agent=member.agent, collectivity=team.collectivity))
        for absence in member.absences:
            session.add(
                TeamAbsence(
                    team_id=team.id,
                    agent=member.agent,
                    starts_at=absence.starts_at,
                    ends_at=absence.ends_at,
                    deputy=absence.deputy,
                    collectivity=team.collectivity,
                )
            )
    await session.flush()


async def of_agent(session: AsyncSession, collectivity: str, agent: UUID) -> frozenset[str]:
    """The codes of the teams that somebody is in."""
    wanted = (
        select(Team.code)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.collectivity == collectivity, TeamMember.agent == agent)
    )
    return frozenset(await session.scalars(wanted))


async def put_teams(
    session: AsyncSession, collectivity: str, names: Mapping[str, dict[str, str]], declared: Collection[str]
) -> None:
    """Add the teams that lack; those that are declared get their name, the others keep the one that they have."""
    for code, name in names.items():
        fresh = insert(Team).values(
            id=uuid7(), collectivity=collectivity, code=code, name=name, version=1, created_at=func.now(),
            updated_at=func.now(),
        )  # fmt: skip
        key = [Team.collectivity, Team.code]
        if code in declared:
            changed = {"name": fresh.excluded.name, "version": Team.version + 1, "updated_at": func.now()}
            named = fresh.on_conflict_do_update(
                index_elements=key, set_=changed, where=Team.name != fresh.excluded.name
            )
            await session.execute(named)
        else:
            await session.execute(fresh.on_conflict_do_nothing(index_elements=key))
