# SPDX-License-Identifier: EUPL-1.2
"""The whole inbox: messages, news and alerts in one list, marked as read one by one or all at once."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, router, token
from parvis_kit.web.types import Instant
from parvis_notifications.api.context import now, parts_of, reader_of
from parvis_notifications.api.schemas import InboxView, UnreadView
from parvis_notifications.db import inbox_positions
from parvis_notifications.db.inbox_entries import Entry
from parvis_notifications.domain.broadcast import EXERCISE, Lane
from parvis_notifications.domain.languages import nearest
from parvis_notifications.domain.message import Template
from parvis_notifications.service.inbox import OpenMessage
from parvis_notifications.service.inbox_entries import (
    EntryKind,
    Unread,
    count_entries,
    list_entries,
    mark_entries,
)

routes = router(tags=["inbox"])
_PRIVATE: Final = {"Cache-Control": "no-store"}


class InboxEntryView(BaseModel):
    """A message to the caller, or a piece of news or an alert that was for them."""

    id: UUID = Field(description="Of the message, the piece of news or the alert.")
    kind: EntryKind
    template: Template | None = Field(description="The occasion of a message: a stable code.")
    topic: str | None = Field(description="Of news: the town's topic.")
    language: str = Field(description="BCP 47, the language that it is in.")
    subject: str
    body: str = Field(description="Plain text; paragraphs are separated by empty lines.")
    instruction: str | None = Field(description="Of an alert: what to do.")
    link: str | None = Field(description="Where the matter can be followed, where it can.")
    read_at: AwareDatetime | None
    created_at: AwareDatetime = Field(description="Of news and alerts: when it was settled who is told.")


class InboxEntryPage(Page[InboxEntryView]):
    """One page of the whole inbox; `count` is the length of the list, where `count=exact` asked for it."""

    count: int | None


class InboxReading(BaseModel):
    """What was read, or was not."""

    model_config = ConfigDict(extra="forbid")

    until_at: Instant = Field(description="What came later stays as it is: the `created_at` of the newest one shown.")
    ids: Annotated[list[UUID], Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="Of these alone; null: of all up to then."
    )
    kinds: list[EntryKind] = Field(default=[*EntryKind], min_length=1, max_length=3)
    read: StrictBool = Field(default=True, description="false: they were not read.")


Kinds = Annotated[list[EntryKind] | None, Query(alias="kind", description="Of these kinds alone.")]
OnlyUnread = Annotated[bool, Query(description="Only what was not read.")]
Count = Annotated[Literal["exact"] | None, Query(description="`exact`: count the whole list, too.")]


@routes.get(
    "/v1/inbox-entries",
    **token("notifications.messages.read"),
    operation_id="listInboxEntries",
    response_model=InboxEntryPage,
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(
    request: Request,
    response: Response,
    kind: Kinds = None,
    unread: OnlyUnread = False,  # noqa: FBT002 - a query parameter
    count: Count = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The caller's messages and the news and alerts that were for them, newest first."""
    reader, runtime, kinds = reader_of(request), parts_of(request).runtime, sorted(set(kind or EntryKind))
    bound = [reader.collectivity, str(reader.person), unread, *kinds]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await list_entries(
            session, reader, kinds, unread=unread, position=place, limit=limit, persons=runtime.persons
        )
        total = await count_entries(session, reader, kinds, unread=unread) if count else None
    response.headers.update(_PRIVATE)
    items, write = [_view(row) for row in found.rows], runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound)) | {"count": total}


@routes.post(
    "/v1/inbox-readings",
    **token("notifications.messages.write"),
    operation_id="markInboxEntries",
    response_model=InboxView,
    responses=problems(400, 401, 403, 413, 422),
)
async def mark(body: InboxReading, request: Request, response: Response) -> object:
    """Say of entries that they were read, or were not: some, or all that came until then; again changes nothing."""
    reader, runtime = reader_of(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        unread = await mark_entries(uow.session, reader, body.kinds, body.ids, body.until_at, read=body.read, now=now())
        position = await inbox_positions.last(uow.session, reader.collectivity, reader.person)
        await uow.commit()
    response.headers.update(_PRIVATE)
    return inbox_view(unread, position)


def inbox_view(unread: Unread, position: int) -> InboxView:
    """How an inbox stands."""
    counts = UnreadView(messages=unread.messages, news=unread.news, alerts=unread.alerts)
    return InboxView(unread_count=unread.whole, unread=counts, last_event_id=str(position))


def _view(row: OpenMessage | Entry) -> InboxEntryView:
    if isinstance(row, Entry):
        return told_entry(row)
    return InboxEntryView(
        id=row.row.id,
        kind=EntryKind.MESSAGE,
        template=Template(row.row.template),
        topic=None,
        language=row.row.language,
        subject=row.subject,
        body=row.body,
        instruction=None,
        link=row.row.link or None,
        read_at=row.row.read_at,
        created_at=row.row.created_at,
    )


def told_entry(entry: Entry) -> InboxEntryView:
    """A piece of news or an alert, in the recipient's language where it was written in it."""
    recipient, row = entry.recipient, entry.broadcast
    language = nearest(recipient.language, row.texts)
    words = row.texts[language]
    mark = EXERCISE.get(language, EXERCISE["en"]) if row.exercise else ""
    return InboxEntryView(
        id=row.id,
        kind=EntryKind.ALERT if row.lane == Lane.ALERT else EntryKind.NEWS,
        template=None,
        topic=row.topic,
        language=language,
        subject=f"{mark}{words['subject']}",
        body=words["body"],
        instruction=words.get("instruction"),
        link=row.link,
        read_at=recipient.read_at,
        created_at=entry.created_at,
    )
