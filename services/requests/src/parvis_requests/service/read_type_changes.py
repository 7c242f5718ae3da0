# SPDX-License-Identifier: EUPL-1.2
"""What a request was before it became one of another type, and the answers that were set aside then."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import catalogue, history, requests, teams, type_changes
from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.tables import TypeChange
from parvis_requests.domain.access import Circle, reads_all
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.change_type import ASIDE
from parvis_requests.service.form import Form


@dataclass(frozen=True, slots=True)
class Former:
    """Until which act it was what.

    ``answers`` are those set aside by it, None once its author was erased, and to an agent who may not read them.
    """

    sequence: int
    form: Form
    answers: dict[str, Any] | None


async def read_type_changes(
    session: AsyncSession, actor: Actor, request_id: UUID, *, persons: PersonKeys, catalogues: Catalogues
) -> tuple[Row, Sequence[Former]]:
    """The request and what it was, the first first; raises NotFoundError.

    What was said to a type that its team alone reads stays with supervisors and with the team that had the request.
    """
    row = await requests.one(session, actor, request_id)
    changes = await type_changes.of(session, row.id)
    forms = await catalogues.forms_of(session, {FormKey(each.type_id, each.type_version) for each in changes})
    key = (await persons.of_many({row.author})).get(row.author)
    kept = await _kept_from(session, actor, row, changes)
    return row, [
        Former(
            each.sequence,
            forms[FormKey(each.type_id, each.type_version)],
            None
            if key is None or each.sequence in kept
            else json.loads(key.open(ASIDE, each.answers))
            if each.answers
            else {},
        )
        for each in changes
    ]


async def _kept_from(session: AsyncSession, actor: Actor, row: Row, changes: Sequence[TypeChange]) -> frozenset[int]:
    """The changes whose answers an agent does not read."""
    if not actor.is_agent or reads_all(actor) or not changes:
        return frozenset()
    restricted = await catalogue.restricted(session, {each.type_id for each in changes})
    if not restricted:
        return frozenset()
    given = await history.teams_given(session, row.id)
    theirs = actor.teams | await teams.of_agent(session, row.collectivity, actor.person)
    return frozenset(
        each.sequence
        for each in changes
        if not Circle(each.type_id in restricted, _team_until(each.sequence, row, given)).has(actor, theirs)
    )


def _team_until(sequence: int, row: Row, given: Sequence[tuple[int, str]]) -> frozenset[str]:
    """The team that had the request before that act, where anybody knows: its first one is kept only by itself."""
    if not given:
        return frozenset({row.team})
    return frozenset([team for number, team in given if number < sequence][-1:])
