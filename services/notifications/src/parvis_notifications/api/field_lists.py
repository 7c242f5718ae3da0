# SPDX-License-Identifier: EUPL-1.2
"""Those of the register who are to be called on: a list street by street for who goes there, and what came of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_notifications.api.context import agent_of, now, parts_of
from parvis_notifications.api.record_files import CSV, PRIVATE, csv_cell, csv_line
from parvis_notifications.api.register_schemas import VisitBody, VisitView
from parvis_notifications.db import alerts, register
from parvis_notifications.db.broadcast_tables import RegisterVisit
from parvis_notifications.db.register import Concerned
from parvis_notifications.domain.alert import VisitOutcome
from parvis_notifications.domain.broadcast import Reach
from parvis_notifications.domain.street_order import place_of
from parvis_notifications.service.keep_register import opened
from parvis_notifications.service.note_visit import NewVisit, note_visit, notes_of

routes = router(tags=["register"])
_BATCH: Final = 500
_OWN: Final = (
    "address", "family_name", "given_names", "birth_on", "phone", "needs", "home_service", "contact",
)  # fmt: skip
_COLUMNS: Final = (
    "postcode", "street", "number", *_OWN, "reach", "answer", "helped_at", "visit", "visited_at", "note",
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
    **token("notifications.register.read", timeout=60),
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
    at as many people, which is kept. Cells that a spreadsheet would take for a formula begin with an apostrophe.
    """
    agent, runtime = agent_of(request), parts_of(request).runtime
    found, after = list[Concerned](), 0
    async with runtime.database.unit_of_work() as uow:
        await alerts.one(uow.session, agent.collectivity, alert_id)
        while part := await register.concerned(uow.session, alert_id, after, _BATCH, reach=reach, visited=visited):
            found, after = [*found, *part], part[-1].recipient.number
        register.note_access(
            uow.session, agent.collectivity, agent.person, "field-list", now(), people=len(found), alert=alert_id
        )
        await uow.commit()
    known = {row.id: content for row, content in await opened(runtime.persons, [each.entry for each in found])}
    walked = sorted(
        ((place_of(known[each.entry.id]["address"]), each) for each in found if each.entry.id in known),
        key=lambda one: (one[0], one[1].recipient.number),
    )
    notes = await notes_of(runtime.persons, found)
    clock = runtime.settings.clock(agent.collectivity)
    lines = [csv_line(_COLUMNS)]
    for (postcode, street, number, suffix), each in walked:
        cells = [postcode, street, f"{number or ''}{suffix}", *_told(each, known[each.entry.id], notes)]
        lines.append(csv_line([csv_cell(cell, clock) for cell in cells]))
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="field-list-{alert_id}.csv"'}
    return Response("".join(lines), headers=headers, media_type=f"{CSV}; charset=utf-8; header=present")


def visit_view(row: RegisterVisit | None, notes: Mapping[UUID, str]) -> VisitView | None:
    """To agents."""
    return _view(row, notes.get(row.id)) if row else None


def _view(row: RegisterVisit, note: str | None) -> VisitView:
    outcome = VisitOutcome(row.outcome)
    return VisitView(recipient=row.recipient, outcome=outcome, agent=row.agent, visited_at=row.visited_at, note=note)


def _told(each: Concerned, content: dict[str, Any], notes: Mapping[UUID, str]) -> list[object]:
    own = [content.get(name) for name in _OWN]
    last = each.visit
    visit = (last.outcome, last.visited_at, notes.get(last.id)) if last else (None, None, None)
    return [*own, each.reach.value, each.answer, each.helped_at, *visit, each.recipient.number]
