# SPDX-License-Identifier: EUPL-1.2
"""Waiting lists: people wait for a slot of an agenda, and see their place and what is offered to them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import Instant
from parvis_requests.api.appointment_schemas import AgendaRef
from parvis_requests.api.context import actor_of, language_of, now, parts_of, root_of
from parvis_requests.api.schemas import Input, Labelled
from parvis_requests.api.views import instant
from parvis_requests.db.tables import AppointmentWait
from parvis_requests.service.waiting_list import (
    Hope,
    OpenWait,
    join_list,
    leave_list,
    list_waits,
    open_waits,
    read_wait,
)
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["waiting-list"])
_ALL: Final = "/v1/waiting-list"
_PATH: Final = "/v1/waiting-list/{wait_id}"
_READ: Final = token("requests.appointments.read")
_WRITE: Final = "requests.appointments.write"


class NewTrackedWait(Input):
    """What is waited for, for the request that the token follows."""

    kind: Code
    agenda_id: UUID = Field(description="In which agenda; the list of slots names those of a kind.")
    starts_after: Instant | None = Field(default=None, description="Nothing that begins sooner; without it, from now.")
    starts_before: Instant | None = Field(
        default=None, description="Nothing that begins later, a year ahead at most; without it, 90 days."
    )


class NewWait(NewTrackedWait):
    """What the person who calls waits for."""

    request_id: UUID | None = Field(
        default=None, description="The request that the appointment is about; one waits no longer than it is kept."
    )


class OfferView(BaseModel):
    """A slot that is held for the person: they accept or decline the appointment of that id."""

    appointment_id: UUID
    starts_at: datetime
    ends_at: datetime
    offer_ends_at: datetime = Field(description="Who has not answered then waits no more, and the next is asked.")


class WaitView(BaseModel):
    """A place on a waiting list."""

    id: UUID
    kind: Labelled
    agenda: AgendaRef
    starts_after: datetime
    starts_before: datetime
    request_id: UUID | None
    position: int = Field(description="From 1; who is before may wait for other times.")
    offer: OfferView | None
    version: int
    created_at: datetime


class WaitList(BaseModel):
    """All of the caller's, at most 5."""

    items: list[WaitView]


@routes.post(
    _ALL,
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="joinWaitingList",
    status_code=201,
    response_model=WaitView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def join(body: NewWait, request: Request) -> Response:
    """Wait for a slot of an agenda: those that are freed are offered to one person after the other."""
    actor = actor_of(request)
    hope = Hope(body.kind, body.agenda_id, body.starts_after, body.starts_before, body.request_id)

    async def joining(session: AsyncSession) -> AppointmentWait:
        return await join_list(session, actor, hope, now())

    return await once(request, joining)


@routes.get(
    _ALL,
    **_READ,
    operation_id="listWaits",
    response_model=WaitList,
    responses=problems(401, 403, 422),
)
async def list_(request: Request, response: Response) -> WaitList:
    """The caller's own places, and what is offered to them."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await list_waits(session, actor_of(request))
    response.headers.update(_headers(language))
    return WaitList(items=[wait_view(each, language) for each in found])


@routes.get(
    _PATH,
    **_READ,
    operation_id="readWait",
    response_model=WaitView,
    responses=problems(401, 403, 404, 422),
)
async def read(wait_id: UUID, request: Request, response: Response) -> WaitView:
    """One of the caller's own places."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await read_wait(session, actor_of(request), wait_id)
    response.headers.update(_headers(language) | {"ETag": entity_tag(found.row.version)})
    return wait_view(found, language)


@routes.delete(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="leaveWaitingList",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def leave(wait_id: UUID, request: Request) -> None:
    """Wait no more; what is offered to the caller there goes to the next."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    holidays = (await parts.catalogues.of(actor.collectivity)).holidays
    async with parts.runtime.database.unit_of_work() as uow:
        await leave_list(uow.session, actor, wait_id, version=version, holidays=holidays, now=now())
        await uow.commit()


async def once(request: Request, joining: Callable[[AsyncSession], Awaitable[AppointmentWait]]) -> Response:
    """Join a list, once for its key, and answer which place that is."""
    language = language_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await joining(session)
        (found,) = await open_waits(session, [row])
        where = f"{root_of(request)}/waiting-list/{row.id}"
        headers = {"Location": where, **_headers(language), "ETag": entity_tag(row.version)}
        return Answer.of(wait_view(found, language), headers)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


def wait_view(found: OpenWait, language: Language) -> WaitView:
    """What a person sees of their place."""
    row, kind, agenda = found.row, found.kind, found.agenda
    return WaitView(
        id=row.id,
        kind=Labelled(code=kind.code, label=kind.name[language]),
        agenda=AgendaRef(id=agenda.id, label=agenda.name[language], place=agenda.place[language]),
        starts_after=instant(row.starts_after),
        starts_before=instant(row.starts_before),
        request_id=row.request_id,
        position=found.position,
        offer=_offer(found),
        version=row.version,
        created_at=instant(row.created_at),
    )


def _offer(found: OpenWait) -> OfferView | None:
    if found.offer is None:
        return None
    offer, held = found.offer
    return OfferView(
        appointment_id=held.id,
        starts_at=instant(held.starts_at),
        ends_at=instant(held.ends_at),
        offer_ends_at=instant(offer.ends_at),
    )


def _headers(language: Language) -> dict[str, str]:
    return {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
