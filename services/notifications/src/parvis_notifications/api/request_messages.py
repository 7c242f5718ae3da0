# SPDX-License-Identifier: EUPL-1.2
"""Whether the author of a request was told: for agents who handle it, without a word of what was said."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import agent_of, now, parts_of
from parvis_notifications.db.decisions import Followed
from parvis_notifications.domain.delivery import Fault, Finality, SendingState, finality
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Outcome, Reason
from parvis_notifications.domain.topic import TOPICS, Channel, Topic
from parvis_notifications.service.explain_request_messages import Told, explain_request_messages
from parvis_notifications.service.need_to_know import must_read

routes = router(tags=["deliveries"])
_WAITING = {SendingState.PENDING, SendingState.RETRY}


class RequestMessageWay(BaseModel):
    """Why a message went by a channel, goes later, or does not; and how far it has come. No address is told."""

    channel: Channel
    outcome: Outcome
    reason: Reason
    not_before_at: AwareDatetime | None
    decided_at: AwareDatetime
    state: SendingState | None = Field(description="Null where nothing goes by it.")
    finality: Finality | None
    attempts: int
    last_reply: str | None = Field(description="The carrier's code, or why there is none.")
    fault: Fault | None = Field(description="Of what failed for good: whose trouble it was.")
    next_attempt_at: AwareDatetime | None
    sent_at: AwareDatetime | None
    delivered_at: AwareDatetime | None = Field(description="When it was told that it had arrived, where that is told.")
    delayed_at: AwareDatetime | None = Field(description="When it was last told that delivery is still being tried.")
    bounced_at: AwareDatetime | None
    report_status: str | None = Field(description="What the last report on it gave as status.")


class RequestMessage(BaseModel):
    """That somebody was told something of a request; it is in their inbox in any case."""

    id: UUID
    person: UUID = Field(description="Opaque id of who was told.")
    template: Template = Field(description="Of what: the occasion, and none of its words.")
    topic: Topic
    created_at: AwareDatetime
    ways: list[RequestMessageWay] = Field(description="One for each channel; for `push`, one for each browser.")


class RequestMessageList(BaseModel):
    """The newest first."""

    items: list[RequestMessage]


@routes.get(
    "/v1/request-messages/{request_id}",
    **token("notifications.request-messages.read"),
    operation_id="explainRequestMessages",
    response_model=RequestMessageList,
    responses=problems(401, 403, 404, 422),
)
async def explain(
    request_id: UUID,
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=100, description="So many of the newest, 1 to 100.")] = 20,
) -> object:
    """Whether the author of a request was told of it, by which channels, and why not; the author may see who asked.

    404 where the agent does not read that request. What was told before this was kept is not in it.
    """
    agent = agent_of(request)
    await must_read(parts_of(request).owners, agent, request_id)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        found = await explain_request_messages(uow.session, agent, request_id, limit, now())
        items = [_view(each) for each in found]
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return RequestMessageList(items=items)


def _view(told: Told) -> RequestMessage:
    row = told.message
    template = Template(row.template)
    return RequestMessage(
        id=row.id,
        person=row.person,
        template=template,
        topic=TOPICS[template],
        created_at=row.created_at,
        ways=[_way(each) for each in told.followed],
    )


def _way(followed: Followed) -> RequestMessageWay:
    decision, delivery = followed.decision, followed.delivery
    state = delivery and SendingState(delivery.state)
    return RequestMessageWay(
        channel=Channel(decision.channel),
        outcome=Outcome(decision.outcome),
        reason=Reason(decision.reason),
        not_before_at=decision.not_before_at,
        decided_at=decision.decided_at,
        state=state,
        finality=state and finality(state),
        attempts=delivery.attempts if delivery else 0,
        last_reply=delivery and delivery.last_reply,
        fault=Fault(delivery.fault) if delivery and delivery.fault else None,
        next_attempt_at=delivery.due_at if delivery and state in _WAITING else None,
        sent_at=delivery and delivery.sent_at,
        delivered_at=delivery and delivery.delivered_at,
        delayed_at=delivery and delivery.delayed_at,
        bounced_at=delivery and delivery.bounced_at,
        report_status=delivery and delivery.report_status,
    )
