# SPDX-License-Identifier: EUPL-1.2
"""The addresses at which mails about a request are answered: who has one, or an agent, takes it back."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_notifications.api.context import now, parts_of, reader_of
from parvis_notifications.service.need_to_know import must_read
from parvis_notifications.service.revoke_replies import Revoker, revoke_replies

routes = router(tags=["inbound"])


class NewReplyRevocation(BaseModel):
    """Whose reply address is taken back."""

    model_config = ConfigDict(extra="forbid")

    person: UUID | None = Field(
        default=None,
        description="Of whom agents name one; null: of all who are told of the request. A citizen's are theirs alone.",
    )


class ReplyRevocation(BaseModel):
    """What was taken back."""

    request_id: UUID
    revoked: int = Field(description="How many addresses: one for each person who is told of the request.")
    revoked_at: datetime


@routes.post(
    "/v1/reply-addresses/{request_id}/revocations",
    **token("notifications.replies.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="revokeReplyAddresses",
    status_code=201,
    response_model=ReplyRevocation,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def revoke(request_id: UUID, body: NewReplyRevocation, request: Request) -> Response:
    """Refuse what comes to the present reply addresses of a request; the next mails about it bear new ones."""
    reader, at = reader_of(request), now()
    if reader.work:
        await must_read(parts_of(request).owners, principal_of(request), request_id)
    revoker = Revoker(reader.person, reader.collectivity, agent=reader.work)

    async def effect(session: AsyncSession) -> Answer:
        count = await revoke_replies(session, revoker, request_id, body.person, at)
        view = ReplyRevocation(request_id=request_id, revoked=count, revoked_at=at)
        return Answer.of(view, {"Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)
