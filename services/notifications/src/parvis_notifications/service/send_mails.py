# SPDX-License-Identifier: EUPL-1.2
"""The mail sender: claims due deliveries in batches and hands each to the mail relay, once.

What "once" means, and where it ends, is told in docs/decisions/0002-mail-once.md.
"""

import asyncio
import random
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from opentelemetry import trace
from opentelemetry.trace import SpanKind

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.logs import logger
from parvis_kit.telemetry import context_of
from parvis_notifications.db.deliveries import ClaimedDelivery, Deliveries
from parvis_notifications.outgoing.smtp import MailRelay
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.send_mail import PauseError, SendMail
from parvis_notifications.settings import Settings

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_tracer = trace.get_tracer("parvis.mail")
_log = logger(__name__)


class MailSender:
    """The loop that sends mails over a few open connections."""

    def __init__(
        self, deliveries: Deliveries, persons: PersonKeys, send: SendMail, settings: Settings, bell: Bell
    ) -> None:
        self._deliveries = deliveries
        self._persons = persons
        self._send = send
        self._settings = settings
        self._bell = bell
        self._relays = [MailRelay(settings) for _ in range(settings.mail_connections)]
        self._pause = 0.0

    async def run(self) -> None:
        """Send until cancelled; a mail whose content is on its way is brought to its end first."""
        try:
            while True:
                try:
                    busy = await self.round()
                except Exception as error:  # noqa: BLE001 - the database is away; the mails wait in it
                    _log.warning("mail_sender_failed", error=type(error).__name__)
                    busy = False
                if self._pause:
                    await asyncio.sleep(self._pause * random.uniform(0.75, 1.25))  # noqa: S311 - spreads load
                elif not busy:
                    await self._bell.wait(self._settings.poll_seconds)
        finally:
            await self.close()

    async def close(self) -> None:
        """Take leave of the mail relay."""
        for relay in self._relays:
            await relay.quit()

    async def round(self) -> bool:
        """Send one batch; False where nothing was due."""
        claim = uuid4()
        lease = timedelta(seconds=self._settings.mail_claim_seconds)
        batch = await self._deliveries.claim(claim, self._settings.mail_batch, lease=lease)
        if not batch:
            return False
        keys = await self._persons.of_many({mail.person for mail in batch})
        waiting = batch[::-1]
        lanes = [asyncio.create_task(self._lane(relay, waiting, keys, claim)) for relay in self._relays]
        working = asyncio.gather(*lanes, return_exceptions=True)
        try:
            ends = await asyncio.shield(working)
        except asyncio.CancelledError:
            unsent, waiting[:] = waiting[:], []
            await working
            await self._release(claim, unsent)
            raise
        self._pause = self._longer() if any(isinstance(end, PauseError) for end in ends) else 0.0
        await self._release(claim, waiting)
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, PauseError):
                raise end
        return True

    async def _lane(
        self, relay: MailRelay, waiting: list[ClaimedDelivery], keys: dict[UUID, PersonKey], claim: UUID
    ) -> None:
        """Send what waits over one connection."""
        while waiting:
            mail = waiting.pop()
            context = context_of(mail.traceparent)
            with _tracer.start_as_current_span(f"mail {mail.template}", context, SpanKind.PRODUCER):
                try:
                    await self._send.send(relay, mail, keys.get(mail.person), claim)
                except PauseError:
                    waiting.append(mail)
                    raise

    async def _release(self, claim: UUID, mails: list[ClaimedDelivery]) -> None:
        if mails:
            await self._deliveries.release(claim, [mail.id for mail in mails], timedelta(seconds=self._pause))

    def _longer(self) -> float:
        return min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
