# SPDX-License-Identifier: EUPL-1.2
"""Whether an agent reads a request, for the services that keep something about it, on the internal port."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import parts_of
from parvis_requests.api.internal import Collectivity, for_services
from parvis_requests.db import requests
from parvis_requests.domain.request import Actor

routes = router(tags=["internal"])
# PostgreSQL has no U+0000 in a text; whatever else a token names as a team may be none of ours.
Codes = list[Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]]


@routes.get(
    "/internal/v1/requests/{request_id}/readers/{agent}",
    **token("requests.messages.read"),
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 422),
)
async def read(
    request_id: UUID,
    agent: UUID,
    collectivity: Collectivity,
    request: Request,
    roles: Annotated[Codes, Query(description="Those of the agent's token.")] = [],  # noqa: B006 - the framework copies it
    teams: Annotated[Codes, Query(description="Those of the agent's token.")] = [],  # noqa: B006 - likewise
) -> Response:
    """That an agent of that collectivity is in the circle of a request (decision 0109); 404 where not, or of none."""
    for_services(request)
    actor = Actor(agent, collectivity, is_agent=True, roles=frozenset(roles), teams=frozenset(teams))
    async with parts_of(request).runtime.database.reading() as session:
        await requests.one(session, actor, request_id)
    return Response(status_code=204)
