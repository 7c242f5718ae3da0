# SPDX-License-Identifier: EUPL-1.2
"""The mail sender: a few open connections to the mail relays, each of which takes one mail after the other.

What "once" means, and where it ends, is told in docs/decisions/0002-mail-once.md.
"""

from uuid import UUID

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_notifications.db.deliveries import ClaimedDelivery, Deliveries
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.mail_routes import MailConnection, MailRoutes
from parvis_notifications.service.send_deliveries import DeliverySender, Pace
from parvis_notifications.service.send_mail import SendMail
from parvis_notifications.settings import Settings


class _MailLane:
    """One connection."""

    def __init__(self, connection: MailConnection, send: SendMail) -> None:
        self._connection = connection
        self._send = send

    async def send(self, delivery: ClaimedDelivery, key: PersonKey | None, claim: UUID) -> None:
        await self._send.send(self._connection, delivery, key, claim)

    async def close(self) -> None:
        await self._connection.quit()


class MailSender(DeliverySender):
    """The loop that sends mails."""

    def __init__(
        self, deliveries: Deliveries, persons: PersonKeys, send: SendMail, settings: Settings, bell: Bell
    ) -> None:
        routes = MailRoutes(settings)
        lanes = [_MailLane(routes.connection(), send) for _ in range(settings.mail_connections)]
        pace = Pace(settings.mail_batch, settings.mail_claim_seconds, settings.poll_seconds)
        super().__init__("mail", deliveries, persons, lanes, pace, bell)
