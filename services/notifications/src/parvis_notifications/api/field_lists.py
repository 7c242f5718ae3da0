# SPDX-License-Identifier: EUPL-1.2
"""Those of the register who are to be called on: a list street by street for who goes there, and what came of it."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_notifications.api.context import agent_of, now, parts_of
from parvis_notifications.api.record_files import CSV, PRIVATE, csv_cell, csv_line
from parvis_notifications.api.register_schemas import VisitBody, VisitView
from parvis_notifications.db.broadcast_tables import RegisterVisit
from parvis_notifications.db.register import Concerned
from parvis_notifications.domain.alert import VisitOutcome
from parvis_notifications.domain.broadcast import Reach
from parvis_notifications.domain.street_order import place_of
from parvis_notifications.service.note_visit import NewVisit, note_visit
from parvis_notifications.service.walk_register import Doors, Walk

routes = router(tags=["register"])
OWN: Final = (
    "address", "family_name", "given_names", "birth_on", "phone", "needs", "home_service", "contact",
)  # fmt: skip
_COLUMNS: Final = (
    "postcode", "street", "number", *OWN, "reach", "answer", "helped_at", "visit", "visited_at", "note",
    "recipient",
)  # fmt: skip
Number = Annotated[int, Path(ge=1, le=2**47, description="Recipient, as the list of those concerned names them.")]
Visited = Annotated[
    bool | None, Query(description="Those alone who were met, or are away; or those who are still to be called on.")
]


@routes.post(
    "/v1/alerts/{alert_id}/register-entries/{recipient}/visits",
    **token("notifications.register.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="noteVisit",
    status_code=201,
    response_model=VisitView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def note(alert_id: UUID, recipient: Number, body: VisitBody, request: Request) -> Response:
    """Say what came of calling on somebody whom an alert is for; each is kept, and the last holds."""
    agent, runtime, at = agent_of(request), parts_of(request).runtime, now()
    new = NewVisit(alert_id, recipient, body.outcome, body.visited_at, body.note)

    async def effect(session: AsyncSession) -> Answer:
        row = await note_visit(session, runtime.persons, agent, new, at)
        return Answer.of(_view(row, body.note), {"Cache-Control": "no-store"})

    return await runtime.idempotency.once(idempotent_call(request, agent, await request.body()), effect)


@routes.get(
    "/v1/alerts/{alert_id}/field-list",
    **token("notifications.register.read", timeout=300),
    operation_id="exportFieldList",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | {200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
async def export(
    alert_id: UUID,
    request: Request,
    reach: Annotated[
        Reach | None, Query(description="Those alone to whom it came so far; `unreached` for who knocks.")
    ] = None,
    visited: Visited = None,
) -> Response:
    """Those of the register whom an alert is for as lines of CSV (RFC 4180), in the order in which somebody walks.

    Street by street by postcode, and by the numbers of each; what cannot be read as such an address comes first. A look
    at as many people, which is kept, as it is written. Cells that a spreadsheet would take for a formula begin with an
    apostrophe.
    """
    agent, runtime = agent_of(request), parts_of(request).runtime
    walk = Walk(runtime.database, runtime.persons, agent)
    numbers = await walk.of_alert(alert_id)
    clock = runtime.settings.clock(agent.collectivity)

    async def lines() -> AsyncIterator[str]:
        yield csv_line(_COLUMNS)
        async for doors in walk.doors(alert_id, numbers, reach, visited):
            yield "".join(csv_line([csv_cell(cell, clock) for cell in _cells(each, doors)]) for each in doors.people)

    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="field-list-{alert_id}.csv"'}
    return StreamingResponse(lines(), headers=headers, media_type=f"{CSV}; charset=utf-8; header=present")


def visit_view(row: RegisterVisit | None, notes: Mapping[UUID, str]) -> VisitView | None:
    """To agents."""
    return _view(row, notes.get(row.id)) if row else None


def _view(row: RegisterVisit, note: str | None) -> VisitView:
    outcome = VisitOutcome(row.outcome)
    return VisitView(recipient=row.recipient, outcome=outcome, agent=row.agent, visited_at=row.visited_at, note=note)


def _cells(each: Concerned, doors: Doors) -> list[object]:
    content, last = doors.known[each.entry.id], each.visit
    visit = (last.outcome, last.visited_at, doors.notes.get(last.id)) if last else (None, None, None)
    own = [content.get(name) for name in OWN]
    return [
        *door(content["address"]), *own, each.reach.value, each.answer, each.helped_at, *visit, each.recipient.number,
    ]  # fmt: skip


def door(address: str) -> tuple[str, str, str]:
    """Postcode, street and number, empty where the address tells none."""
    postcode, street, number, suffix = place_of(address)
    return postcode, street, f"{number or ''}{suffix}"
