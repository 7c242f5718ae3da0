# SPDX-License-Identifier: EUPL-1.2
"""Administrators say how the requests of their collectivity find their teams, and ask where one would go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_requests.db import areas, catalogue, teams
from parvis_requests.domain.errors import NotFoundError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.routing import Case, Routing
from parvis_requests.domain.routing_errors import InvalidRoutingError
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.publish_type import allow_administration
from parvis_requests.service.route_request import Looking, Routed, route_request
from parvis_requests.service.routing_definition import RoutingDefinition, RuleDefinition, routing_faults


@dataclass(frozen=True, slots=True)
class KeptRouting:
    """What is said of a town's routing; version 0 while it is what the file of its catalogue says."""

    routing: RoutingDefinition
    version: int


@dataclass(frozen=True, slots=True)
class Trial:
    """Where a request would go, and why each rule of the town does not fit, or None where it does."""

    routed: Routed
    lacks: Mapping[int, str | None]


async def read_routing(session: AsyncSession, actor: Actor) -> KeptRouting:
    """The routing of the collectivity; raises NotAllowedError for whoever does not administer it, or NotFoundError."""
    allow_administration(actor)
    town = await catalogue.routing_of(session, actor.collectivity)
    if town is None:
        raise NotFoundError
    if town.routing is not None:
        return KeptRouting(RoutingDefinition.model_validate(town.routing), town.routing_version)
    rules = [
        RuleDefinition(
            team=row.team, request_type=row.type_code, group=row.group_code, areas=[row.area] * bool(row.area)
        )
        for row in await catalogue.routing_rules(session, actor.collectivity)
    ]
    return KeptRouting(RoutingDefinition(rules=rules), town.routing_version)


async def replace_routing(
    session: AsyncSession, actor: Actor, routing: RoutingDefinition, *, version: int
) -> KeptRouting:
    """Say it anew, in place of what the file of the catalogue says; requests stay where they are.

    Raises NotAllowedError, NotFoundError, StaleVersionError, or InvalidRoutingError.
    """
    kept = await _locked(session, actor)
    if kept.version != version:
        raise StaleVersionError
    await _check(session, actor, routing)
    await catalogue.put_routing(session, actor.collectivity, routing.model_dump(mode="json"))
    return KeptRouting(routing, version + 1)


async def try_routing(
    session: AsyncSession,
    actor: Actor,
    routing: RoutingDefinition | None,
    asked: Mapping[str, Any],
    *,
    read: Catalogue,
    looking: Looking,
    now: datetime,
) -> Trial:
    """Where a request would go by these rules, or by those that hold; nothing is stored.

    Raises NotAllowedError, UnknownTypeError, OutsideTownError or InvalidRoutingError.
    """
    allow_administration(actor)
    form = read.form(asked["request_type"])
    if routing is not None:
        await _check(session, actor, routing)
    rules = (routing or (await read_routing(session, actor)).routing).domain()
    own = [rule for other in read.forms.values() for rule in other.rules]
    tried = Routing([*rules, *own], read.routing.default.team, read.holidays, clock_of(actor.collectivity))
    area = read.territory.area_at(asked["position"]) if asked["position"] else None
    case = Case(form.code, form.group, area, asked["answers"], asked["at"] or now)
    routed = await route_request(read, actor.collectivity, form, case, now, routing=tried, looking=looking)
    lacks: dict[int, str | None] = {}
    for rule in rules:
        # Of a rule for several areas, the one that fits counts.
        if rule.place is not None and lacks.get(rule.place, "") is not None:
            lacks[rule.place] = tried.lacks(rule, case)
    return Trial(routed, lacks)


async def _locked(session: AsyncSession, actor: Actor) -> KeptRouting:
    allow_administration(actor)
    if not await catalogue.lock(session, actor.collectivity):
        raise NotFoundError
    return await read_routing(session, actor)


async def _check(session: AsyncSession, actor: Actor, routing: RoutingDefinition) -> None:
    known = await areas.parents(session, actor.collectivity)
    faults = list(routing_faults(routing, await teams.codes(session, actor.collectivity), known))
    if faults:
        raise InvalidRoutingError(faults)
