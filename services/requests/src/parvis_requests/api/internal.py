# SPDX-License-Identifier: EUPL-1.2
"""What other services may ask, on the internal port."""

from uuid import UUID

from starlette.requests import Request

from parvis_kit.problems import FORBIDDEN, NOT_FOUND
from parvis_kit.security.principal import PrincipalKind
from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_requests.api.context import language_of, parts_of
from parvis_requests.api.schemas import PublicTextView
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
