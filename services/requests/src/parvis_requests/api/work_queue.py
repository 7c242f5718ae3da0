# SPDX-License-Identifier: EUPL-1.2
"""The work queue of agents: all that its screen needs in one call."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.cursor import paged
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import actor_of, language_of, parts_of
from parvis_requests.api.queue_schemas import (
    CountView,
    QueueCountsView,
    QueueFilter,
    QueueItemView,
    QueueQuery,
    WorkQueueView,
)
from parvis_requests.api.views import (
    area_label,
    channel_label,
    instant,
    point,
    priority_label,
    status_label,
    type_label,
)
from parvis_requests.db import saved_views
from parvis_requests.db.requests import form_key
from parvis_requests.domain.colleague import Directory
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.form import Form
from parvis_requests.service.work_queue import QueueCounts, asked_for, count_queue, read_queue

routes = router(tags=["work"])


@routes.get(
    "/v1/work-queue",
    **token("requests.requests.read"),
    operation_id="readWorkQueue",
    response_model=WorkQueueView,
    responses=problems(400, 401, 403, 404, 422),
)
async def read(request: Request, response: Response, query: Annotated[QueueQuery, Query()]) -> object:
    """What waits for agents, with labels; filtered, searched and sorted, or as a saved view says."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    names = await parts.colleagues.of(for_agents(actor).collectivity)
    catalogue, index = await parts.catalogues.of(actor.collectivity), parts.runtime.blind_index
    async with parts.runtime.database.reading() as session:
        kept = (await saved_views.one(session, actor, query.view)).filters if query.view else {}
        wanted = merged(query, kept)
        filters = wanted.filters(actor)
        bound = [actor.collectivity, str(actor.person), wanted.sort, repr(filters)]
        place = parts.runtime.cursors.read(query.cursor, bound)
        asked = asked_for(actor, filters, catalogue, index=index)
        page = await read_queue(session, actor, asked, wanted.sort, place, query.limit)
        numbers = await count_queue(session, actor, asked) if query.count else None
        forms = await parts.catalogues.forms_of(session, {form_key(row) for row in page.rows})
    response.headers.update({"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": language})
    write = parts.runtime.cursors.write
    items = [item_view(row, forms[form_key(row)], catalogue, names, language) for row in page.rows]
    counts = numbers and counts_view(numbers, filters.types, catalogue, language)
    shown = paged(request, response, items, write(page.next, bound), write(page.previous, bound))
    return shown | {"counts": counts, "names_known": names.known}


def merged(query: QueueFilter, kept: dict[str, Any]) -> QueueFilter:
    """The filters of a saved view, with what this query says itself in their place."""
    own = query.model_dump(mode="json", include=query.model_fields_set & QueueFilter.model_fields.keys())
    return QueueFilter.model_validate(kept | own)


def item_view(row: Any, form: Form, catalogue: Catalogue, names: Directory, language: Language) -> QueueItemView:
    """One row of the queue."""
    return QueueItemView(
        id=row.id,
        reference=row.reference,
        request_type=type_label(form, language),
        status=status_label(form.workflow, row.status, language),
        due_at=instant(row.due_at) if row.due_at else None,
        legal_end_at=instant(row.legal_end_at) if row.legal_end_at else None,
        unread=row.unread,
        team=row.team,
        team_label=catalogue.team_name(row.team).in_language(language),
        area=area_label(row.area, catalogue),
        assignee=row.assignee,
        assignee_label=names.name(row.assignee),
        channel=channel_label(row.channel, language),
        priority=priority_label(row.priority, language),
        description=row.description,
        position=point(row),
        address=row.address,
        attachments=row.attachments,
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def counts_view(
    counts: QueueCounts, types: Collection[str], catalogue: Catalogue, language: Language
) -> QueueCountsView:
    """The numbers with the labels of their codes."""
    # Workflows that share a code mostly share its name; of the types asked for, the one that is offered first says it.
    forms = [form for form in reversed(list(catalogue.forms.values())) if not types or form.code in types]
    labels = {state.code: state.name[language] for form in forms for state in form.workflow.states}
    return QueueCountsView(
        total=counts.total,
        by_status=[
            CountView(code=code, label=labels.get(code, code), count=number)
            for code, number in counts.by_status.items()
        ],
        by_team=[
            CountView(code=code, label=catalogue.team_name(code).in_language(language), count=number)
            for code, number in counts.by_team.items()
        ],
    )
