# SPDX-License-Identifier: EUPL-1.2
"""Letters by the API of GOV.UK Notify: written by a template, posted, and shown as the PDF that goes."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import service
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.notify.precompiled import BODY_LIMIT, WRONG_ADDRESS, NotifyFileOperation, send_pdf
from parvis_notifications.api.notify.protocol import NotifyError, notify_errors, notify_router, notify_sender
from parvis_notifications.api.notify.schemas import NotifyContent, NotifyCreated, NotifyLetter, NotifyPrecompiled
from parvis_notifications.api.notify.values import as_values
from parvis_notifications.api.notify.views import PATH, template_ref
from parvis_notifications.db import letter_documents, sent_messages
from parvis_notifications.domain.placeholders import key_of
from parvis_notifications.domain.postal_address import PostalAddressError
from parvis_notifications.domain.sending import KeyKind, Sender
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.letter_pdf import letter_pdf
from parvis_notifications.service.place_order import placed
from parvis_notifications.service.postal_addresses import address_of, kept_address
from parvis_notifications.service.read_sent import SentView, opened
from parvis_notifications.service.send_message import send_message
from parvis_notifications.service.send_precompiled import open_document
from parvis_notifications.service.write_letter import LetterWords, letter_of
from parvis_notifications.settings import Settings

routes = notify_router(NotifyFileOperation)
_BAD: Final = "BadRequestError"
# Compared names; the last is what older clients call the last line.
_LINES: Final = (*(f"addressline{number}" for number in range(1, 8)), "postcode")
_PDF: Final = "application/pdf"


@routes.post(
    PATH + "/letter",
    **service(body_limit=BODY_LIMIT, timeout=120),
    operation_id="notifySendLetter",
    status_code=201,
    response_model=NotifyCreated | NotifyPrecompiled,
    responses=notify_errors(413, 429),
)
async def send_letter(body: NotifyLetter, request: Request) -> object:
    """Have a letter posted: written by a template, to `address_line_1` to `address_line_7`; or a PDF of your own."""
    sender, runtime = await notify_sender(request), parts_of(request).runtime
    _may_send(sender, runtime.settings)
    if body.template_id is None:
        return await send_pdf(request, sender, body)
    if body.content is not None or body.postage is not None:
        raise NotifyError(400, "ValidationError", "content and postage are of letters without a template_id alone")
    return await _send_written(request, sender, body.template_id, body)


async def _send_written(request: Request, sender: Sender, template_id: UUID, body: NotifyLetter) -> NotifyCreated:
    runtime = parts_of(request).runtime
    lines, values = _parted(as_values(body.personalisation))
    try:
        to = kept_address(address_of(lines))
    except PostalAddressError as error:
        raise NotifyError(400, "ValidationError", WRONG_ADDRESS[error.fault]) from error
    rest: dict[str, Any] = {"template_id": template_id, "values": values, "reference": body.reference}
    order = await placed(runtime.persons, runtime.blind_index, sender, Channel.LETTER, to, **rest)
    async with runtime.database.unit_of_work() as uow:
        sent = await send_message(uow.session, sender, order, now())
        await uow.commit()
    base, version = runtime.settings.public_url, sent.template
    return NotifyCreated(
        id=sent.id,
        reference=body.reference,
        uri=f"{base}{PATH}/{sent.id}",
        template=template_ref(version.template_id, version.number, base),
        scheduled_for=None,
        content=NotifyContent(body=sent.variants.text, subject=sent.variants.subject),
    )


@routes.get(
    PATH + "/{notification_id}/pdf",
    **service(),
    operation_id="notifyReadLetterPdf",
    response_class=Response,
    responses=notify_errors(404) | {200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def read_pdf(notification_id: UUID, request: Request) -> Response:
    """The letter as it is printed: PDF/A-3a and PDF/UA-1, or the very PDF that came."""
    sender, runtime = await notify_sender(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await sent_messages.one(session, sender, notification_id)
        sealed = None if row.sent.template_id else await letter_documents.of_sender(session, sender, notification_id)
    (sent,) = await opened(runtime.persons, [row])
    if sent.channel is not Channel.LETTER:
        raise NotifyError(400, _BAD, "Notification is not a letter")
    if not sent.to:
        raise NotifyError(404, "NoResultFound", "No result found")
    if sealed is not None:
        pdf = await open_document(await runtime.persons.of(row.sent.recipient), notification_id, sealed)
    else:
        pdf = await letter_pdf(letter_of(_words(sent, sender.collectivity, row.message.language), runtime.settings))
    return Response(pdf, media_type=_PDF, headers={"Cache-Control": "no-store"})


def _may_send(sender: Sender, settings: Settings) -> None:
    if sender.kind is KeyKind.TEAM:
        raise NotifyError(403, _BAD, "Cannot send letters with a team api key")
    if sender.kind is not KeyKind.TEST and not (settings.letters_offered and sender.letters_per_day):
        raise NotifyError(400, _BAD, "Letters are not offered by this service")


def _parted(given: Mapping[str, str | list[str]]) -> tuple[list[str], dict[str, str | list[str]]]:
    """The lines of the address in their order, and what the template is filled in with."""
    found = {key_of(name): value for name, value in given.items()}
    lines = [value for line in _LINES if isinstance(value := found.get(line), str) and value.strip()]
    return lines, {name: value for name, value in given.items() if key_of(name) not in _LINES}


def _words(sent: SentView, collectivity: str, language: str) -> LetterWords:
    return LetterWords(
        collectivity=collectivity,
        to=sent.to,
        subject=sent.subject,
        text=sent.body,
        link="",
        language=language,
        dated_at=sent.scheduled_at or sent.created_at,
    )
