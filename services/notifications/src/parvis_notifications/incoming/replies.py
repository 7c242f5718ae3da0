# SPDX-License-Identifier: EUPL-1.2
"""Where answers come in: the town's mail server hands them over by LMTP (RFC 2033) or SMTP.

A mail is accepted once it is kept: while the database is away the other server keeps it, and comes again.
"""

import asyncio
import ssl
from functools import partial
from typing import Any, Final

from parvis_kit.logs import logger
from parvis_notifications.incoming.mail_bounds import UnreadableMailError
from parvis_notifications.incoming.mail_process import complaint_apart, mail_apart
from parvis_notifications.incoming.mail_server import Bounds, MailServer
from parvis_notifications.service.note_complaint import NoteComplaint
from parvis_notifications.service.receive_mail import Addressee, Outcome, Reading, ReceiveMail
from parvis_notifications.service.reply_addresses import ReplyAddresses
from parvis_notifications.settings import Settings
from parvis_outside.destination import is_allowed, networks

_IDLE_SECONDS: Final = 60.0
_KEEP_SECONDS: Final = 120.0
_NOBODY: Final = "<>"
# Mails that are read at a time: each takes some 300 MB where it has 20 MiB, in a process apart.
_READ_AT_A_TIME: Final = 2
_ANSWERS: Final = {
    Outcome.KEPT: "250 2.0.0 Kept",
    Outcome.KNOWN: "250 2.0.0 Known already",
    Outcome.AUTOMATIC: "250 2.0.0 Written by a program, not kept",
    Outcome.NO_ADDRESS: "550 5.1.6 This address is no longer in use",
    # RFC 3463 section 3.3: the mailbox is disabled.
    Outcome.REVOKED: "550 5.2.1 This address was revoked: answer a later mail, or write in your account",
    Outcome.TOO_MANY: "451 4.7.28 Too many mails, come again",
}
_log = logger(__name__)


class ReplyHandler:
    """What is answered at each step; the names of the methods are the library's."""

    def __init__(
        self, addresses: ReplyAddresses, receive: ReceiveMail, complaints: NoteComplaint, settings: Settings
    ) -> None:
        self._complaints = complaints
        self._complained_to = settings.complaint_address.lower()
        self._addresses = addresses
        self._receive = receive
        self._direct = {address.lower(): town for address, town in settings.inbound_addresses.items()}
        self._peers = networks(settings.intake_allowed_networks)
        self._reading = asyncio.Semaphore(_READ_AT_A_TIME)

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Whoever sends; only the town's mail servers may bring it."""
        if not self._may_bring(session.peer):
            _log.warning("mail_refused", reason="unknown-peer")
            return "550 5.7.1 Mails come here by the town's mail server alone"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Go on"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """What we made ourselves, and the addresses of towns."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        if self._addressee(address) is None and not self._takes_complaints(address):
            return "550 5.1.1 No such address"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Go on"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep it, and only then accept it."""
        to = self._addressee(envelope.rcpt_tos[0])
        if self._takes_complaints(envelope.rcpt_tos[0]):
            return await self._complaint(envelope.content)
        if to is None:
            return "550 5.1.1 No such address"
        null_sender = envelope.mail_from in {_NOBODY, "", None}
        try:
            async with asyncio.timeout(_KEEP_SECONDS), self._reading:
                outcome = await self._receive.receive(to, envelope.content, null_sender=null_sender)
        except UnreadableMailError:
            return "554 5.6.0 This mail cannot be read"
        except Exception as error:  # noqa: BLE001 - whatever it was, who brought it keeps it and comes again
            _log.warning("mail_not_kept", error=type(error).__name__)
            return "451 4.3.0 Come again"
        return _ANSWERS[outcome]

    async def _complaint(self, content: bytes) -> str:
        """Do as it says, and only then accept it; what is no complaint is taken and left."""
        try:
            async with asyncio.timeout(_KEEP_SECONDS), self._reading:
                await self._complaints.note(await complaint_apart(content))
        except UnreadableMailError:
            return "554 5.6.0 This mail cannot be read"
        except Exception as error:  # noqa: BLE001 - whatever it was, who brought it keeps it and comes again
            _log.warning("complaint_not_kept", error=type(error).__name__)
            return "451 4.3.0 Come again"
        return _ANSWERS[Outcome.KEPT]

    def _takes_complaints(self, address: str) -> bool:
        return bool(self._complained_to) and address.lower() == self._complained_to

    def _addressee(self, address: str) -> Addressee | None:
        name = self._addresses.read(address)
        town = self._direct.get(address.lower())
        return Addressee(address, name, town) if name or town else None

    def _may_bring(self, peer: Any) -> bool:
        return not self._peers or is_allowed(str(peer[0]), self._peers)


def reading(settings: Settings) -> Reading:
    """How mails are read in this deployment."""
    own = frozenset(
        each.lower() for each in (settings.mail_from, settings.reply_address, settings.bounce_address) if each
    )
    return partial(mail_apart, own=own, authserv_id=settings.intake_authserv_id)


class ReplyIntake(MailServer):
    """The server; with no port it does nothing."""

    def __init__(self, handler: ReplyHandler, settings: Settings) -> None:
        super().__init__(
            handler,
            Bounds(settings.intake_mail_bytes, settings.intake_sessions, _IDLE_SECONDS),
            port=settings.intake_port,
            protocol=settings.intake_protocol,
            settings=settings,
            tls=_tls(settings),
        )


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """STARTTLS (RFC 3207) where there is a certificate; whoever brings a mail must then use it."""
    if not settings.intake_tls_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.intake_tls_certificate, settings.intake_tls_key or None)
    return context
