# SPDX-License-Identifier: EUPL-1.2
"""What other services may ask, on the internal port."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.requests import Request

from parvis_kit.problems import FORBIDDEN, NOT_FOUND
from parvis_kit.security.principal import PrincipalKind
from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_requests.api.context import language_of, parts_of
from parvis_requests.api.schemas import PublicTextView, ReporterContactView
from parvis_requests.service.keep_reporter import address_of
from parvis_requests.service.read_messages import public_text

routes = router(tags=["internal"])


@routes.get(
    "/internal/v1/requests/{request_id}/messages/{message_id}",
    **token("requests.messages.read"),
    response_model=PublicTextView,
    responses=problems(401, 403, 404, 422),
)
async def read_public_text(request_id: UUID, message_id: UUID, request: Request) -> PublicTextView:
    """The text of a public reply, for the service that sends it to the person, who reads the asked language."""
    if principal_of(request).kind is not PrincipalKind.SYSTEM:
        raise FORBIDDEN.problem()
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        text = await public_text(
            session, request_id, message_id, persons=runtime.persons, language=language_of(request)
        )
    if text is None:
        raise NOT_FOUND.problem()
    return PublicTextView(text=text)


@routes.get(
    "/internal/v1/reporters/{person}/contact",
    **token("requests.contacts.read"),
    response_model=ReporterContactView,
    responses=problems(401, 403, 404, 422),
)
async def read_reporter(
    person: UUID, request: Request, collectivity: Annotated[str, Query(max_length=100)]
) -> ReporterContactView:
    """Where somebody without an account is written to about their request, for the service that writes."""
    if principal_of(request).kind is not PrincipalKind.SYSTEM:
        raise FORBIDDEN.problem()
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        address = await address_of(session, person, collectivity, persons=runtime.persons)
    if address is None:
        raise NOT_FOUND.problem()
    return ReporterContactView(email=address.email, language=address.language)
