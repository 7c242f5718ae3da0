# SPDX-License-Identifier: EUPL-1.2
"""The audit trail, for auditors; that they looked is kept in it, too."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.staff import BY_TWO_FACTORS, actor_of, staff_of
from parvis_identity.db import audit
from parvis_identity.db.audit import EntryFilter
from parvis_identity.domain.audit import Act, Action, Entry, Thing
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, router, token
from parvis_kit.web.types import Instant

routes = router(tags=["audit"])


def _code(description: str) -> object:
    return Query(max_length=200, pattern="^[A-Za-z0-9_.:*-]+$", description=description)


class AuditActorView(BaseModel):
    """Who acted."""

    kind: str = Field(description="`citizen`, `agent`, `system`, `operator`, `service` or `anonymous`.")
    id: str = Field(
        description="Opaque: a person's internal id, a client, the name of a command; `*` for nobody known."
    )
    client_id: str | None = Field(description="The application that was used, where there was one.")


class AuditObjectView(BaseModel):
    """What was acted on."""

    kind: str
    id: str = Field(description="Opaque; `*` where nothing known was meant.")


class AuditEntryView(BaseModel):
    """One act; in codes and opaque identifiers, never with a name or an address."""

    id: UUID
    sequence: int | None = Field(description="Its place in the chain; null for a second or two, until it has one.")
    occurred_at: AwareDatetime
    action: str = Field(description="Code of the act, such as `agent-suspended`.")
    actor: AuditActorView
    object: AuditObjectView
    details: dict[str, list[str]] = Field(description="More codes: scopes, roles, reasons.")


@routes.get(
    "/v1/audit-entries",
    **token("identity.audit.read", sign_in=BY_TWO_FACTORS),
    operation_id="listAuditEntries",
    response_model=Page[AuditEntryView],
    responses=problems(400, 401, 403, 422),
)
async def list_audit_entries(
    request: Request,
    response: Response,
    action: Annotated[str | None, _code("Acts of this code.")] = None,
    actor: Annotated[str | None, _code("Acts of this person, client or command.")] = None,
    client_id: Annotated[str | None, _code("Acts by this application.")] = None,
    object_kind: Annotated[str | None, _code("Acts on things of this kind.")] = None,
    object_id: Annotated[str | None, _code("Acts on this thing.")] = None,
    occurred_after: Annotated[Instant | None, Query(description="Acts after this instant.")] = None,
    occurred_before: Annotated[Instant | None, Query(description="Acts before this instant.")] = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """Who did what in the caller's collectivity, newest first; the look itself is recorded."""
    caller, runtime = staff_of(request), parts_of(request).runtime
    wanted = EntryFilter(
        action=action, actor=actor, client_id=client_id, object_kind=object_kind, object=object_id,
        occurred_after=occurred_after, occurred_before=occurred_before,
    )  # fmt: skip
    bound = [caller.collectivity, repr(wanted)]
    position = runtime.cursors.read(cursor, bound)
    async with runtime.database.unit_of_work() as uow:
        page = await audit.page(uow.session, caller.collectivity, wanted, position, limit)
        on = Thing("audit-trail", caller.collectivity)
        await audit.record(uow.session, Act(Action.AUDIT_READ, actor_of(caller), on, now(), caller.collectivity))
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    items, write = [_view(entry) for entry in page.rows], runtime.cursors.write
    return paged(request, response, items, write(page.next, bound), write(page.previous, bound))


def _view(entry: Entry) -> AuditEntryView:
    return AuditEntryView(
        id=entry.id,
        sequence=entry.sequence,
        occurred_at=entry.occurred_at,
        action=entry.action,
        actor=AuditActorView(kind=entry.actor_kind, id=entry.actor, client_id=entry.client_id),
        object=AuditObjectView(kind=entry.object_kind, id=entry.object),
        details={name: list(values) for name, values in entry.details.items()},
    )
