# SPDX-License-Identifier: EUPL-1.2
"""Messages by the API of GOV.UK Notify: sent, and followed."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from starlette.requests import Request

from parvis_kit.db.keyset import Position
from parvis_kit.web.operation import service
from parvis_notifications.api.context import Parts, now, parts_of
from parvis_notifications.api.notify.protocol import NotifyError, instant, notify_errors, notify_router, notify_sender
from parvis_notifications.api.notify.schemas import (
    NotifyContent,
    NotifyCreated,
    NotifyEmail,
    NotifyLinks,
    NotifyNotification,
    NotifyNotifications,
    NotifyReceivedText,
    NotifyReceivedTexts,
    NotifySms,
)
from parvis_notifications.api.notify.values import as_values
from parvis_notifications.api.notify.views import PATH, notification, template_ref
from parvis_notifications.db import sent_messages
from parvis_notifications.db.sent_messages import Wanted
from parvis_notifications.domain.errors import NotFoundError, RecipientRefusedError
from parvis_notifications.domain.sending import LetterStatus, SentStatus
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.place_order import indexed, placed
from parvis_notifications.service.read_sent import opened
from parvis_notifications.service.received_texts import read_received
from parvis_notifications.service.send_message import send_message

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
    _senders_known("sms_sender_id", body.sms_sender_id)
    content = NotifyContent(body="", from_number=_from_number(parts_of(request)))
    return await _sent(request, Channel.SMS, body.phone_number, body, content)


@routes.post(
    PATH + "/email",
    **service(),
    operation_id="notifySendEmail",
    status_code=201,
    response_model=NotifyCreated,
    responses=notify_errors(413, 429),
)
async def send_email(body: NotifyEmail, request: Request) -> object:
    """Send a mail by a template."""
    _senders_known("email_reply_to_id", body.email_reply_to_id)
    url = body.one_click_unsubscribe_url
    mail_from = parts_of(request).runtime.settings.mail_from
    content = NotifyContent(body="", from_email=mail_from, one_click_unsubscribe_url=url)
    return await _sent(request, Channel.EMAIL, body.email_address, body, content)


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
    include_jobs: Annotated[bool | None, Query(description="What jobs sent is always there.")] = None,
) -> object:
    """What the application had sent, newest first, 250 a page."""
    sender, parts = await notify_sender(request), parts_of(request)
    del include_jobs
    runtime, base = parts.runtime, parts.runtime.settings.public_url
    # Their clients know of no calls.
    channels = [each for each in _KINDS if template_type is None or each in template_type]
    wanted = Wanted(_statuses(status), channels, indexed(runtime.blind_index, sender, reference))
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


async def _sent(
    request: Request, channel: Channel, to: str, body: NotifySms | NotifyEmail, content: NotifyContent
) -> NotifyCreated:
    sender, runtime = await notify_sender(request), parts_of(request).runtime
    rest: dict[str, Any] = {"template_id": body.template_id, "values": as_values(body.personalisation)}
    rest |= {"reference": body.reference, "unsubscribe_url": content.one_click_unsubscribe_url}
    try:
        order = await placed(runtime.persons, runtime.blind_index, sender, channel, to, **rest)
    except RecipientRefusedError as error:
        raise NotifyError(400, "ValidationError", _UNREACHABLE[channel]) from error
    async with runtime.database.unit_of_work() as uow:
        sent = await send_message(uow.session, sender, order, now())
        await uow.commit()
    base, words = runtime.settings.public_url, sent.variants
    said = {"body": words.sms} if channel is Channel.SMS else {"body": words.text, "subject": words.subject}
    version = sent.template
    return NotifyCreated(
        id=sent.id,
        reference=body.reference,
        uri=f"{base}{PATH}/{sent.id}",
        template=template_ref(version.template_id, version.number, base),
        scheduled_for=None,
        content=content.model_copy(update=said),
    )


def _senders_known(name: str, given: UUID | None) -> None:
    if given is not None:
        raise NotifyError(400, "BadRequestError", f"{name} {given} does not exist in database for service")


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
