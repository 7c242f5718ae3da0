# SPDX-License-Identifier: EUPL-1.2
"""The waiting list of an agenda, for its agents."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import actor_of, language_of, parts_of
from parvis_requests.api.schemas import Labelled
from parvis_requests.api.views import instant
from parvis_requests.db.tables import Appointment, AppointmentOffer
from parvis_requests.service.read_waiting_list import Waiting, read_waiting_list

routes = router(tags=["agendas"])


class MadeOffer(BaseModel):
    """A slot that was held for somebody on the list; one that is not open was declined."""

    appointment_id: UUID
    starts_at: datetime
    ends_at: datetime
    offer_ends_at: datetime = Field(description="Until when it is held, or was.")
    open: bool = Field(description="Whether it waits for their answer.")


class WaitingPerson(BaseModel):
    """Somebody on the list."""

    id: UUID
    position: int = Field(description="From 1: the order in which freed slots are offered.")
    person: UUID
    request_id: UUID | None
    kind: Labelled
    starts_after: datetime
    starts_before: datetime
    offers: list[MadeOffer] = Field(description="In the order in which they were made.")
    created_at: datetime


class AgendaWaitingList(BaseModel):
    """The first 500 who wait, in their order, and how many there are in all."""

    items: list[WaitingPerson]
    total: int


@routes.get(
    "/v1/agendas/{agenda_id}/waiting-list",
    **token("requests.appointments.read"),
    operation_id="readAgendaWaitingList",
    response_model=AgendaWaitingList,
    responses=problems(401, 403, 404, 422),
)
async def read(agenda_id: UUID, request: Request, response: Response) -> AgendaWaitingList:
    """Who waits for a slot of an agenda, in which order, and what each was offered until when; for agents."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        total, found = await read_waiting_list(session, actor_of(request), agenda_id)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    return AgendaWaitingList(items=[_person(each, language) for each in found], total=total)


def _person(found: Waiting, language: Language) -> WaitingPerson:
    row = found.row
    return WaitingPerson(
        id=row.id,
        position=found.position,
        person=row.person,
        request_id=row.request_id,
        kind=Labelled(code=found.kind.code, label=found.kind.name[language]),
        starts_after=instant(row.starts_after),
        starts_before=instant(row.starts_before),
        offers=[_offer(offer, held) for offer, held in found.offers],
        created_at=instant(row.created_at),
    )


def _offer(offer: AppointmentOffer, held: Appointment) -> MadeOffer:
    return MadeOffer(
        appointment_id=held.id,
        starts_at=instant(held.starts_at),
        ends_at=instant(held.ends_at),
        offer_ends_at=instant(offer.ends_at),
        open=offer.open,
    )
