# SPDX-License-Identifier: EUPL-1.2
"""That STOP was written from the caller's number, and how they take it back."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_notifications.api.context import now, parts_of, reader_of
from parvis_notifications.db.text_stop_tables import TextStop
from parvis_notifications.domain.text_stop import StopWay
from parvis_notifications.service.start_texts import own_stops, withdraw_stop

routes = router(tags=["preferences"])
_PATH = "/v1/text-stops"


class TextStopView(BaseModel):
    """That a number gets no more text messages, and since when."""

    id: UUID
    application: str | None = Field(
        description="The application of the town whose messages it ended; null: those of the town itself."
    )
    way: StopWay = Field(
        description="`text`: STOP was written from the number; `provider`: whoever carries text messages says so."
    )
    words: str | None = Field(description="What was written; null where a provider told of it.")
    stopped_at: AwareDatetime


class TextStopList(BaseModel):
    """What holds of the caller's number."""

    items: list[TextStopView]


class TextStopWithdrawal(BaseModel):
    """That it holds no longer."""

    id: UUID
    withdrawn_at: AwareDatetime


@routes.get(
    _PATH,
    **token("notifications.preferences.read"),
    operation_id="listTextStops",
    response_model=TextStopList,
    responses=problems(401, 403),
)
async def list_(request: Request, response: Response) -> object:
    """What STOP has ended at the caller's number: text messages that the law has not sent nor the caller asked for."""
    reader = reader_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        found = await own_stops(session, reader)
    response.headers["Cache-Control"] = "no-store"
    return TextStopList(items=[_view(row) for row in found])


@routes.post(
    _PATH + "/{text_stop_id}/withdrawals",
    **token("notifications.preferences.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="withdrawTextStop",
    status_code=201,
    response_model=TextStopWithdrawal,
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def withdraw(text_stop_id: UUID, request: Request) -> Response:
    """Have text messages come again as the caller chose; what STOP ended of their news is chosen anew."""
    reader, at = reader_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        await withdraw_stop(session, reader, text_stop_id, at)
        return Answer.of(TextStopWithdrawal(id=text_stop_id, withdrawn_at=at), {"Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


def _view(row: TextStop) -> TextStopView:
    return TextStopView(
        id=row.id,
        application=row.application or None,
        way=StopWay(row.way),
        words=row.words,
        stopped_at=row.said_at,
    )
