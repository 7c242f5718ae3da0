# SPDX-License-Identifier: EUPL-1.2
"""What the service that writes to people may ask about appeals, on the internal port."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.requests import Request

from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.appeal_labels import kind_label
from parvis_requests.api.appeal_schemas import AppealStepView
from parvis_requests.api.appeal_words import statements
from parvis_requests.api.context import language_of, parts_of
from parvis_requests.api.internal import Collectivity, for_services
from parvis_requests.api.views import type_label
from parvis_requests.db import requests
from parvis_requests.domain.request import Actor
from parvis_requests.domain.typography import no_break
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.read_appeals import read_step_of_appeal

routes = router(tags=["internal"])


@routes.get(
    "/internal/v1/requests/{request_id}/appeal-steps/{sequence}",
    **token("requests.messages.read"),
    response_model=AppealStepView,
    responses=problems(401, 403, 404, 422),
)
async def read_step_of_appeal_to_tell(
    request_id: UUID, sequence: Annotated[int, Path(ge=1, le=2**31 - 1)], collectivity: Collectivity, request: Request
) -> AppealStepView:
    """What the person is told of an appeal that came, or ended, by that act, in the asked language."""
    for_services(request)
    parts, language, service = parts_of(request), language_of(request), Actor.service(collectivity)
    contact = (await parts.catalogues.of(collectivity)).contact
    async with parts.runtime.database.reading() as session:
        found = await read_step_of_appeal(
            session, service, request_id, sequence, catalogues=parts.catalogues, persons=parts.runtime.persons
        )
        form = await form_of(session, await requests.one(session, service, request_id), parts.catalogues)
    receipt = sequence == found.row.lodged
    return AppealStepView(
        request_type=type_label(form, language),
        kind=kind_label(found.row.kind, language),
        reasons=None if receipt else found.reasons,
        statements=[no_break(each, language) for each in statements(found, contact, language, receipt=receipt)],
    )
