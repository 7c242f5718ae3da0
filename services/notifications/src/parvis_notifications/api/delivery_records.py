# SPDX-License-Identifier: EUPL-1.2
"""What became of all that a collectivity has sent: for who answers for it, and who pays for it."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError
from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import agent_of, parts_of
from parvis_notifications.db.delivery_records import Figure, Span, figures, records
from parvis_notifications.domain.delivery import Finality, SendingState, finality
from parvis_notifications.domain.topic import Channel

routes = router(tags=["deliveries"])
_SCOPE: Final = "notifications.deliveries.read"
_LONGEST: Final = timedelta(days=366)
CSV: Final = "text/csv"
_DATE: Final = re.compile("20[0-9]{2}-[0-9]{2}-[0-9]{2}")
PRIVATE: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
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


@routes.get(
    "/v1/delivery-records",
    **token(_SCOPE, timeout=300),
    operation_id="exportDeliveryRecords",
    response_class=Response,
    responses=problems(401, 403, 422) | {200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
async def export_records(request: Request, begins: From, until: Until) -> Response:
    """Each delivery that was made in those days as a line of CSV (RFC 4180), without who it went to."""
    span = _span(request, begins, until)
    pool, clock = parts_of(request).runtime.database.pool, _clock(request)

    async def lines() -> AsyncIterator[str]:
        yield csv_line(COLUMNS)
        async for piece in records(pool, span):
            yield "".join(csv_line(_cells(row, clock)) for row in piece)

    name = f"{span.collectivity}-deliveries-{begins}-{until}.csv"
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines(), headers=headers, media_type=f"{CSV}; charset=utf-8; header=present")


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


def _cells(row: Any, clock: ZoneInfo) -> list[str]:
    told = {"delivery_id": row["id"], "finality": finality(SendingState(row["state"])), **row}
    return [csv_cell(told[name], clock) for name in COLUMNS]


def csv_cell(value: object, clock: ZoneInfo) -> str:
    """A value as a cell shows it: an instant by these clocks, nothing where there is none."""
    if isinstance(value, datetime):
        return value.astimezone(clock).isoformat(timespec="milliseconds")
    return "" if value is None else str(value)


def csv_line(values: object) -> str:
    """A line of CSV (RFC 4180), its end included."""
    out = io.StringIO()
    csv.writer(out).writerow(values)  # type: ignore[arg-type]
    return out.getvalue()
