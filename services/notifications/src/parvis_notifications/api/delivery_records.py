# SPDX-License-Identifier: EUPL-1.2
"""What became of all that a collectivity has sent: for who answers for it, and who pays for it."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError
from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import agent_of, parts_of
from parvis_notifications.api.record_files import (
    CSV,
    PRIVATE,
    FileFormat,
    Kind,
    Recorded,
    RecordedAttempt,
    RecordFile,
)
from parvis_notifications.db import recorded_attempts
from parvis_notifications.db.delivery_records import Figure, Span, figures, records
from parvis_notifications.domain.delivery import Finality, SendingState, finality
from parvis_notifications.domain.topic import Channel

routes = router(tags=["deliveries"])
_SCOPE: Final = "notifications.deliveries.read"
_LONGEST: Final = timedelta(days=366)
_DATE: Final = re.compile("20[0-9]{2}-[0-9]{2}-[0-9]{2}")
COLUMNS: Final = (
    "delivery_id", "message_id", "template", "channel", "state", "finality", "attempts", "provider", "created_at",
    "sent_at", "delivered_at", "bounced_at", "report_status", "segments", "cost_millicents", "delayed_at", "last_reply",
)  # fmt: skip


def _written(value: object) -> object:
    # A number would be taken for seconds, and the first and the last days of the calendar have no instant in UTC.
    if isinstance(value, str) and not _DATE.fullmatch(value):
        told = {"fr": "Donnez un jour de 2000 à 2099 : AAAA-MM-JJ."}
        raise PydanticCustomError("date", "Give a day from 2000 to 2099: YYYY-MM-DD.", told)
    return value


_Day = Annotated[date, BeforeValidator(_written)]
From = Annotated[_Day, Query(alias="from", description="First day, by the town's clocks.")]
Until = Annotated[_Day, Query(description="Last day; at most a year in all.")]


class DeliveryFigure(BaseModel):
    """How many deliveries of one channel and template came to one state."""

    channel: Channel
    template: str
    state: SendingState
    finality: Finality
    deliveries: int
    segments: int = Field(description="Of text messages: each is paid for; of calls their begun minutes.")
    cost_millicents: int = Field(description="In thousandths of a eurocent, as far as it is known.")


class DeliveryFigures(BaseModel):
    """What was sent in some days, and what became of it."""

    items: list[DeliveryFigure]


class DeliveryRecord(BaseModel):
    """A delivery to one person, who is not named."""

    delivery_id: UUID
    message_id: UUID
    template: str
    channel: Channel
    state: SendingState
    finality: Finality
    attempts: int
    provider: str | None
    created_at: AwareDatetime
    sent_at: AwareDatetime | None
    delivered_at: AwareDatetime | None
    bounced_at: AwareDatetime | None
    report_status: str | None
    segments: int | None
    cost_millicents: int | None
    delayed_at: AwareDatetime | None
    last_reply: str | None
    attempt_log: list[RecordedAttempt] = Field(description="The oldest first.")


class DeliveryRecords(BaseModel):
    """What was sent in some days, in the order in which it was made."""

    items: list[DeliveryRecord]


@routes.get(
    "/v1/delivery-records",
    **token(_SCOPE, timeout=300),
    operation_id="exportDeliveryRecords",
    response_class=Response,
    responses=problems(401, 403, 422)
    | {200: {"model": DeliveryRecords, "content": {CSV: {"schema": {"type": "string"}}}}},
)
async def export_records(request: Request, begins: From, until: Until, kind: Kind = FileFormat.CSV) -> Response:
    """Each delivery that was made in those days as a line of CSV (RFC 4180), without who it went to.

    Or each attempt at it, or all that as JSON. Cells that a spreadsheet would take for a formula begin with an
    apostrophe.
    """
    span = _span(request, begins, until)
    pool = parts_of(request).runtime.database.pool

    async def pieces() -> AsyncIterator[Sequence[Recorded]]:
        async for piece in records(pool, span):
            ids = [] if kind is FileFormat.CSV else [row["id"] for row in piece]
            attempts = await recorded_attempts.of_deliveries(pool, ids) if ids else {}
            yield [
                Recorded(
                    {"delivery_id": row["id"], "finality": finality(SendingState(row["state"])), **row},
                    attempts.get(row["id"], ()),
                )
                for row in piece
            ]

    name = f"{span.collectivity}-deliveries-{begins}-{until}"
    return RecordFile(name, COLUMNS, DeliveryRecord, _clock(request)).answer(kind, pieces())


@routes.get(
    "/v1/delivery-figures",
    **token(_SCOPE),
    operation_id="readDeliveryFigures",
    response_model=DeliveryFigures,
    responses=problems(401, 403, 422),
)
async def read_figures(request: Request, response: Response, begins: From, until: Until) -> object:
    """How many deliveries of those days came to which state, by channel and template, and what they cost."""
    found = await figures(parts_of(request).runtime.database.pool, _span(request, begins, until))
    response.headers.update(PRIVATE)
    return DeliveryFigures(items=[_figure(each) for each in found])


def _span(request: Request, begins: date, until: date) -> Span:
    collectivity = agent_of(request).collectivity
    if not timedelta(0) <= until - begins < _LONGEST:
        why = Text(
            fr="Le dernier jour vient après le premier, et moins d'un an plus tard.",
            en="The last day comes after the first, and less than a year later.",
        )
        raise VALIDATION.problem(errors=[FieldError("/until", "out-of-range", why)])
    # Of a day of 23 or 25 hours, too, each instant is in one day alone.
    first, after = (datetime.combine(day, time(), _clock(request)) for day in (begins, until + timedelta(days=1)))
    return Span(collectivity, first, after)


def _clock(request: Request) -> ZoneInfo:
    return parts_of(request).runtime.settings.clock(agent_of(request).collectivity)


def _figure(each: Figure) -> DeliveryFigure:
    state = SendingState(each.state)
    return DeliveryFigure(
        channel=Channel(each.channel),
        template=each.template,
        state=state,
        finality=finality(state),
        deliveries=each.deliveries,
        segments=each.segments or 0,
        cost_millicents=each.cost_millicents or 0,
    )
