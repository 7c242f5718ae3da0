# SPDX-License-Identifier: EUPL-1.2
"""Messages by the API of GOV.UK Notify: sent, and followed."""

from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from starlette.requests import Request

from parvis_kit.db.keyset import Position
from parvis_kit.web.operation import service
from parvis_notifications.api.context import Parts, parts_of
from parvis_notifications.api.notify.protocol import NotifyError, instant, notify_errors, notify_router, notify_sender
from parvis_notifications.api.notify.schemas import (
    NotifyContent,
    NotifyCreated,
    NotifyLinks,
    NotifyNotification,
    NotifyNotifications,
    NotifyReceivedText,
    NotifyReceivedTexts,
    NotifySms,
)
from parvis_notifications.api.notify.sending import Given, created, sender_known, sent_by
from parvis_notifications.api.notify.values import as_values
from parvis_notifications.api.notify.views import PATH, notification
from parvis_notifications.db import sent_messages
from parvis_notifications.db.sent_messages import Wanted
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.sending import LetterStatus, SentStatus
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.place_order import indexed
from parvis_notifications.service.read_sent import opened
from parvis_notifications.service.received_texts import read_received

routes = notify_router()
_PAGE: Final = 250
_RECEIVED: Final = "/v2/received-text-messages"
_KINDS: Final = ("email", "sms", "letter")
_STATUSES: Final = frozenset(SentStatus)
_LETTERS: Final = frozenset(LetterStatus)
_FAILED: Final = (SentStatus.TEMPORARY_FAILURE, SentStatus.PERMANENT_FAILURE, SentStatus.TECHNICAL_FAILURE)
_OF_LETTERS: Final = ("pending-virus-check", "virus-scan-failed", "validation-failed")
"""In which none of ours is: what would be is refused."""
_UNREACHABLE: Final = {
    Channel.EMAIL: "email_address Not a valid email address",
    Channel.SMS: "phone_number Not a valid phone number",
}


@routes.post(
    PATH + "/sms",
    **service(),
    operation_id="notifySendSms",
    status_code=201,
    response_model=NotifyCreated,
    responses=notify_errors(413, 429),
)
async def send_sms(body: NotifySms, request: Request) -> object:
    """Send a text message by a template."""
    sender_known("sms_sender_id", body.sms_sender_id)
    sender, parts = await notify_sender(request), parts_of(request)
    given = Given(body.template_id, as_values(body.personalisation), body.reference)
    sent = await sent_by(parts.runtime, sender, Channel.SMS, body.phone_number, given)
    content = NotifyContent(body=sent.variants.sms, from_number=_from_number(parts))
    return created(sent, body.reference, content, parts.runtime.settings.public_url)


@routes.get(
    PATH,
    **service(),
    operation_id="notifyListNotifications",
    response_model=NotifyNotifications,
    responses=notify_errors(),
)
async def list_(
    request: Request,
    status: Annotated[list[str] | None, Query(max_length=20)] = None,
    template_type: Annotated[list[str] | None, Query(max_length=3)] = None,
    reference: Annotated[str | None, Query(max_length=1_000)] = None,
    older_than: UUID | None = None,
    include_jobs: Annotated[
        bool | None, Query(description="Those that files had sent as well; without it they are left out.")
    ] = None,
) -> object:
    """What the application had sent, newest first, 250 a page."""
    sender, parts = await notify_sender(request), parts_of(request)
    runtime, base = parts.runtime, parts.runtime.settings.public_url
    # Their clients know of no calls.
    channels = [each for each in _KINDS if template_type is None or each in template_type]
    mark, by_file = indexed(runtime.blind_index, sender, reference), bool(include_jobs)
    wanted = Wanted(_statuses(status), channels, mark, by_file)
    nothing = (template_type and not channels) or (status and not wanted.statuses)
    async with runtime.database.reading() as session:
        place = None
        if older_than is not None:
            try:
                before = await sent_messages.one(session, sender, older_than)
                place = Position(before.created_at, before.id)
            except NotFoundError:
                nothing = True
        rows = () if nothing else (await sent_messages.page(session, sender, wanted, place, _PAGE)).rows
    found = [notification(each, base) for each in await opened(runtime.persons, rows)]
    filters = {"status": status or [], "template_type": template_type or [], "reference": reference or []}
    filters |= {"include_jobs": ["true"]} if by_file else {}
    here = urlencode(filters | ({"older_than": str(older_than)} if older_than else {}), doseq=True)
    then = urlencode(filters | {"older_than": str(found[-1].id)}, doseq=True) if found else None
    links = NotifyLinks(current=f"{base}{PATH}?{here}", next=f"{base}{PATH}?{then}" if then else None)
    return NotifyNotifications(notifications=found, links=links)


@routes.get(
    PATH + "/{notification_id}",
    **service(),
    operation_id="notifyReadNotification",
    response_model=NotifyNotification,
    responses=notify_errors(404),
)
async def read(notification_id: UUID, request: Request) -> object:
    """A message that the application had sent, and where it stands."""
    sender, runtime = await notify_sender(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await sent_messages.one(session, sender, notification_id)
    (view,) = await opened(runtime.persons, [row])
    if view.channel not in _KINDS:
        raise NotFoundError
    return notification(view, runtime.settings.public_url)


@routes.get(
    _RECEIVED,
    **service(),
    operation_id="notifyListReceivedTexts",
    response_model=NotifyReceivedTexts,
    responses=notify_errors(),
)
async def received(request: Request, older_than: UUID | None = None) -> object:
    """Text messages that came to the number of a live key of the application, newest first."""
    sender, runtime = await notify_sender(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        found = await read_received(session, runtime.persons, sender, older_than, _PAGE)
    here = f"{runtime.settings.public_url}{_RECEIVED}"
    links = NotifyLinks(
        current=f"{here}?older_than={older_than}" if older_than else here,
        next=f"{here}?older_than={found[-1].id}" if found else None,
    )
    return NotifyReceivedTexts(
        received_text_messages=[
            NotifyReceivedText(
                id=each.id,
                created_at=instant(each.created_at) or "",
                service_id=sender.key_id,
                notify_number=each.number,
                user_number=each.sender,
                content=each.text,
            )
            for each in found
        ],
        links=links,
    )


def _from_number(parts: Parts) -> str:
    providers = parts.runtime.settings.sms_providers
    return providers[0].sender if providers else ""


def _statuses(asked: list[str] | None) -> tuple[SentStatus | LetterStatus, ...]:
    found: list[SentStatus | LetterStatus] = []
    for each in asked or ():
        if each == "failed":
            found += _FAILED
        elif each in _STATUSES:
            found.append(SentStatus(each))
        elif each in _LETTERS:
            found.append(LetterStatus(each))
        elif each not in _OF_LETTERS:
            known = ", ".join([*SentStatus, "failed", *LetterStatus, *_OF_LETTERS])
            raise NotifyError(400, "ValidationError", f"status {each} is not one of [{known}]")
    return tuple(found)
