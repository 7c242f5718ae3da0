# SPDX-License-Identifier: EUPL-1.2
"""The register of people who may need help in a disaster (CASF, article L. 121-6-1); each look at it is kept."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_notifications.api.context import agent_of, now, parts_of
from parvis_notifications.api.field_lists import Visited, visit_view
from parvis_notifications.api.register_schemas import (
    ConcernedEntry,
    ConcernedList,
    RegisterAccessView,
    RegisterBody,
    RegisterContent,
    RegisterEntryView,
)
from parvis_notifications.db import alerts, register
from parvis_notifications.db.alert_tables import RegisterEntry
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.broadcast import Reach
from parvis_notifications.domain.errors import EntryAddressError, EntryNumberError, NotFoundError, RecipientRefusedError
from parvis_notifications.domain.subscribing import NewPlace
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.keep_register import NewEntry, enter, opened, take_out
from parvis_notifications.service.note_visit import notes_of
from parvis_notifications.service.recipients import normal_of, takes_texts

routes = router(tags=["register"])
_PATH: Final = "/v1/register-entries"
_READ: Final = "notifications.register.read"
_WRITE: Final = "notifications.register.write"


@routes.post(
    _PATH,
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="enterInRegister",
    status_code=201,
    response_model=RegisterEntryView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def add(body: RegisterBody, request: Request) -> Response:
    """Enter somebody who wishes it; from then on they are alerted of what endangers where they live."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    new = _new(body)

    async def effect(session: AsyncSession) -> Answer:
        row = await enter(session, runtime.persons, runtime.blind_index, agent, new, now())
        where = f"{runtime.settings.public_url}{_PATH}/{row.id}"
        headers = {"ETag": entity_tag(row.version), "Location": where, "Cache-Control": "no-store"}
        return Answer.of(entry_view(row, dict(new.content)), headers)

    return await runtime.idempotency.once(idempotent_call(request, agent, await request.body()), effect)


@routes.get(
    _PATH + "/{entry_id}",
    **token(_READ),
    operation_id="readRegisterEntry",
    response_model=RegisterEntryView,
    responses=problems(401, 403, 404, 422),
)
async def read(entry_id: UUID, request: Request, response: Response) -> object:
    """Somebody of the register."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        row = await register.one(uow.session, agent.collectivity, entry_id)
        register.note_access(uow.session, agent.collectivity, agent.person, "read", now(), entry=entry_id)
        await uow.commit()
    found = await opened(runtime.persons, [row])
    if not found:
        raise NotFoundError
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return entry_view(*found[0])


@routes.delete(
    _PATH + "/{entry_id}",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="takeOutOfRegister",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def remove(entry_id: UUID, request: Request) -> None:
    """Take somebody out, who may wish that at any time (article R. 121-5): what was kept of them is unreadable then."""
    agent, runtime, version = agent_of(request), parts_of(request).runtime, required_version(request)
    async with runtime.database.unit_of_work() as uow:
        await take_out(uow.session, agent, entry_id, version=version, now=now())
        await runtime.persons.destroy(entry_id)
        await uow.commit()


@routes.get(
    "/v1/alerts/{alert_id}/register-entries",
    **token(_READ),
    operation_id="listConcernedOfRegister",
    response_model=ConcernedList,
    responses=problems(401, 403, 404, 422),
)
async def concerned(
    alert_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    after: Annotated[int, Query(ge=0, le=2**47, description="Recipient to go on after.")] = 0,
    helped: Annotated[bool | None, Query(description="Those alone of whom an agent said so, or did not yet.")] = None,
    reach: Annotated[Reach | None, Query(description="Those alone to whom it came so far.")] = None,
    visited: Visited = None,
) -> object:
    """Those of the register whom an alert is for, with what they answered: who may have to be called on."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        await alerts.one(uow.session, agent.collectivity, alert_id)
        found = await register.concerned(
            uow.session, alert_id, after, limit, helped=helped, reach=reach, visited=visited
        )
        register.note_access(
            uow.session, agent.collectivity, agent.person, "concerned", now(), people=len(found), alert=alert_id
        )
        await uow.commit()
    known = {row.id: content for row, content in await opened(runtime.persons, [each.entry for each in found])}
    notes = await notes_of(runtime.persons, found)
    response.headers["Cache-Control"] = "no-store"
    return {
        "items": [
            ConcernedEntry(
                recipient=each.recipient.number,
                answer=Reply(each.answer) if each.answer else None,
                answered_at=each.answered_at,
                answered_by=each.answered_by,
                helped_at=each.helped_at,
                reach=each.reach,
                visit=visit_view(each.visit, notes),
                entry=entry_view(each.entry, known[each.entry.id]),
            )
            for each in found
            if each.entry.id in known
        ]
    }


@routes.get(
    "/v1/register-accesses",
    **token("notifications.register-accesses.read"),
    operation_id="listRegisterAccesses",
    response_model=Page[RegisterAccessView],
    responses=problems(400, 401, 403, 422),
)
async def accesses(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """Who saw or changed what is known of people who may need help, newest first."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["register-accesses", agent.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await register.accesses(session, agent.collectivity, place, limit)
    items = [
        RegisterAccessView(
            id=row.id,
            agent=row.agent,
            act=row.act,
            entry=row.entry,
            alert=row.alert,
            people=row.people,
            accessed_at=row.created_at,
        )
        for row in found.rows
    ]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


def _new(body: RegisterBody) -> NewEntry:
    email = normal(Channel.EMAIL, body.email, EntryAddressError) if body.email else None
    phone = normal(Channel.SMS, body.phone, EntryNumberError) if body.phone else None
    content = body.model_dump(mode="json", exclude={"language", "position", "words"})
    home = NewPlace(body.address[:100], body.position.coordinates, None, None)
    return NewEntry(content | {"email": email, "phone": phone}, body.language, email, phone, home, body.words)


def normal(channel: Channel, given: str, fault: type[Exception]) -> str:
    """The address as it is kept; raises the fault for what is none."""
    try:
        return normal_of(channel, given)
    except RecipientRefusedError as error:
        raise fault from error


def entry_view(row: RegisterEntry, content: dict[str, Any]) -> RegisterEntryView:
    """To agents."""
    known = RegisterContent.model_validate(content)
    texted = known.phone is not None and takes_texts(known.phone)
    return RegisterEntryView(
        id=row.id,
        content=known,
        person=row.person,
        texted=texted,
        entered_at=row.created_at,
        checked_at=row.last_checked,
    )
