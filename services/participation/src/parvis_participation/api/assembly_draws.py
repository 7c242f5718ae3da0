# SPDX-License-Identifier: EUPL-1.2
"""People volunteer for an assembly, and lots are drawn among them in public."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.security.principal import Principal
from parvis_kit.web.cursor import CursorParameter, Limit, Page
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, public, router, token
from parvis_participation.api.acting import chained
from parvis_participation.api.assemblies import answer
from parvis_participation.api.assembly_answers import DrawSummaryView, DrawView, TicketView, VolunteerView
from parvis_participation.api.assembly_schemas import NewDraw, NewDrawCancellation, NewDrawResult, NewVolunteer
from parvis_participation.api.assembly_views import draw_summary_view, draw_view
from parvis_participation.api.audiences import check_for_citizen
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, citizen_of, language_of, now, parts_of
from parvis_participation.db import assemblies, assembly_draws
from parvis_participation.domain.lots import SeedFormat
from parvis_participation.service.agree_to_show import Said
from parvis_participation.service.draw_lots import DrawPlan, draw_lots, freeze_draw, ticket_of, void_draw
from parvis_participation.service.support_proposal import Supporter
from parvis_participation.service.volunteer import Candidacy, volunteer, volunteer_no_more

routes = router(tags=["assemblies"])
_MINE: Final = "/v1/assemblies/{assembly_id}/volunteers/mine"
_DRAWS: Final = "/v1/collectivities/{collectivity}/assemblies/{assembly_id}/draws"
_SHOWN: Final = 20


@routes.get(
    _DRAWS,
    **public(),
    operation_id="listAssemblyDraws",
    response_model=Page[DrawSummaryView],
    responses=problems(400, 404, 422),
)
async def draws(
    collectivity: Collectivity,
    assembly_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The lots of an assembly that were drawn or will be, newest first."""
    runtime, language, bound = parts_of(request).runtime, language_of(request), ["draws", str(assembly_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await assemblies.one(session, collectivity, assembly_id, published=True)
        found = await assembly_draws.page(session, row.id, place, limit)
    return answer(request, response, found, bound, lambda each: draw_summary_view(each, language))


@routes.get(
    f"{_DRAWS}/{{draw_id}}",
    **public(),
    operation_id="readAssemblyDraw",
    response_model=DrawView,
    responses=problems(404, 422),
)
async def draw_(
    collectivity: Collectivity, assembly_id: UUID, draw_id: UUID, request: Request, response: Response
) -> DrawView:
    """All that it takes to draw the lots again: tickets, seed, and who was drawn."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        assembly = await assemblies.one(session, collectivity, assembly_id, published=True)
        row = await assembly_draws.public_one(session, assembly.id, draw_id)
    response.headers.update({"Cache-Control": "public, no-cache", "Content-Language": language})
    return draw_view(row, language)


@routes.post(
    "/v1/assemblies/{assembly_id}/draws",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="freezeAssemblyDraw",
    status_code=201,
    response_model=DrawView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def freeze(assembly_id: UUID, body: NewDraw, request: Request) -> Response:
    """Publish the tickets of all who volunteer, and where the seed will come from, before anybody knows it."""
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()
    seed = body.seed_source.model_dump(), SeedFormat(**body.seed_format.model_dump())
    plan = DrawPlan(body.college, body.seats, *seed, body.begins_on, body.ends_on)

    async def effect(session: AsyncSession) -> Answer:
        row = await freeze_draw(session, parts.seals, agent.collectivity, assembly_id, plan, now=at)
        return Answer.of(draw_view(row, language))

    return await parts.runtime.idempotency.once(
        idempotent_call(request, agent, await request.body()), chained(request, effect)
    )


@routes.post(
    "/v1/assembly-draws/{draw_id}/results",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="drawAssemblyLots",
    status_code=201,
    response_model=DrawView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def result(draw_id: UUID, body: NewDrawResult, request: Request) -> Response:
    """Draw the lots, once, with the seed that came from where it was said; who is drawn becomes a member."""
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await draw_lots(session, parts.seals, parts.names, agent.collectivity, draw_id, body.seed, now=at)
        return Answer.of(draw_view(row, language))

    return await parts.runtime.idempotency.once(
        idempotent_call(request, agent, await request.body()), chained(request, effect)
    )


@routes.post(
    "/v1/assembly-draws/{draw_id}/cancellations",
    **token("participation.assemblies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="voidAssemblyDraw",
    status_code=201,
    response_model=DrawView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def void(draw_id: UUID, body: NewDrawCancellation, request: Request) -> Response:
    """Give up lots that are frozen and not drawn; everybody reads why."""
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await void_draw(session, agent.collectivity, draw_id, body.reason.model_dump(), now=at)
        return Answer.of(draw_view(row, language))

    return await parts.runtime.idempotency.once(
        idempotent_call(request, agent, await request.body()), chained(request, effect)
    )


@routes.get(
    _MINE,
    **token("participation.volunteers.read"),
    operation_id="readVolunteering",
    response_model=VolunteerView,
    responses=problems(401, 403, 404, 422),
)
async def mine(assembly_id: UUID, request: Request, response: Response) -> VolunteerView:
    """Whether one volunteers for an assembly, and what one is called in its latest draws."""
    citizen = citizen_of(request)
    response.headers["Cache-Control"] = "no-store"
    async with parts_of(request).runtime.database.reading() as session:
        return await _view(session, request, citizen.collectivity, assembly_id)


@routes.put(
    _MINE,
    **token("participation.volunteers.write"),
    operation_id="volunteer",
    response_model=VolunteerView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def put(assembly_id: UUID, body: NewVolunteer, request: Request, response: Response) -> VolunteerView:
    """Let lots be drawn whether one becomes a member, once whatever one's accounts; the words of now replace others."""
    citizen, parts = citizen_of(request), parts_of(request)
    response.headers["Cache-Control"] = "no-store"
    await check_for_citizen(request, assembly_id, now())
    wishes, database = Candidacy(body.name, body.college, body.listed), parts.runtime.database
    await volunteer(
        _who(citizen), assembly_id, wishes,
        database=database, roll_keys=parts.roll_keys, names=parts.names, said=Said(now(), language_of(request)),
    )  # fmt: skip
    async with database.unit_of_work() as uow:  # no replica: what was just said is in it
        return await _view(uow.session, request, citizen.collectivity, assembly_id)


@routes.delete(
    _MINE,
    **token("participation.volunteers.write"),
    operation_id="volunteerNoMore",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
async def delete(assembly_id: UUID, request: Request) -> Response:
    """Volunteer no more, by any of one's accounts; in a draw that is frozen already, one's ticket is passed over."""
    parts, who = parts_of(request), _who(citizen_of(request))
    await volunteer_no_more(who, assembly_id, database=parts.runtime.database, roll_keys=parts.roll_keys)
    return Response(status_code=204)


def _who(citizen: Principal) -> Supporter:
    return Supporter(citizen.collectivity, citizen.person, citizen.acr)


async def _view(session: AsyncSession, request: Request, collectivity: str, assembly_id: UUID) -> VolunteerView:
    row = await assemblies.one(session, collectivity, assembly_id, published=True)
    found = await assembly_draws.mine(session, row.id, citizen_of(request).person)
    if found is None or found.person_key is None:
        return VolunteerView(assembly_id=row.id, volunteering=False, college=None, listed=None, tickets=[])
    seals, latest = parts_of(request).seals, await assembly_draws.newest(session, row.id, _SHOWN)
    own = {draw: ticket_of(seals, draw, found.id) for draw in latest}
    known = await assembly_draws.holding(session, own)
    tickets = [TicketView(draw_id=draw, ticket=ticket) for draw, ticket in own.items() if draw in known]
    return VolunteerView(
        assembly_id=row.id, volunteering=True, college=found.college, listed=found.listed, tickets=tickets
    )
