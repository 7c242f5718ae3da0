# SPDX-License-Identifier: EUPL-1.2
"""Agents say who was helped, of those who asked for it in answer to an alert."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_kit.web.types import Instant, PlainText
from parvis_notifications.api.context import agent_of, now, parts_of
from parvis_notifications.service.mark_helped import HelpMove, mark_helped

routes = router(tags=["alerts"])
Number = Annotated[int, Path(ge=1, le=2**47, description="Recipient, as the list of answers names them.")]


class HelpMoveBody(BaseModel):
    """What became of a call for help."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["helped", "reopen"] = Field(description="They were helped; or they were not after all.")
    answered_at: Instant = Field(description="When they asked, as it was read: who asks again is to be helped anew.")
    note: Annotated[PlainText, Field(min_length=1, max_length=1_000)] | None = Field(
        default=None, description="For the other agents; sealed as what is known of that person."
    )


class HelpStateView(BaseModel):
    """Where a call for help stands."""

    recipient: int
    answered_at: AwareDatetime
    helped_at: AwareDatetime | None


@routes.post(
    "/v1/alerts/{alert_id}/answers/{recipient}/transitions",
    **token("notifications.alerts.write"),
    operation_id="moveCallForHelp",
    response_model=HelpStateView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def move(alert_id: UUID, recipient: Number, body: HelpMoveBody, request: Request, response: Response) -> object:
    """Say that somebody was helped, or that this was wrong; who said so, and when, is kept."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    wanted = HelpMove(body.action == "helped", body.answered_at, body.note)
    async with runtime.database.unit_of_work() as uow:
        row = await mark_helped(uow.session, runtime.persons, agent, alert_id, recipient, wanted, now())
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return HelpStateView(recipient=row.number, answered_at=body.answered_at, helped_at=row.helped_at)
