# SPDX-License-Identifier: EUPL-1.2
"""Write to the owner of a webhook subscription that takes nothing any more, or was disabled: once for each occasion.

What "once" means for mails is told in docs/decisions/0002-mail-once.md.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from prometheus_client import Counter

from parvis_kit.crypto.keys import SealingKey
from parvis_kit.locale import Language
from parvis_kit.logs import logger
from parvis_kit.telemetry import current_trace_id
from parvis_notifications.db.webhook_warnings import ClaimedWarning, WebhookWarnings
from parvis_notifications.domain.mail import Verdict, retry_seconds
from parvis_notifications.domain.webhook import called_key
from parvis_notifications.outgoing.mail_format import Mail, Written, mail_bytes
from parvis_notifications.outgoing.smtp import RefusedError, Withdrawn
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.mail_routes import MailRoutes
from parvis_notifications.service.subscribe_webhook import contact_of
from parvis_notifications.service.templates import Templates, spoken_day
from parvis_notifications.settings import Settings

_MARGIN_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 60.0
_AT: Final[dict[Language, str]] = {"fr": "à", "en": "at"}
_log = logger(__name__)
_WARNINGS = Counter("parvis_webhook_warnings_total", "Mails to owners of webhook subscriptions by outcome", ["outcome"])


class OwnerWarner:
    """The loop that looks for subscriptions in trouble, and sends the mails one after the other."""

    def __init__(
        self, warnings: WebhookWarnings, templates: Templates, secrets: SealingKey, settings: Settings, bell: Bell
    ) -> None:
        self._warnings = warnings
        self._templates = templates
        self._secrets = secrets
        self._settings = settings
        self._bell = bell
        self._relays = MailRoutes(settings).connection()
        self._lease = timedelta(seconds=settings.smtp_acceptance_seconds + _MARGIN_SECONDS)

    async def run(self) -> None:
        """Warn until cancelled."""
        try:
            while True:
                try:
                    await self.round()
                except Exception as error:  # noqa: BLE001 - the database is away; the warnings wait in it
                    _log.warning("owner_warner_failed", error=type(error).__name__)
                await self._bell.wait(_LOOK_SECONDS)
        finally:
            await self.close()

    async def close(self) -> None:
        """Take leave of the mail relays."""
        await self._relays.quit()

    async def round(self) -> None:
        """Look who is in trouble, and send what is due."""
        await self._warnings.note(timedelta(hours=self._settings.webhook_warning_hours))
        claim = uuid4()
        while (due := await self._warnings.claim(claim, lease=self._lease)) is not None:
            await self._send(due, claim)

    async def _send(self, warning: ClaimedWarning, claim: UUID) -> None:
        contact = contact_of(warning.subscription_id, warning.contact_email, self._secrets)
        if contact is None:
            await self._settle(warning, claim, "failed", "no-address")
            return
        mail = self._written(warning, contact)
        try:
            taken = await self._relays.send(
                mail, lambda _relay: self._warnings.hand_over(warning.id, claim, lease=self._lease)
            )
        except Withdrawn:
            return
        except RefusedError as error:
            old = datetime.now(UTC) - warning.created_at > timedelta(hours=self._settings.mail_give_up_hours)
            if error.refusal.verdict is Verdict.FAILED or old:
                await self._settle(warning, claim, "failed", error.reply)
                return
            pause = timedelta(seconds=retry_seconds(warning.attempts + 1, random.random()))  # noqa: S311 - spreads load
            await self._settle(warning, claim, "pending", error.reply, pause)
        else:
            await self._settle(warning, claim, "sent", taken.reply)

    async def _settle(
        self, warning: ClaimedWarning, claim: UUID, state: str, reply: str, pause: timedelta = timedelta()
    ) -> None:
        await self._warnings.settle(warning.id, claim, state, reply, pause=pause)
        _WARNINGS.labels("retry" if state == "pending" else state).inc()
        _log.info(
            "owner_warned" if state == "sent" else "owner_not_warned",
            subscription=str(warning.subscription_id),
            reason=warning.reason,
            reply=reply,
        )

    def _written(self, warning: ClaimedWarning, contact: str) -> Written:
        settings = self._settings
        sender = settings.sender_name(warning.collectivity)
        languages: tuple[Language, ...] = ("fr", "en")
        subject, text, html = self._templates.warning(
            sender, {language: self._values(warning, language) for language in languages}
        )
        mail = Mail(
            delivery_id=warning.id,
            sender=settings.mail_from,
            sender_name=sender,
            recipient=contact,
            subject=subject,
            text=text,
            html=html,
            language=", ".join(languages),
            date=warning.created_at,
            trace_id=current_trace_id(),
        )
        return Written(settings.mail_from, contact, mail_bytes(mail))

    def _values(self, warning: ClaimedWarning, language: Language) -> dict[str, str | None]:
        since = warning.since_at.astimezone(self._settings.clock(warning.collectivity))
        return {
            "reason": warning.reason,
            "since": f"{spoken_day(since.date(), language)} {_AT[language]} {since:%H:%M}",
            # The rest of the address may hold a secret of the receiver's.
            "host": urlsplit(warning.url).hostname,
            "subscription": str(warning.subscription_id),
            "description": warning.description,
            "url": self._settings.public_url + _path(warning),
        }


def _path(warning: ClaimedWarning) -> str:
    """Where the subscription is seen and has its deliveries, by whoever keeps it."""
    key_id = called_key(warning.client_id)
    if key_id is None:
        return f"/v1/webhook-subscriptions/{warning.subscription_id}"
    return f"/v1/sending-keys/{key_id}/callbacks/{warning.subscription_id}"
