# SPDX-License-Identifier: EUPL-1.2
"""Agents say who may vote: the list of a poll, and where people live."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.clocks import clock_of
from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_participation.api.acting import chained
from parvis_participation.api.context import agent_of, chain_of, now, parts_of
from parvis_participation.api.eligibility_schemas import ImportedView, NewEntitled, NewResidence, ResidenceView
from parvis_participation.api.views import instant
from parvis_participation.db import polls
from parvis_participation.db.eligibility_tables import Residence
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.attest_residence import attest_residence
from parvis_participation.service.import_entitled import import_entitled

routes = router(tags=["polls"])
_LARGE: Final = 1_048_576
_LONGEST: Final = timedelta(days=3 * 366)


@routes.post(
    "/v1/polls/{poll_id}/entitled-people",
    **token("participation.polls.write", headers=[IDEMPOTENCY_KEY], body_limit=_LARGE),
    operation_id="importEntitledPeople",
    status_code=201,
    response_model=ImportedView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def import_(poll_id: UUID, body: NewEntitled, request: Request) -> Response:
    """Put people on the list of a draft, five hundred at a time; publishing freezes the list under a digest."""
    agent, parts = agent_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        await polls.one(session, agent.collectivity, poll_id)
    keys = await parts.roll_keys.of_civil_statuses(poll_id, [person.model_dump() for person in body.people])

    chain, by = chain_of(request)

    async def effect(session: AsyncSession) -> Answer:
        done = await import_entitled(session, agent.collectivity, poll_id, keys, chain, by)
        return Answer.of(ImportedView(added=done.added, total=done.total, incomplete=list(done.incomplete)))

    # The record of the call is told apart by the keys: a hash of one civil status would tell who it was about.
    told_apart = b"".join(key or b"\x00" for key in keys)
    return await parts.runtime.idempotency.once(idempotent_call(request, agent, told_apart), effect)


@routes.post(
    "/v1/residences",
    **token("participation.desks.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="attestResidence",
    status_code=201,
    response_model=ResidenceView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def attest(body: NewResidence, request: Request) -> Response:
    """Attest where somebody lives, as a document shows it; with a day that is over, end what was attested."""
    agent, parts, at = agent_of(request), parts_of(request), now()
    if body.expires_on > day_of(at, clock_of(agent.collectivity)) + _LONGEST:
        raise VALIDATION.problem(errors=[FieldError("/expires_on", "too-far", _TOO_FAR)])
    given = body.model_dump()
    row = Residence(collectivity=agent.collectivity, attested_by=agent.subject, attested_at=at, **given)

    async def effect(session: AsyncSession) -> Answer:
        await attest_residence(session, row)
        return Answer.of(ResidenceView(**given, attested_at=instant(at)))

    return await parts.runtime.idempotency.once(
        idempotent_call(request, agent, await request.body()), chained(request, effect)
    )


_TOO_FAR: Final = Text(fr="Au plus trois ans : les gens déménagent.", en="Three years at most: people move.")
