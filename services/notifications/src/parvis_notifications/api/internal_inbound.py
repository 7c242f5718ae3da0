# SPDX-License-Identifier: EUPL-1.2
"""What came in, for the service that threads it into its conversations, on the internal port."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import FORBIDDEN
from parvis_kit.runtime import Runtime
from parvis_kit.security.principal import PrincipalKind
from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_notifications.domain.inbound import CallOutcome
from parvis_notifications.service.keep_inbound import inbound_taken, read_inbound, read_inbound_file
from parvis_notifications.settings import Settings

routes = router(tags=["internal"])
_SCOPE = "notifications.inbound.write"
Collectivity = Annotated[str, Query(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="Where it came in.")]


class InboundFileView(BaseModel):
    """A file by its place in the message; name and size as they came."""

    position: int
    name: str
    size: int


class InboundCallView(BaseModel):
    """What is known of a telephone call; seconds are those spoken."""

    outcome: CallOutcome
    began_at: datetime
    seconds: int


class InboundMessageView(BaseModel):
    """A message in clear. ``held`` says why it is for an agent to qualify; None for a reply."""

    way: str
    request_id: UUID | None
    person: UUID | None
    held: str | None
    sender: str
    sender_name: str
    subject: str
    text: str
    files: list[InboundFileView]
    left_out: list[str] = Field(description="Names of files that were too many or too large.")
    call: InboundCallView | None = Field(default=None, description="Of a telephone call, which has no words.")
    received_at: datetime


@routes.get(
    "/internal/v1/inbound-messages/{message_id}",
    **token(_SCOPE),
    response_model=InboundMessageView,
    responses={204: {"description": "Its owner has it: nothing of it is left."}, **problems(401, 403, 404, 422)},
)
async def read(message_id: UUID, collectivity: Collectivity, request: Request) -> InboundMessageView | Response:
    """A message that nobody has taken yet."""
    _for_services(request)
    runtime: Runtime[Settings] = request.app.state.runtime
    async with runtime.database.reading() as session:
        found = await read_inbound(session, collectivity, message_id, persons=runtime.persons)
    if found is None:
        return Response(status_code=204)
    row = found.row
    return InboundMessageView(
        way=row.way,
        request_id=row.request_id,
        person=row.person,
        held=row.held,
        files=[InboundFileView(position=each.position, name=each.name, size=each.size) for each in found.files],
        received_at=found.received_at,
        **found.content,
    )


@routes.get(
    "/internal/v1/inbound-messages/{message_id}/files/{position}",
    **token(_SCOPE),
    response_class=Response,
    responses=problems(401, 403, 404, 422),
)
async def read_file(
    message_id: UUID, position: Annotated[int, Path(ge=0, le=1_000)], collectivity: Collectivity, request: Request
) -> Response:
    """A file of it, as it came: whoever takes it looks at what it is."""
    _for_services(request)
    runtime: Runtime[Settings] = request.app.state.runtime
    async with runtime.database.reading() as session:
        content = await read_inbound_file(session, collectivity, message_id, position, persons=runtime.persons)
    return Response(content, media_type="application/octet-stream")


@routes.delete(
    "/internal/v1/inbound-messages/{message_id}",
    **token(_SCOPE),
    status_code=204,
    responses=problems(401, 403, 422),
)
async def take(message_id: UUID, collectivity: Collectivity, request: Request) -> Response:
    """Whoever asks has it: it is destroyed here. Safe to repeat."""
    _for_services(request)
    runtime: Runtime[Settings] = request.app.state.runtime
    await inbound_taken(runtime.database, runtime.persons, collectivity, message_id)
    return Response(status_code=204)


def _for_services(request: Request) -> None:
    if principal_of(request).kind is not PrincipalKind.SYSTEM:
        raise FORBIDDEN.problem()
