# SPDX-License-Identifier: EUPL-1.2
"""Agents correct what the register of people who may need help says of somebody, and see what was corrected."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, router, token
from parvis_notifications.api.context import agent_of, now, parts_of
from parvis_notifications.api.register import entry_view, normal
from parvis_notifications.api.register_schemas import (
    RegisterChangeBody,
    RegisterChangeView,
    RegisterContent,
    RegisterEntryView,
)
from parvis_notifications.domain.errors import EntryAddressError, EntryNumberError
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.change_register import ChangedEntry, change_entry, list_changes

routes = router(tags=["register"])


@routes.put(
    "/v1/register-entries/{entry_id}",
    **token("notifications.register.write", headers=[IF_MATCH]),
    operation_id="changeRegisterEntry",
    response_model=RegisterEntryView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def change(entry_id: UUID, body: RegisterChangeBody, request: Request, response: Response) -> object:
    """Correct what is said of somebody, with the reason; to what they agreed stays, and what stood there is kept."""
    agent, runtime, version, new = agent_of(request), parts_of(request).runtime, required_version(request), _new(body)
    async with runtime.database.unit_of_work() as uow:
        row = await change_entry(
            uow.session, runtime.persons, runtime.blind_index, agent, entry_id, new, version=version, now=now()
        )
        await uow.commit()
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return entry_view(row, dict(new.content))


@routes.get(
    "/v1/register-entries/{entry_id}/changes",
    **token("notifications.register.read"),
    operation_id="listRegisterChanges",
    response_model=Page[RegisterChangeView],
    responses=problems(400, 401, 403, 404, 422),
)
async def changes(
    entry_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """What was corrected of somebody, by whom and why, newest first; that it was read is kept."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["register-changes", agent.collectivity, str(entry_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.unit_of_work() as uow:
        found = await list_changes(uow.session, runtime.persons, agent, entry_id, place, limit, now())
        await uow.commit()
    items = [
        RegisterChangeView(
            id=each.row.id,
            agent=each.row.agent,
            own=each.row.own,
            changed_at=each.row.created_at,
            reason=each.reason,
            before=RegisterContent.model_validate(each.before),
        )
        for each in found.rows
    ]
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


def _new(body: RegisterChangeBody) -> ChangedEntry:
    email = normal(Channel.EMAIL, body.email, EntryAddressError) if body.email else None
    phone = normal(Channel.SMS, body.phone, EntryNumberError) if body.phone else None
    content = body.model_dump(mode="json", exclude={"language", "position", "reason"})
    position = body.position.coordinates if body.position else None
    return ChangedEntry(content | {"email": email, "phone": phone}, body.language, position, body.reason)
