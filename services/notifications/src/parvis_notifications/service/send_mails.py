# SPDX-License-Identifier: EUPL-1.2
"""The mail sender: a few open connections to the mail relays, each of which takes one mail after the other.

What "once" means, and where it ends, is told in docs/decisions/0002-mail-once.md.
"""

from uuid import UUID

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_notifications.db.deliveries import ClaimedDelivery, Deliveries
from parvis_notifications.db.paces import Paces
from parvis_notifications.domain.pace import claimable
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.mail_routes import MailConnection, MailRoutes
from parvis_notifications.service.send_deliveries import DeliverySender, Pace, few
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
    """The loop that sends mails; with ``paces`` those that go to many, as fast as the relays' contracts allow."""

    def __init__(
        self,
        deliveries: Deliveries,
        persons: PersonKeys,
        send: SendMail,
        settings: Settings,
        bell: Bell,
        paces: Paces | None = None,
    ) -> None:
        routes = MailRoutes(settings, paces)
        connections = settings.mail_connections if paces is None else settings.news_connections
        lanes = [_MailLane(routes.connection(), send) for _ in range(connections)]
        batch = claimable(settings.mail_batch, routes.pace, settings.mail_claim_seconds)
        pace = Pace(batch, settings.mail_claim_seconds, settings.poll_seconds, few(None) if paces is None else batch)
        super().__init__("mail", deliveries, persons, lanes, pace, bell)
