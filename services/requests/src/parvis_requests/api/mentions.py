# SPDX-License-Identifier: EUPL-1.2
"""Mentions that are taken back."""

from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.service.withdraw_mention import withdraw_mention

routes = router(tags=["work"])


class NewMentionWithdrawal(Input):
    """Whom notes name no more."""

    agent: UUID = Field(description="The agent whom they name.")


class MentionWithdrawalView(BaseModel):
    """What became of the mentions of an agent."""

    agent: UUID
    messages: list[UUID] = Field(description="The notes that name them no more.")
    still_mentioned: bool = Field(description="Whether notes of other agents name them still.")


@routes.post(
    "/v1/requests/{request_id}/mention-withdrawals",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="withdrawMention",
    status_code=201,
    response_model=MentionWithdrawalView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def withdraw(request_id: UUID, body: NewMentionWithdrawal, request: Request) -> Response:
    """Take back the caller's mentions of an agent, as a supervisor everybody's."""
    actor = actor_of(request)

    async def effect(session: AsyncSession) -> Answer:
        done = await withdraw_mention(session, actor, request_id, body.agent, now())
        view = MentionWithdrawalView(agent=body.agent, messages=done.messages, still_mentioned=done.still_mentioned)
        return Answer.of(view, {"Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)
