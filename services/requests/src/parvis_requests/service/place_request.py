# SPDX-License-Identifier: EUPL-1.2
"""An agent corrects where a request is: its area, its team and the public map follow."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import merges, places, requests
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import MergedError, PositionMissingError, StaleVersionError
from parvis_requests.domain.position import Position
from parvis_requests.domain.request import Actor, Request
from parvis_requests.domain.type_change import CHANGE_PLACE
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.change_type import ANSWERS
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.reroute_request import reroute_request
from parvis_requests.service.type_change_checks import check_elsewhere


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is, of the version that the agent saw; ``position`` or ``address`` is None where nobody knows it."""

    request_id: UUID
    version: int
    position: Position | None
    address: str | None


async def place_request(
    session: AsyncSession, actor: Actor, said: Place, *, catalogues: Catalogues, persons: PersonKeys, now: datetime
) -> Row:
    """Note it, in the caller's transaction; what goes along with the request goes to its team, too.

    Raises NotAllowedError, NotFoundError, StaleVersionError, MergedError, TransitionError after its end,
    TypeChangeError where another body has it, PositionMissingError or OutsideTownError.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, said.request_id, lock=True)
    if row.version != said.version:
        raise StaleVersionError
    if await merges.of(session, row.id):
        raise MergedError
    form, before = await form_of(session, row, catalogues), requests.entity(row)
    before.goes_on(form.workflow)
    await check_elsewhere(session, row)
    if form.definition.position_required and said.position is None:
        raise PositionMissingError
    catalogue = await catalogues.of(row.collectivity)
    area = catalogue.territory.area_at(said.position) if said.position else None
    moved = replace(before, area=area.code if area else None, version=before.version + 1)
    answers = await _answers(row, persons)
    after = await reroute_request(session, moved, form, answers, former=form, catalogue=catalogue, now=now)
    await places.lie(session, row, said.position, said.address, after.area)
    await _tell(session, before, after, agent, now)
    for child in await merges.children(session, row.id, lock=True):
        alone = requests.entity(child)
        if alone.team != after.team:
            along = replace(alone, team=after.team, assignee=after.assignee, version=alone.version + 1)
            await _tell(session, alone, along, agent, now)
    await session.flush()
    await session.refresh(row)
    return row


async def _answers(row: Row, persons: PersonKeys) -> Mapping[str, Any]:
    """What rules may ask of; nothing once its author was erased."""
    key = (await persons.of_many({row.author})).get(row.author)
    answers: dict[str, Any] = json.loads(key.open(ANSWERS, row.answers)) if key else {}
    return answers


async def _tell(session: AsyncSession, before: Request, after: Request, agent: Actor, now: datetime) -> None:
    await requests.save(session, after, now)
    requests.record(session, after, agent, CHANGE_PLACE, now, before=before)
    await outbox.add(session, events.stayed(after, CHANGE_PLACE, now))
