# SPDX-License-Identifier: EUPL-1.2
"""Mails by the API of GOV.UK Notify, with files behind links where values are files."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from parvis_files.clamd import Clamd
from parvis_kit.web.operation import DEFAULT_BODY_LIMIT, service
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.notify.precompiled import NotifyFileOperation
from parvis_notifications.api.notify.protocol import NotifyError, notify_errors, notify_router, notify_sender
from parvis_notifications.api.notify.schemas import NotifyContent, NotifyCreated, NotifyEmail, NotifyFile
from parvis_notifications.api.notify.sending import Given, created, sender_known, sent_by
from parvis_notifications.api.notify.values import as_values
from parvis_notifications.api.notify.views import PATH
from parvis_notifications.domain.errors import AntivirusAwayError, InfectedFileError
from parvis_notifications.domain.sent_file import (
    LONGEST_BASE64,
    LONGEST_NAME,
    MOST_BYTES,
    MOST_FILES,
    TYPES,
    FileFault,
    FileLink,
    SentFileError,
    kept_for,
)
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.send_files import FileWish, FittingFile, fitting, keep, linked, new_link
from parvis_notifications.service.send_message import Order, Sent, count_files
from parvis_notifications.settings import Settings

routes = notify_router(NotifyFileOperation)
# Its files, and what is said beside them.
BODY_LIMIT: Final = MOST_FILES * LONGEST_BASE64 + DEFAULT_BODY_LIMIT
_BAD: Final = "BadRequestError"
_AWAY: Final = {"Retry-After": "30"}
_FAULTS: Final = {
    FileFault.UNDECODED: "Could not decode base64 string",
    FileFault.TOO_LARGE: f"File is larger than {MOST_BYTES // 1_048_576}MB",
    FileFault.EMPTY: "File is empty",
    FileFault.NAME_TOO_LONG: f"`filename` cannot be longer than {LONGEST_NAME} characters",
    FileFault.NAME_WITHOUT_ENDING: "`filename` must end with a file extension. For example, filename.csv",
    FileFault.TYPE: f"Unsupported file type '{{said}}'. Supported types are: '{', '.join(TYPES)}'",
    FileFault.PERIOD: "Unsupported value for retention_period '{said}'. Supported periods are from 1 to 78 weeks.",
}
Files = Mapping[str, tuple[FileLink, FittingFile]]


@routes.post(
    PATH + "/email",
    **service(body_limit=BODY_LIMIT, timeout=120),
    operation_id="notifySendEmail",
    status_code=201,
    response_model=NotifyCreated,
    responses=notify_errors(413, 429),
)
async def send_email(body: NotifyEmail, request: Request) -> object:
    """Send a mail by a template; a value that is a file becomes a link to it."""
    sender_known("email_reply_to_id", body.email_reply_to_id)
    sender, runtime = await notify_sender(request), parts_of(request).runtime
    settings, url = runtime.settings, body.one_click_unsubscribe_url
    given = body.personalisation or {}
    files = await _files({name: value for name, value in given.items() if isinstance(value, NotifyFile)}, settings)
    values = as_values({name: value for name, value in given.items() if name not in files})
    values |= {name: linked(settings.public_url, link) for name, (link, _) in files.items()}

    async def with_files(session: AsyncSession, order: Order, sent: Sent) -> None:
        if files:
            await keep(session, runtime.blind_index, sender, order.to, sent.id, [*files.values()], now())
            size = sum(len(file.wish.content) for _, file in files.values())
            await count_files(session, sender, size, settings.sent_files_mib_per_day, now())

    order = Given(body.template_id, values, body.reference, url)
    sent = await sent_by(runtime, sender, Channel.EMAIL, body.email_address, order, with_files)
    words = {"body": sent.variants.text, "subject": sent.variants.subject}
    content = NotifyContent(**words, from_email=settings.mail_from, one_click_unsubscribe_url=url)
    return created(sent, body.reference, content, settings.public_url)


async def _files(given: Mapping[str, NotifyFile], settings: Settings) -> Files:
    if len(given) > MOST_FILES:
        raise NotifyError(400, _BAD, f"Can only send {MOST_FILES} files in an email")
    look = Clamd(settings.clamd).look if settings.clamd else None
    try:
        # One after the other: each is looked at whole.
        return {name: (new_link(), await fitting(await _wish(file), look)) for name, file in given.items()}
    except SentFileError as error:
        raise NotifyError(400, _BAD, _FAULTS[error.fault].format(said=error.said)) from error
    except InfectedFileError as error:
        raise NotifyError(400, _BAD, "File did not pass the virus scan") from error
    except AntivirusAwayError as error:
        raise NotifyError(503, "Exception", "Files cannot be checked now, try again", headers=_AWAY) from error


async def _wish(file: NotifyFile) -> FileWish:
    decode: Any = base64.b64decode
    try:
        content: bytes = await asyncio.to_thread(decode, file.file, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SentFileError(FileFault.UNDECODED) from error
    if len(content) > MOST_BYTES:
        raise SentFileError(FileFault.TOO_LARGE)
    confirm = file.confirm_email_before_download is not False
    return FileWish(content, file.filename, kept_for(file.retention_period), confirm)
