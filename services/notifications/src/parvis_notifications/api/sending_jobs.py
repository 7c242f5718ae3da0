# SPDX-License-Identifier: EUPL-1.2
"""Files of messages that other applications hand in: 202 at once, then progress and each row that is not sent."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_files.route import FileRoute
from parvis_kit.ids import uuid7
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.idempotency import Answer
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, service
from parvis_kit.web.types import Instant
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.given_recipients import channel_offered
from parvis_notifications.api.senders import call_of, sender_of
from parvis_notifications.api.template_schemas import LanguageTag
from parvis_notifications.db import sending_jobs
from parvis_notifications.db.job_tables import SendingJob
from parvis_notifications.domain.sending_file import MAX_ROWS, JobState, RowState
from parvis_notifications.domain.topic import Channel, Sendable
from parvis_notifications.service.sending_jobs import JobWish, cancel_job, hand_in

routes = router(tags=["sending"], route_class=FileRoute)
_PATH: Final = "/v1/sending-jobs"
_ONE: Final = _PATH + "/{sending_job_id}"
MAX_BYTES: Final = 26_214_400
_UPLOAD: dict[str, Any] = service(headers=[IDEMPOTENCY_KEY], body_limit=MAX_BYTES, timeout=60)
_UPLOAD["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": (
        "CSV (RFC 4180) in UTF-8 or windows-1252 with a header, separated by commas or semicolons;"
        f" at most {MAX_ROWS} rows, 25 MiB."
        " Columns: `to` (or `email address`, `phone number`; of letters `address line 1` to `address line 7`), each"
        " required variable of the template, and `reference`"
        " if there are any; others are left aside. The items of a list are separated by `|`."
    ),
    "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
}


class SendingJobView(BaseModel):
    """A file of messages, and how far it has come."""

    id: UUID
    channel: Channel
    template_id: UUID
    template_version: int = Field(description="Of when it was handed in.")
    language: str
    state: JobState
    rows: int
    sent: int = Field(description="Rows that are messages now, each with the id of its row and a status of its own.")
    refused: int = Field(description="Rows that cannot be sent.")
    scheduled_at: AwareDatetime | None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None


class SendingJobRowView(BaseModel):
    """A row of a file."""

    id: UUID = Field(description="That of its message, where it is one.")
    line: int = Field(description="Of the file, the header being the first.")
    state: RowState
    error: str | None = Field(
        description="Stable code, such as `recipient-refused`, `missing-value` or `could-not-be-written`."
    )
    about: str | None = Field(description="The column that it is about.")


@routes.post(
    _PATH,
    **_UPLOAD,
    operation_id="startSendingJob",
    status_code=202,
    response_model=SendingJobView,
    responses=problems(400, 401, 409, 413, 422, 429),
)
async def start(
    request: Request,
    channel: Sendable,
    template_id: UUID,
    language: LanguageTag = "fr",
    scheduled_at: Annotated[Instant | None, Query(description="When it begins, within 90 days.")] = None,
) -> Response:
    """Hand in a file; nothing of it is sent where it cannot be read to its end."""
    sender, runtime = await sender_of(request), parts_of(request).runtime
    channel_offered(runtime.settings, sender, channel)
    call, content, job_id = await call_of(request, sender), await request.body(), uuid7()
    wish = JobWish(job_id, await runtime.persons.of(job_id), channel, template_id, language, scheduled_at)

    async def effect(session: AsyncSession) -> Answer:
        job = await hand_in(session, sender, wish, content, now())
        where = f"{runtime.settings.public_url}{_PATH}/{job.id}"
        return Answer.of(_view(job), {"Location": where}, status=202)

    return await runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **service(),
    operation_id="listSendingJobs",
    response_model=Page[SendingJobView],
    responses=problems(400, 401, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The application's files by keys of this kind, newest first."""
    sender, runtime = await sender_of(request), parts_of(request).runtime
    bound = ["sending-jobs", sender.collectivity, sender.application, sender.kind]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await sending_jobs.page(session, sender, place, limit)
    items, write = [_view(row) for row in found.rows], runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _ONE, **service(), operation_id="readSendingJob", response_model=SendingJobView, responses=problems(401, 404, 422)
)
async def read(sending_job_id: UUID, request: Request) -> object:
    """How far a file has come."""
    sender = await sender_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        return _view(await sending_jobs.one(session, sender, sending_job_id))


@routes.get(
    _ONE + "/rows",
    **service(),
    operation_id="listSendingJobRows",
    response_model=Page[SendingJobRowView],
    responses=problems(400, 401, 404, 422),
)
async def rows(
    sending_job_id: UUID,
    request: Request,
    response: Response,
    state: RowState = RowState.REFUSED,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The rows of a file of which that became, in its order; what a row says is not kept."""
    sender, runtime = await sender_of(request), parts_of(request).runtime
    bound = ["sending-job-rows", sender.collectivity, str(sending_job_id), state]
    async with runtime.database.reading() as session:
        job = await sending_jobs.one(session, sender, sending_job_id)
        found = await sending_jobs.rows(session, job.id, state, runtime.cursors.read(cursor, bound), limit)
    items = [
        SendingJobRowView(id=row.id, line=row.line, state=RowState(row.state), error=row.error, about=row.about)
        for row in found.rows
    ]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    _ONE + "/cancellation",
    **service(),
    operation_id="cancelSendingJob",
    response_model=SendingJobView,
    responses=problems(401, 404, 409, 422),
)
async def cancel(sending_job_id: UUID, request: Request) -> object:
    """Send nothing more of a file; what is a message already goes its way."""
    sender = await sender_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        view = _view(await cancel_job(uow.session, sender, sending_job_id, now()))
        await uow.commit()
    return view


def _view(row: SendingJob) -> SendingJobView:
    return SendingJobView(**{name: getattr(row, name) for name in SendingJobView.model_fields})
