# SPDX-License-Identifier: EUPL-1.2
"""Letters that come as a PDF by the API of GOV.UK Notify: looked at while the application waits, then kept and posted.

There each PDF waits for its antivirus and its checks, in the statuses `pending-virus-check`, `virus-scan-failed` and
`validation-failed`. Here one that cannot be posted is refused at once, in the words that go with them.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from parvis_files.clamd import Clamd
from parvis_files.errors import PdfError, PdfFault, PdfNotNowError
from parvis_files.route import FileRoute
from parvis_kit.web.operation import DEFAULT_BODY_LIMIT
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.notify.protocol import NotifyError, NotifyOperation, in_their_words, notify_sender
from parvis_notifications.api.notify.schemas import NotifyLetter, NotifyPrecompiled
from parvis_notifications.domain.errors import AntivirusAwayError, InfectedFileError
from parvis_notifications.domain.postal_address import AddressFault, PostalAddressError
from parvis_notifications.domain.precompiled_letter import LONGEST_BASE64, MOST_PAGES
from parvis_notifications.domain.sending import Sender
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.place_order import placed
from parvis_notifications.service.send_precompiled import Precompiled, examined, send_precompiled
from parvis_notifications.settings import Settings

# The PDF, and what is said beside it.
BODY_LIMIT: Final = LONGEST_BASE64 + DEFAULT_BODY_LIMIT
_DIGITS: Final = 9
_INVALID: Final = "ValidationError"
_AWAY: Final = {"Retry-After": "30"}
_FAULTS: Final = {
    PdfFault.UNREADABLE: "Letter content is not a valid PDF",
    PdfFault.LOCKED: "Letter content is an encrypted PDF",
    PdfFault.TOO_MANY_PAGES: f"Letter must be at most {MOST_PAGES} pages long",
    PdfFault.NOT_A4: "Letter pages must all be A4, upright",
}
WRONG_ADDRESS: Final[Mapping[AddressFault, str]] = {
    AddressFault.LINES: "Address must be between 2 and 6 lines long",
    AddressFault.LENGTH: "Address lines must be between 1 and 38 characters long",
    AddressFault.TOWN: "Last line of address must be a postcode with a town or another country",
}


class NotifyFileOperation(NotifyOperation, FileRoute):
    """A route that takes files of applications alone: who is not known sends no byte of one."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; whatever is longer than other bodies, or does not say, is read of an application alone."""
        if self.body_limit <= DEFAULT_BODY_LIMIT:
            await super().answer(scope, receive, send)
            return
        request = Request(scope)
        told = request.headers.get("content-length", "")
        if not (told.isdecimal() and len(told) < _DIGITS and int(told) <= DEFAULT_BODY_LIMIT):
            try:
                await notify_sender(request)
            except Exception as error:  # noqa: BLE001 - said, and logged where it is not known
                refused: Response = in_their_words(error)
                refused.headers["Connection"] = "close"
                await refused(scope, receive, send)
                return
        await super().answer(scope, receive, send)


async def send_pdf(request: Request, sender: Sender, body: NotifyLetter) -> NotifyPrecompiled:
    """Have that PDF posted; raises NotifyError."""
    if body.reference is None or body.content is None:
        missing = "reference" if body.reference is None else "content"
        raise NotifyError(400, _INVALID, f"{missing} is a required property")
    if body.personalisation is not None:
        raise NotifyError(400, _INVALID, "personalisation is of letters with a template alone")
    runtime = parts_of(request).runtime
    letter = await _examined(body.content, runtime.settings)
    rest: dict[str, Any] = {"template_id": None, "values": {}, "reference": body.reference}
    order = await placed(runtime.persons, runtime.blind_index, sender, Channel.LETTER, letter.to, **rest)
    async with runtime.database.unit_of_work() as uow:
        sent = await send_precompiled(uow.session, sender, order, letter, body.postage, now())
        await uow.commit()
    return NotifyPrecompiled(id=sent, reference=body.reference, postage=body.postage)


async def _examined(content: str, settings: Settings) -> Precompiled:
    try:
        pdf = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotifyError(400, _INVALID, "Cannot decode letter content (invalid base64 encoding)") from error
    try:
        return await examined(pdf, Clamd(settings.clamd).look if settings.clamd else None)
    except InfectedFileError as error:
        raise NotifyError(400, _INVALID, "Letter did not pass the virus scan") from error
    except PdfError as error:
        raise NotifyError(400, _INVALID, _FAULTS[error.fault]) from error
    except PostalAddressError as error:
        where = "Read in the window of the first page (110 mm from the left, 55 mm from the top, 85 by 33 mm): "
        raise NotifyError(400, _INVALID, where + WRONG_ADDRESS[error.fault]) from error
    except (AntivirusAwayError, PdfNotNowError) as error:
        raise NotifyError(503, "Exception", "Letters cannot be checked now, try again", headers=_AWAY) from error
