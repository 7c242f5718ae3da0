# SPDX-License-Identifier: EUPL-1.2
"""What two agents do to a published poll, and nobody alone."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, Kind, Rule
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_kit.web.types import Instant
from parvis_participation.api.context import agent_of, chain_of, parts_of
from parvis_participation.api.schemas import Input, ShortText
from parvis_participation.api.views import instant
from parvis_participation.domain import poll_change
from parvis_participation.domain.poll_change import ChangeKind
from parvis_participation.service.change_poll import Change, change_poll

routes = router(tags=["polls"])
CHANGE_REFUSED = Kind("poll-not-changeable", 409, Text(fr="Vote inchangeable", en="Poll not changeable"))
CHANGE_RULES = {
    poll_change.ChangeRefusedError: Rule(
        CHANGE_REFUSED,
        text=Text(
            fr="Un vote se prolonge avant sa clôture, et s'annule avant son dépouillement.",
            en="A poll is extended before its close, and called off before its count.",
        ),
    ),
    poll_change.EarlierCloseError: Rule(
        VALIDATION,
        "/closes_at",
        Text(fr="La nouvelle clôture vient après l'actuelle.", en="The new close comes after the present one."),
    ),
}


class NewPollChange(Input):
    """What is wanted of a published poll. The first agent's wish waits until another agent wants the same."""

    kind: ChangeKind
    closes_at: Instant | None = Field(default=None, description="With `extend` alone: the new close.")
    reason: ShortText = Field(description="Published with the acts of the poll.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.kind is ChangeKind.EXTEND) != (self.closes_at is not None):
            told = {"fr": "Donnez la nouvelle clôture pour prolonger, et seulement alors."}
            raise PydanticCustomError("closes-at", "Give the new close to extend a poll, and only then.", told)
        return self


class PollChangeView(BaseModel):
    """Whether the change is made, or waits for a second agent."""

    poll_id: UUID
    kind: ChangeKind
    closes_at: datetime | None
    made: bool


@routes.post(
    "/v1/polls/{poll_id}/changes",
    **token("participation.polls.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="changePoll",
    status_code=201,
    response_model=PollChangeView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def change(poll_id: UUID, body: NewPollChange, request: Request) -> Response:
    """Want a published poll to last longer, or to be called off; it is once a second agent wants the same."""
    agent, (chain, by) = agent_of(request), chain_of(request)
    wish = Change(agent.collectivity, poll_id, body.kind, body.closes_at, body.reason.model_dump())

    async def effect(session: AsyncSession) -> Answer:
        made = await change_poll(session, wish, chain, by)
        closes_at = instant(body.closes_at) if body.closes_at else None
        return Answer.of(PollChangeView(poll_id=poll_id, kind=body.kind, closes_at=closes_at, made=made))

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)
