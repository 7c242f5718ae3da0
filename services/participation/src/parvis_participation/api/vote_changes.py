# SPDX-License-Identifier: EUPL-1.2
"""Agents let votes by name and consultations last longer, or call a vote off."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_kit.web.types import Instant
from parvis_participation.api.acting import chained
from parvis_participation.api.context import agent_of, chain_of, language_of, now, parts_of
from parvis_participation.api.schemas import ConsultationView, Input, ShortText
from parvis_participation.api.views import consultation_view, instant
from parvis_participation.domain.poll_change import ChangeKind
from parvis_participation.service.change_vote import GivenVotes, VoteChange, change_vote, extend_consultation

routes = router(tags=["budgets"])


class NewVoteChange(Input):
    """What is wanted of a vote by name. The first agent's wish waits until another agent wants the same."""

    kind: ChangeKind
    closes_at: Instant | None = Field(default=None, description="With `extend` alone: the new close.")
    votes: GivenVotes | None = Field(
        default=None,
        description="With `cancel` alone: whether it is kept who voted how, as long as was said, or deleted at once.",
    )
    reason: ShortText = Field(description="Published with the budget, and told to the followers of its process.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.kind is ChangeKind.EXTEND) != (self.closes_at is not None):
            told = {"fr": "Donnez la nouvelle clôture pour prolonger, et seulement alors."}
            raise PydanticCustomError("closes-at", "Give the new close to extend a vote, and only then.", told)
        if (self.kind is ChangeKind.CANCEL) != (self.votes is not None):
            told = {"fr": "Dites ce que deviennent les votes pour annuler, et seulement alors."}
            raise PydanticCustomError("votes", "Say what becomes of the votes to call it off, and only then.", told)
        return self


class NewExtension(Input):
    """Until when a consultation lasts, and why."""

    closes_at: Instant
    reason: ShortText = Field(description="Published with the consultation, and told to the followers of its process.")


class VoteChangeView(BaseModel):
    """Whether the change is made, or waits for a second agent."""

    budget_id: UUID
    kind: ChangeKind
    closes_at: datetime | None
    votes: GivenVotes | None
    made: bool


@routes.post(
    "/v1/budgets/{budget_id}/changes",
    **token("participation.budgets.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="changeBudgetVote",
    status_code=201,
    response_model=VoteChangeView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def change(budget_id: UUID, body: NewVoteChange, request: Request) -> Response:
    """Want a vote by name to last longer, or to be called off; it is once a second agent wants the same."""
    agent, (chain, by) = agent_of(request), chain_of(request)
    wish = VoteChange(agent.collectivity, budget_id, body.kind, body.closes_at, body.votes, body.reason.model_dump())

    async def effect(session: AsyncSession) -> Answer:
        made = await change_vote(session, wish, chain, by)
        closes_at = instant(body.closes_at) if body.closes_at else None
        view = VoteChangeView(budget_id=budget_id, kind=body.kind, closes_at=closes_at, votes=body.votes, made=made)
        return Answer.of(view)

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.post(
    "/v1/consultations/{consultation_id}/extensions",
    **token("participation.consultations.write", headers=[IDEMPOTENCY_KEY]) | {"tags": ["consultations"]},
    operation_id="extendConsultation",
    status_code=201,
    response_model=ConsultationView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def extend(consultation_id: UUID, body: NewExtension, request: Request) -> Response:
    """Let a consultation that has not closed last longer."""
    agent, language, at = agent_of(request), language_of(request), now()
    reason = body.reason.model_dump()

    async def effect(session: AsyncSession) -> Answer:
        row = await extend_consultation(session, agent.collectivity, consultation_id, body.closes_at, reason, at)
        return Answer.of(consultation_view(row, language, at), {"ETag": entity_tag(row.version, language)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))
