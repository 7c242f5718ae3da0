# SPDX-License-Identifier: EUPL-1.2
"""Residents of no register whom an alert did not reach, for who goes there: apart from the list of the register."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import agent_of, parts_of
from parvis_notifications.api.record_files import CSV, PRIVATE, csv_cell, csv_line
from parvis_notifications.service.list_unreached import ListUnreached

routes = router(tags=["register"])
_COLUMNS: Final = ("place", "longitude", "latitude", "language", "recipient", "area", "people")


@routes.get(
    "/v1/alerts/{alert_id}/unreached-homes",
    **token("notifications.register.read", timeout=300),
    operation_id="exportUnreachedHomes",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | {200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
async def export(alert_id: UUID, request: Request) -> Response:
    """Where residents live who are in no register and whom an alert reached by no channel, as lines of CSV (RFC 4180).

    A line for each who named their home, for alerts, in its area: in their words, and its position; nobody's name. The
    last lines say how many others there are, by the first area named by the alert that they care for, without a code
    where there is none. Of an exercise all are counted, and no home is shown. A look at as many people, which is kept,
    as it is written. Cells that a spreadsheet would take for a formula begin with an apostrophe.
    """
    agent, runtime = agent_of(request), parts_of(request).runtime
    listing, clock = ListUnreached(runtime.database, runtime.persons, agent), runtime.settings.clock(agent.collectivity)
    _, sent, areas = await listing.alert(alert_id)

    async def lines() -> AsyncIterator[str]:
        yield csv_line(_COLUMNS)
        others = Counter[str]()
        async for home in listing.homes(sent, areas, others):
            where = (home.place, home.longitude, home.latitude, home.language, home.recipient)
            yield csv_line([csv_cell(cell, clock) for cell in (*where, None, 1)])
        for area, people in sorted(others.items()):
            yield csv_line([csv_cell(cell, clock) for cell in (*[None] * 5, area, people)])

    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="unreached-homes-{alert_id}.csv"'}
    return StreamingResponse(lines(), headers=headers, media_type=f"{CSV}; charset=utf-8; header=present")
