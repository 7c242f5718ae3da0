# SPDX-License-Identifier: EUPL-1.2
"""What appointments can be about, and when they are free: open to everybody, written by administrators."""

from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query
from pydantic import BaseModel, Field, StrictBool
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.web.cursor import Limit
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, public, router, token
from parvis_kit.web.types import Instant
from parvis_requests.api.agendas import Label
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.domain.agenda import Span
from parvis_requests.service.appointment_kinds import (
    KindContent,
    OfferedKind,
    list_kinds,
    make_kind,
    offered_kind,
    replace_kind,
)
from parvis_requests.service.appointment_slots import WINDOW, find_slots
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["appointments"])
_WRITE: Final = "requests.agendas.write"
_MAX_LEAD: Final = 30 * 24 * 60
_FARTHEST: Final = timedelta(days=365)
_KindCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,63}$", description="Code of a kind of appointments.")]
_A_MINUTE: Final = {"Cache-Control": "public, max-age=60"}


class AppointmentKindContent(Input):
    """What appointments of a kind are like; of a kind that is not active, none is booked any more."""

    name: Label
    instructions: Label = Field(description="What to bring, where to ring.")
    duration_minutes: int = Field(ge=5, le=480)
    buffer_minutes: int = Field(default=0, ge=0, le=120, description="Kept free after each.")
    lead_minutes: int = Field(default=0, ge=0, le=_MAX_LEAD, description="The least time from booking until the start.")
    horizon_days: int = Field(default=60, ge=1, le=365, description="How far ahead people book.")
    change_until_minutes: int = Field(
        default=0,
        ge=0,
        le=_MAX_LEAD,
        description="Until how long before the start people move or cancel by themselves.",
    )
    agendas: list[UUID] = Field(min_length=1, max_length=50, description="Where they are given.")
    active: StrictBool = True

    @property
    def content(self) -> KindContent:
        """What the use case takes."""
        return KindContent(**self.model_dump(exclude={"agendas", "code"}))


class NewAppointmentKind(AppointmentKindContent):
    """A kind of appointments and its code, which stays."""

    code: Code


class AppointmentKindView(BaseModel):
    """A kind of appointments."""

    id: UUID
    code: str
    name: Text
    instructions: Text
    duration_minutes: int
    buffer_minutes: int
    lead_minutes: int
    horizon_days: int
    change_until_minutes: int
    agendas: list[UUID]
    active: bool
    version: int


class AppointmentKindList(BaseModel):
    """What a collectivity offers, at most 300."""

    items: list[AppointmentKindView]


class SlotView(BaseModel):
    """A time that is free, in each of these agendas."""

    starts_at: datetime
    ends_at: datetime
    agendas: list[UUID]


class SlotList(BaseModel):
    """The slots of a window of time, in their order."""

    items: list[SlotView]
    next_starts_after: datetime | None = Field(
        description="`starts_after` of what follows in the same window; null where all of it is here."
    )


@routes.post(
    "/v1/appointment-kinds",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="makeAppointmentKind",
    status_code=201,
    response_model=AppointmentKindView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def make(body: NewAppointmentKind, request: Request) -> Response:
    """Offer a kind of appointments."""
    actor = actor_of(request)

    async def effect(session: AsyncSession) -> Answer:
        made = await make_kind(session, actor, body.code, body.content, body.agendas, now())
        return Answer.of(kind_view(made), {"ETag": entity_tag(made.row.version), "Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.put(
    "/v1/appointment-kinds/{kind_id}",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="replaceAppointmentKind",
    response_model=AppointmentKindView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def replace(
    kind_id: UUID, body: AppointmentKindContent, request: Request, response: Response
) -> AppointmentKindView:
    """Say it anew; what is booked keeps its time."""
    actor, version = actor_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        changed = await replace_kind(
            uow.session, actor, kind_id, body.content, body.agendas, version=version, now=now()
        )
        await uow.commit()
    response.headers.update({"ETag": entity_tag(changed.row.version), "Cache-Control": "no-store"})
    return kind_view(changed)


@routes.get(
    "/v1/collectivities/{collectivity}/appointment-kinds",
    **public(),
    operation_id="listAppointmentKinds",
    response_model=AppointmentKindList,
    responses=problems(404, 422),
)
async def list_(collectivity: Collectivity, request: Request, response: Response) -> AppointmentKindList:
    """What people can make an appointment for."""
    parts = parts_of(request)
    await parts.catalogues.of(collectivity)
    async with parts.runtime.database.reading() as session:
        found = await list_kinds(session, collectivity)
    response.headers.update(_A_MINUTE)
    return AppointmentKindList(items=[kind_view(each) for each in found])


@routes.get(
    "/v1/collectivities/{collectivity}/appointment-kinds/{code}/slots",
    **public(),
    operation_id="listSlots",
    response_model=SlotList,
    responses=problems(404, 422),
)
async def slots(
    collectivity: Collectivity,
    code: _KindCode,
    request: Request,
    response: Response,
    starts_after: Annotated[Instant | None, Query(description="From now on, where it lacks.")] = None,
    starts_before: Annotated[Instant | None, Query(description="31 days later, where it lacks or is later.")] = None,
    limit: Limit = 20,
) -> SlotList:
    """The slots that are free when this is asked; one may be taken before it is booked."""
    parts, asked_at = parts_of(request), now()
    holidays = (await parts.catalogues.of(collectivity)).holidays
    within = _window(starts_after, starts_before, asked_at)
    async with parts.runtime.database.reading() as session:
        kind = await offered_kind(session, collectivity, code)
        found = await find_slots(session, kind, within, limit + 1, holidays=holidays, now=asked_at)
    response.headers["Cache-Control"] = "no-store"
    items = [SlotView(starts_at=slot.start, ends_at=slot.end, agendas=list(ids)) for slot, ids in found[:limit]]
    return SlotList(items=items, next_starts_after=items[-1].starts_at if len(found) > limit else None)


def _window(after: datetime | None, before: datetime | None, asked_at: datetime) -> Span:
    # Slots begin on whole minutes: the one that begins at this very instant is not asked for again. None is offered
    # further ahead than the longest horizon.
    start = min(max(after or asked_at, asked_at), asked_at + _FARTHEST) + timedelta(microseconds=1)
    return Span(start, min(before or start + WINDOW, start + WINDOW))


def kind_view(kind: OfferedKind) -> AppointmentKindView:
    """What everybody sees of a kind."""
    row = kind.row
    return AppointmentKindView(
        id=row.id,
        code=row.code,
        name=Text.model_validate(row.name),
        instructions=Text.model_validate(row.instructions),
        duration_minutes=row.duration_minutes,
        buffer_minutes=row.buffer_minutes,
        lead_minutes=row.lead_minutes,
        horizon_days=row.horizon_days,
        change_until_minutes=row.change_until_minutes,
        agendas=list(kind.agendas),
        active=row.active,
        version=row.version,
    )
