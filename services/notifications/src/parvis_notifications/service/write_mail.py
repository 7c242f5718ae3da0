# SPDX-License-Identifier: EUPL-1.2
"""The mail of a message: opened with its person's key, worded, and put into bytes."""

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.locale import DEFAULT, Language
from parvis_kit.telemetry import current_trace_id
from parvis_notifications.db.email_deliveries import ClaimedEmail
from parvis_notifications.outgoing.mail_format import Mail, mail_bytes, normal_address
from parvis_notifications.service.templates import Templates
from parvis_notifications.settings import Settings


class MailWriter:
    """Writes the mails of all collectivities, each in its own name."""

    def __init__(self, templates: Templates, settings: Settings) -> None:
        self._templates = templates
        self._settings = settings

    def write(self, mail: ClaimedEmail, key: PersonKey) -> tuple[str, bytes]:
        """The recipient and the mail; raises BadAddressError."""
        recipient = normal_address(key.open("email_delivery.address", mail.address))
        language: Language = "en" if mail.language == "en" else DEFAULT
        subject = key.open("message.subject", mail.subject)
        sender = self._sender_name(mail.collectivity)
        text, html = self._templates.mail(
            mail.template,
            language,
            subject=subject,
            body=key.open("message.body", mail.body),
            link=mail.link,
            sender=sender,
        )
        content = Mail(
            delivery_id=mail.id,
            sender=self._settings.mail_from,
            sender_name=sender,
            recipient=recipient,
            subject=subject,
            text=text,
            html=html,
            language=language,
            date=mail.begun_at,
            trace_id=current_trace_id(),
        )
        return recipient, mail_bytes(content)

    def _sender_name(self, collectivity: str) -> str:
        return self._settings.sender_names.get(collectivity, collectivity.replace("-", " ").title())
