# SPDX-License-Identifier: EUPL-1.2
"""The work queue as a table, for spreadsheets: what it is about and how it stands, and nothing that people wrote."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import actor_of, colleagues_of, language_of, parts_of
from parvis_requests.api.open_data import CSV, csv_line
from parvis_requests.api.queue_schemas import QueueFilter, QueueItemView
from parvis_requests.api.work_queue import item_view, merged
from parvis_requests.db import saved_views
from parvis_requests.db.requests import form_key
from parvis_requests.service.export_queue import MOST_ROWS, export_queue
from parvis_requests.service.work_queue import asked_for, count_queue

routes = router(tags=["work"])
COLUMNS: Final = (
    *("reference", "type", "type_name", "status", "status_name", "team", "team_name", "area", "area_name", "assignee"),
    *("channel", "priority", "due_at", "legal_end_at", "unread", "attachments", "created_at", "updated_at"),
)
# An apostrophe precedes what spreadsheets take for a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


class QueueExport(QueueFilter):
    """The filters of the work queue; those given replace those of the view."""

    view: UUID | None = Field(default=None, description="A saved view to start from.")


@routes.get(
    "/v1/work-queue-csv",
    **token("requests.requests.read", timeout=300),
    operation_id="exportWorkQueue",
    response_class=Response,
    responses=problems(400, 401, 403, 404, 422) | {200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
async def export(request: Request, query: Annotated[QueueExport, Query()]) -> Response:
    """The work queue as CSV, 10,000 requests at most: without descriptions, answers, addresses and who filed them."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    names, catalogue = await colleagues_of(request), await parts.catalogues.of(actor.collectivity)
    database = parts.runtime.database
    async with database.reading() as session:
        kept = (await saved_views.one(session, actor, query.view)).filters if query.view else {}
        wanted = merged(query, kept)
        asked = asked_for(actor, wanted.filters(actor), catalogue, index=parts.runtime.blind_index)
        if (await count_queue(session, actor, asked)).total > MOST_ROWS:
            raise _too_many()

    async def lines() -> AsyncIterator[str]:
        yield csv_line(COLUMNS)
        async for rows in export_queue(database, actor, asked, wanted.sort):
            async with database.reading() as session:
                forms = await parts.catalogues.forms_of(session, {form_key(row) for row in rows})
            views = (item_view(row, forms[form_key(row)], catalogue, names, language) for row in rows)
            yield "".join(csv_line(_cells(view)) for view in views)

    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="work-queue.csv"',
        "Content-Language": language,
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(lines(), headers=headers, media_type=f"{CSV}; charset=utf-8; header=present")


def _cells(item: QueueItemView) -> tuple[object, ...]:
    area = item.area
    cells = (
        *(item.reference, item.request_type.code, item.request_type.label, item.status.code, item.status.label),
        *(item.team, item.team_label, area and area.code, area and area.label),
        item.assignee_label or item.assignee,
        *(item.channel.code, item.priority.code, _instant(item.due_at), _instant(item.legal_end_at)),
        *(str(item.unread).lower(), item.attachments, _instant(item.created_at), _instant(item.updated_at)),
    )
    return tuple(f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell for cell in cells)


def _instant(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None


def _too_many() -> Exception:
    words = Text(fr=f"{MOST_ROWS} demandes au plus ; affinez les filtres.", en=f"{MOST_ROWS} requests at most: filter.")
    return VALIDATION.problem(
        "Corrigez les champs signalés.",
        "Correct the members named in errors.",
        errors=[FieldError("#/query", "too-many-requests", words)],
    )
