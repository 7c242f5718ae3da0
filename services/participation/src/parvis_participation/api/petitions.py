# SPDX-License-Identifier: EUPL-1.2
"""Petitions as everybody reads them once they are admitted, and as their authors write them."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.security.principal import Principal
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import citizen_of, language_of, now, parts_of
from parvis_participation.api.moderation_problems import too_many
from parvis_participation.api.petition_schemas import (
    NewPetition,
    PetitionFiguresView,
    PetitionView,
    ShownSignatureView,
)
from parvis_participation.api.petition_views import petition_view, sort_bound
from parvis_participation.api.views import instant
from parvis_participation.db import petition_list, petitions
from parvis_participation.db.petitions import Signed
from parvis_participation.domain.errors import TooManyError
from parvis_participation.domain.petition import PetitionSort, PetitionState
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.submit_petition import Wording, edit_petition, submit_petition, withdraw_petition

routes = router(tags=["petitions"])
_HEADERS: Final = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
_Public = Literal[PetitionState.OPEN, PetitionState.CLOSED]
_Sort = Annotated[
    PetitionSort,
    Query(
        description="Newest, oldest, most signed, first or last to end first. The order by signatures follows them"
        " within about a minute; `signatures` is of this moment."
    ),
]


@routes.get(
    "/v1/collectivities/{collectivity}/petitions",
    **public(),
    operation_id="listPetitions",
    response_model=Page[PetitionView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    state: Annotated[list[_Public], Query(default_factory=list, max_length=2)],
    sort: _Sort = PetitionSort.NEWEST,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The petitions that people sign, or signed, newest first unless asked otherwise."""
    parts, language = parts_of(request), language_of(request)
    bound = ["petitions", collectivity, *map(str, state), *sort_bound(sort)]
    place = parts.runtime.cursors.read(cursor, bound)
    wanted = petition_list.of_town(collectivity, state or [PetitionState.OPEN, PetitionState.CLOSED])
    async with parts.runtime.database.reading() as session:
        found = await petition_list.page(session, wanted, place, limit, sort)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [petition_view(each, parts.pseudonyms, language) for each in found.rows]
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/petitions/{petition_id}",
    **public(),
    operation_id="readPetition",
    response_model=PetitionView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, petition_id: UUID, request: Request, response: Response) -> PetitionView:
    """One petition that was admitted; without its words once it is withdrawn or removed."""
    parts, language = parts_of(request), language_of(request)
    async with parts.runtime.database.reading() as session:
        found = await petitions.signed(session, await petitions.public(session, collectivity, petition_id))
    response.headers.update(_HEADERS | {"ETag": entity_tag(found.row.version), "Content-Language": language})
    return petition_view(found, parts.pseudonyms, language)


@routes.get(
    "/v1/collectivities/{collectivity}/petitions/{petition_id}/signatures",
    **public(),
    operation_id="listShownSignatures",
    response_model=Page[ShownSignatureView],
    responses=problems(400, 404, 422),
)
async def shown(
    collectivity: Collectivity,
    petition_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The signatures that their signers show, under pseudonyms, newest first."""
    parts, bound = parts_of(request), ["signatures", str(petition_id)]
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        row = await petitions.public(session, collectivity, petition_id)
        found = await petitions.shown(session, row.id, place, limit)
    response.headers["Cache-Control"] = "public, no-cache"
    items = [
        ShownSignatureView(
            signer=parts.pseudonyms.of(row.collectivity, each.person), signed_at=instant(each.created_at)
        )
        for each in found.rows
    ]
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/petition-figures",
    **public(),
    operation_id="readPetitionFigures",
    response_model=PetitionFiguresView,
    responses=problems(422),
)
async def figures(collectivity: Collectivity, request: Request, response: Response) -> PetitionFiguresView:
    """How many petitions stand where, how many reached a threshold, and how many were answered."""
    async with parts_of(request).runtime.database.reading() as session:
        states, reached, answered = await petitions.figures(session, collectivity)
    response.headers["Cache-Control"] = "public, no-cache"
    counts = {state.value: states.get(state, 0) for state in PetitionState}
    return PetitionFiguresView(**counts, reached=reached, answered=answered)


@routes.post(
    "/v1/petitions",
    **token("participation.petitions.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="submitPetition",
    status_code=201,
    response_model=PetitionView,
    responses=problems(400, 401, 403, 409, 413, 422, 429),
)
async def submit(body: NewPetition, request: Request) -> Response:
    """Ask one's town to admit a petition; nobody else reads it until then."""
    citizen, parts, language, at = citizen_of(request), parts_of(request), language_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await submit_petition(session, _author(citizen), _wording(body), now=at)
        return Answer.of(petition_view(Signed(row, 0), parts.pseudonyms, language), {"ETag": entity_tag(row.version)})

    call = idempotent_call(request, citizen, await request.body())
    try:
        return await parts.runtime.idempotency.once(call, effect)
    except TooManyError as error:
        raise too_many() from error


@routes.get(
    "/v1/own-petitions",
    **token("participation.petitions.read"),
    operation_id="listOwnPetitions",
    response_model=Page[PetitionView],
    responses=problems(400, 401, 403, 422),
)
async def mine(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """What one has written, admitted or not, with the reasons; newest first."""
    citizen, parts, language = citizen_of(request), parts_of(request), language_of(request)
    bound = ["own-petitions", citizen.key]
    place = parts.runtime.cursors.read(cursor, bound)
    wanted = petition_list.of_author(citizen.collectivity, citizen.person)
    async with parts.runtime.database.reading() as session:
        found = await petition_list.page(session, wanted, place, limit)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [petition_view(each, parts.pseudonyms, language) for each in found.rows]
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.put(
    "/v1/petitions/{petition_id}",
    **token("participation.petitions.write", headers=[IF_MATCH]),
    operation_id="editPetition",
    response_model=PetitionView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def edit(petition_id: UUID, body: NewPetition, request: Request, response: Response) -> PetitionView:
    """Write it otherwise until it is decided on; what people sign is what was admitted."""
    citizen, parts, version = citizen_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        row = await edit_petition(uow.session, _author(citizen), petition_id, _wording(body), version=version)
        await uow.commit()
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return petition_view(Signed(row, 0), parts.pseudonyms, language_of(request))


@routes.delete(
    "/v1/petitions/{petition_id}",
    **token("participation.petitions.write", headers=[IF_MATCH]),
    operation_id="withdrawPetition",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def withdraw(petition_id: UUID, request: Request) -> Response:
    """Take one's petition back with its signatures, until a threshold is reached: then the town owes an answer."""
    citizen, version = citizen_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_petition(uow.session, _author(citizen), petition_id, version=version, now=now())
        await uow.commit()
    return Response(status_code=204)


def _author(citizen: Principal) -> Author:
    return Author(citizen.collectivity, citizen.person)


def _wording(body: NewPetition) -> Wording:
    return Wording(body.title, body.description)
