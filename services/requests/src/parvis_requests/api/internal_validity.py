# SPDX-License-Identifier: EUPL-1.2
"""What the service that reminds people asks of what they were granted, on the internal port."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request

from parvis_kit.problems import NOT_FOUND
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.internal import Collectivity, for_services
from parvis_requests.api.schemas import Labelled
from parvis_requests.api.views import type_label
from parvis_requests.db import requests
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.request import Actor
from parvis_requests.service.complete_file import form_of

routes = router(tags=["internal"])


class ValidityView(BaseModel):
    """What was asked for and granted, and its last day."""

    request_type: Labelled
    valid_until_on: date = Field(description="Today or later.")


@routes.get(
    "/internal/v1/requests/{request_id}/validity",
    **token("requests.messages.read"),
    response_model=ValidityView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, collectivity: Collectivity, request: Request) -> ValidityView:
    """Until when holds what a request was granted, in the asked language; 404 where it ends no more, or has ended."""
    for_services(request)
    parts = parts_of(request)
    async with parts.runtime.database.reading() as session:
        row = await requests.one(session, Actor.service(collectivity), request_id)
        form = await form_of(session, row, parts.catalogues)
    if row.valid_until_on is None or row.valid_until_on < day_of(now()):
        raise NOT_FOUND.problem()
    return ValidityView(request_type=type_label(form, language_of(request)), valid_until_on=row.valid_until_on)
