# SPDX-License-Identifier: EUPL-1.2
"""What came in and belongs to no conversation: agents read it, link it to a request, or discard it."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_requests.api.context import Parts, actor_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.db.tables import Attachment, ContactAct, IncomingContact
from parvis_requests.domain.contact import ContactOutcome, ContactReason, ContactState
from parvis_requests.domain.request import Visibility
from parvis_requests.service.qualify_contact import (
    OpenContact,
    discard_contact,
    link_contact,
    list_contacts,
    read_acts,
    read_contact,
)
from parvis_requests.service.received_files import FileKeeping

routes = router(tags=["work"])
_PATH: Final = "/v1/incoming-contacts/{contact_id}"
_READ: Final = "requests.requests.read"
_WRITE: Final = "requests.requests.write"
Wanted = Annotated[ContactState | None, Query(description="What became of them; all where it is left out.")]


class ContactFileView(BaseModel):
    """A file that came with it, to be read as an attachment once it was checked."""

    id: UUID
    media_type: str
    size: int
    scan: str


class LeftOutView(BaseModel):
    """A file that was too large, or did not pass the checks of an upload."""

    name: str
    why: Text


class ContactRequestView(BaseModel):
    """A request, by its id and its reference."""

    id: UUID
    reference: str


class ContactCallView(BaseModel):
    """What is known of a telephone call."""

    outcome: str = Field(description="`answered` or `missed`.")
    began_at: datetime
    seconds: int = Field(description="How long was spoken.")


class IncomingContactView(BaseModel):
    """Something that came in. Sender, subject and text are what its writer says; null once in a conversation."""

    id: UUID
    way: str = Field(description="`email`, `sms`, `call` or `chat`; other ways may be added.")
    reason: ContactReason = Field(description="Why it is here and in no conversation.")
    state: ContactState
    outcome: ContactOutcome | None = Field(description="Why it was discarded.")
    sender: str | None = Field(description="An address or a number; empty where it was withheld.")
    sender_name: str | None
    subject: str | None
    text: str | None
    call: ContactCallView | None = Field(description="Of a telephone call, which has no words.")
    left_out: list[LeftOutView] = Field(description="Files that are not here.")
    files: list[ContactFileView]
    suggested: ContactRequestView | None = Field(
        description="The request that its reply address names, or that the last message texted to its number was about."
    )
    request: ContactRequestView | None = Field(description="The one that an agent linked it to.")
    version: int
    received_at: datetime
    updated_at: datetime


class ContactActView(BaseModel):
    """What was done with it; `actor` is null for the service itself."""

    action: str = Field(description="`received`, `linked` or `discarded`.")
    actor: UUID | None
    at: datetime


class ContactHistory(BaseModel):
    """All that was done with it, the oldest first."""

    items: list[ContactActView]


class NewContactLink(Input):
    """Where it belongs."""

    request_id: UUID
    visibility: Visibility = Field(
        description="`public`: as words of the author's, which the agent entered for them. `internal`: as a note."
    )


class NewContactDiscard(Input):
    """Why it belongs nowhere."""

    outcome: ContactOutcome


@routes.get(
    "/v1/incoming-contacts",
    **token(_READ),
    operation_id="listIncomingContacts",
    response_model=Page[IncomingContactView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request, response: Response, state: Wanted = None, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """What came in for the collectivity, the newest first."""
    actor, runtime = actor_of(request), parts_of(request).runtime
    bound = [actor.collectivity, "incoming-contacts", state or ""]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await list_contacts(session, actor, state, place, limit, persons=runtime.persons)
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [_view(each) for each in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _PATH,
    **token(_READ),
    operation_id="readIncomingContact",
    response_model=IncomingContactView,
    responses=problems(401, 403, 404, 422),
)
async def read(contact_id: UUID, request: Request, response: Response) -> IncomingContactView:
    """One of them."""
    actor, runtime = actor_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        found = await read_contact(session, actor, contact_id, persons=runtime.persons)
    response.headers.update(_headers(found.row))
    return _view(found)


@routes.get(
    f"{_PATH}/history",
    **token(_READ),
    operation_id="readIncomingContactHistory",
    response_model=ContactHistory,
    responses=problems(401, 403, 404, 422),
)
async def history(contact_id: UUID, request: Request, response: Response) -> ContactHistory:
    """Who did what with it."""
    async with parts_of(request).runtime.database.reading() as session:
        found = await read_acts(session, actor_of(request), contact_id)
    response.headers["Cache-Control"] = "no-store"
    return ContactHistory(items=[_act(each) for each in found])


@routes.post(
    f"{_PATH}/links",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="linkIncomingContact",
    status_code=201,
    response_model=IncomingContactView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def link(contact_id: UUID, body: NewContactLink, request: Request) -> Response:
    """Put it into the conversation of a request; for one that is new, file it on their behalf first."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await link_contact(
            session,
            actor,
            contact_id,
            body.request_id,
            body.visibility,
            version=version,
            catalogues=parts.catalogues,
            keeping=_keeping(parts),
            now=now(),
        )
        return Answer.of(_view(await read_contact(session, actor, row.id, persons=_persons(parts))), _headers(row))

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.post(
    f"{_PATH}/discards",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="discardIncomingContact",
    status_code=201,
    response_model=IncomingContactView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def discard(contact_id: UUID, body: NewContactDiscard, request: Request) -> Response:
    """It belongs nowhere; it can be read for some time, then it is destroyed."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await discard_contact(session, actor, contact_id, body.outcome, version=version, now=now())
        return Answer.of(_view(await read_contact(session, actor, row.id, persons=_persons(parts))), _headers(row))

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


def _keeping(parts: Parts) -> FileKeeping:
    return FileKeeping(parts.runtime.persons, parts.blobs, parts.first_scan)


def _persons(parts: Parts) -> Any:
    return parts.runtime.persons


def _view(contact: OpenContact) -> IncomingContactView:
    row, words = contact.row, contact.words
    return IncomingContactView(
        id=row.id,
        way=row.way,
        reason=ContactReason(row.reason),
        state=ContactState(row.state),
        outcome=ContactOutcome(row.outcome) if row.outcome else None,
        sender=words.sender if words else None,
        sender_name=words.sender_name if words else None,
        subject=words.subject if words else None,
        text=words.text if words else None,
        call=ContactCallView.model_validate(words.call) if words and words.call else None,
        left_out=[LeftOutView.model_validate(each) for each in words.left_out] if words else [],
        files=[_file(each) for each in contact.files],
        suggested=_request(row.suggested, contact.references),
        request=_request(row.request_id, contact.references),
        version=row.version,
        received_at=instant(row.received_at),
        updated_at=instant(row.updated_at),
    )


def _file(row: Attachment) -> ContactFileView:
    return ContactFileView(id=row.id, media_type=row.media_type, size=row.size, scan=row.scan)


def _request(id_: UUID | None, references: dict[UUID, str]) -> ContactRequestView | None:
    return ContactRequestView(id=id_, reference=references[id_]) if id_ and id_ in references else None


def _act(row: ContactAct) -> ContactActView:
    return ContactActView(action=row.action, actor=row.actor if row.actor.int else None, at=instant(row.at))


def _headers(row: IncomingContact) -> dict[str, str]:
    return {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
