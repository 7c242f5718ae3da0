# SPDX-License-Identifier: EUPL-1.2
"""Where bounces come in: a server of LMTP (RFC 2033) or SMTP that the town's mail server hands them to.

It takes what comes back to the envelope senders of our own mails, and nothing else. A mail is accepted when what it
reports is kept: while the database is away the other server keeps it, and comes again.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

from parvis_kit.logs import logger
from parvis_notifications.domain.bounce import Report
from parvis_notifications.domain.delivery_token import DeliveryTokens
from parvis_notifications.domain.recipient_token import RecipientTokens
from parvis_notifications.incoming.mail_bounds import UnreadableMailError
from parvis_notifications.incoming.mail_process import report_apart
from parvis_notifications.incoming.mail_server import Bounds, MailServer
from parvis_notifications.service.note_bounce import NoteBounce
from parvis_notifications.settings import Settings

# A notification, with all of the mail that it is about.
_MOST_BYTES: Final = 1_048_576
_MOST_CONNECTIONS: Final = 50
_IDLE_SECONDS: Final = 60.0
# The null reverse-path (RFC 5321 section 4.5.5), as the library hands it on.
_NOBODY: Final = "<>"
# Beside the sending of all messages, which the same process does.
_READ_AT_A_TIME: Final = 2
_log = logger(__name__)


class BounceHandler:
    """What is answered at each step; the names of the methods are the library's."""

    def __init__(
        self, tokens: DeliveryTokens, recipients: RecipientTokens, note: NoteBounce, settings: Settings
    ) -> None:
        self._tokens = tokens
        self._recipients = recipients
        self._note = note
        self._reading = asyncio.Semaphore(_READ_AT_A_TIME)
        self._local, _, self._domain = settings.bounce_address.lower().rpartition("@")

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Notifications have no sender, lest they be answered (RFC 3464 section 2)."""
        if address != _NOBODY:
            return "550 5.7.1 Only notifications are taken here"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Go on"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Only what we made ourselves is an address here."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        if self._delivery_of(address) is None:
            _log.warning("bounce_refused", reason="unknown-address")
            return "550 5.1.1 No such address"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Go on"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Read it in a process apart, keep what it says, and only then accept it."""
        delivery = self._delivery_of(envelope.rcpt_tos[0])
        if delivery is None:
            return "550 5.1.1 No such address"
        try:
            async with self._reading:
                report = await _readable(envelope.content)
            await self._note.note(delivery, report)
        except Exception as error:  # noqa: BLE001 - whatever it was, who brought it keeps it and comes again
            _log.warning("bounce_not_kept", delivery=str(delivery), error=type(error).__name__)
            return "451 4.3.0 Come again"
        return "250 2.0.0 Kept"

    def _delivery_of(self, address: str) -> UUID | int | None:
        """The delivery to one, or the recipient of what went to many."""
        local, _, domain = address.rpartition("@")
        name, _, token = local.rpartition("+")
        fits = (name.lower(), domain.lower()) == (self._local, self._domain)
        if not fits:
            return None
        delivery, recipient = self._tokens.of_sender(token), self._recipients.of_sender(token)
        return recipient if delivery is None else delivery


async def _readable(content: bytes) -> Report | None:
    try:
        return await report_apart(content)
    except UnreadableMailError:
        return None  # made to be unreadable: it reports nothing


class BounceIntake(MailServer):
    """The server; with no port it does nothing."""

    def __init__(self, handler: BounceHandler, settings: Settings) -> None:
        super().__init__(
            handler,
            Bounds(_MOST_BYTES, _MOST_CONNECTIONS, _IDLE_SECONDS),
            port=settings.bounce_port,
            protocol=settings.bounce_protocol,
            settings=settings,
        )
