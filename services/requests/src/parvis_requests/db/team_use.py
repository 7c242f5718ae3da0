# SPDX-License-Identifier: EUPL-1.2
"""Where a team is named: the default of a town, its routing, its request types, and requests that go on."""

from typing import Any

from sqlalchemy import exists, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Collectivity, RequestTypeVersion, RoutingRule
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.work_queue import existing_branches

_HANDED_OVER = literal("$.workflow.transitions[*].effects[*] ? (@.team == $team)", JSONPATH)
_ROUTED = literal("$.routing[*] ? (@.team == $team)", JSONPATH)
_RULED = literal("$.rules[*] ? (@.team == $team || @.also[*] == $team || @.escalate[*].team == $team)", JSONPATH)


async def routed_to(session: AsyncSession, collectivity: str, code: str) -> bool:
    """Whether new requests may come to the team: by default, by a rule of the town or of a type on offer."""
    town = exists().where(Collectivity.collectivity == collectivity, Collectivity.default_team == code)
    said = func.jsonb_path_exists(Collectivity.routing, _RULED, func.jsonb_build_object("team", code))
    ruled = exists().where(Collectivity.collectivity == collectivity, said)
    rule = exists().where(RoutingRule.collectivity == collectivity, RoutingRule.team == code)
    offered = exists().where(
        RequestTypeVersion.collectivity == collectivity,
        RequestTypeVersion.state == "published",
        or_(_names(code, _ROUTED), _names(code, _HANDED_OVER)),
    )
    return bool(await session.scalar(select(or_(town, rule, ruled, offered))))


async def open_work(session: AsyncSession, collectivity: str, code: str) -> bool:
    """Whether a request that goes on is in the team, or may still be handed over to it by the version it follows."""
    states = await session.execute(
        select(
            RequestTypeVersion.type_id,
            RequestTypeVersion.number,
            RequestTypeVersion.definition["workflow"]["states"].label("states"),
            _names(code, _HANDED_OVER).label("hands_over"),
        ).where(RequestTypeVersion.collectivity == collectivity, RequestTypeVersion.state != "draft")
    )
    going_on: dict[str, list[tuple[Any, int]]] = {}
    for version in states.all():
        unfinished = [state["code"] for state in version.states if not state.get("final")]
        for status in unfinished:
            going_on.setdefault(status, []).append((version.type_id, version.number))
        if version.hands_over and await _any(session, version.type_id, version.number, unfinished):
            return True
    known = existing_branches(collectivity)
    inside = await session.scalars(select(known.c.status).where(known.c.team == code).distinct())
    for status in [status for status in inside.all() if status in going_on]:
        version_of = tuple_(Row.type_id, Row.type_version)
        where = (Row.collectivity == collectivity, Row.team == code, Row.status == status)
        if await session.scalar(select(exists().where(*where, version_of.in_(going_on[status])))):
            return True
    return False


async def _any(session: AsyncSession, type_id: Any, number: int, statuses: list[str]) -> bool:
    following = exists().where(Row.type_id == type_id, Row.type_version == number, Row.status.in_(statuses))
    return bool(await session.scalar(select(following)))


def _names(code: str, path: Any) -> Any:
    return func.jsonb_path_exists(RequestTypeVersion.definition, path, func.jsonb_build_object("team", code))
