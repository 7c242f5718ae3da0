# SPDX-License-Identifier: EUPL-1.2
"""The mail of a message: opened with its person's key, worded, and put into bytes."""

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.telemetry import current_trace_id
from parvis_notifications.db.deliveries import ClaimedDelivery
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.delivery_token import DeliveryTokens
from parvis_notifications.domain.digest import DIGEST
from parvis_notifications.domain.invitation import Invitation
from parvis_notifications.domain.languages import shipped
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.topic import OF_THEIR_OWN, optional
from parvis_notifications.outgoing.invitation_format import calendar_bytes, method_of
from parvis_notifications.outgoing.mail_format import Mail, Written, mail_bytes, normal_address
from parvis_notifications.service.delivery_tokens import unsubscribe_url
from parvis_notifications.service.reply_addresses import ReplyAddresses
from parvis_notifications.service.sealed_spares import opened
from parvis_notifications.service.templates import Templates
from parvis_notifications.settings import Settings


class MailWriter:
    """Writes the mails of all collectivities, each in its own name."""

    def __init__(
        self, templates: Templates, tokens: DeliveryTokens, replies: ReplyAddresses, settings: Settings
    ) -> None:
        self._templates = templates
        self._tokens = tokens
        self._replies = replies
        self._settings = settings

    def write(self, mail: ClaimedDelivery, key: PersonKey) -> Written:
        """The mail with its envelope; raises BadAddressError."""
        recipient = normal_address(key.open(SEALED_ADDRESS, mail.address))
        language, *others = mail.language.split(", ")  # of a digest all that it has
        sealed_as = "digest" if mail.template == DIGEST else "message"
        subject = key.open(f"{sealed_as}.subject", mail.subject)
        sender = self._settings.sender_name(mail.collectivity)
        unsubscribe_url, reply_to = self._unsubscribe_url(mail, key), self._replies.of(mail.reply_address)
        link = self._link(mail, key)
        text, html = self._templates.mail(
            mail.template,
            language,
            subject=subject,
            body=key.open(f"{sealed_as}.body", mail.body),
            inner_html=opened(mail.html, key, f"{sealed_as}.html"),
            link=link,
            sender=sender,
            unsubscribe_url=unsubscribe_url,
            contact=self._contact(mail, link),
            answered=reply_to is not None,
        )
        content = Mail(
            delivery_id=mail.id,
            sender=self._settings.mail_from,
            sender_name=sender,
            recipient=recipient,
            subject=subject,
            text=text,
            html=html,
            # What stands around the words may be in another (RFC 3282).
            language=", ".join(dict.fromkeys((language, shipped(language), *others))),
            date=mail.begun_at,
            trace_id=current_trace_id(),
            unsubscribe_url=unsubscribe_url,
            calendar=self._calendar(mail, key, recipient),
            reply_to=reply_to,
        )
        return Written(self._return_path(mail), recipient, mail_bytes(content))

    def _calendar(self, mail: ClaimedDelivery, key: PersonKey, recipient: str) -> tuple[str, bytes] | None:
        if mail.invitation is None:
            return None
        invitation = Invitation.from_json(key.open("message.invitation", mail.invitation))
        file = calendar_bytes(
            invitation,
            organizer=self._settings.mail_from,
            organizer_name=self._settings.sender_name(mail.collectivity),
            attendee=recipient,
            clock=self._settings.clock(mail.collectivity),
        )
        return method_of(invitation), file

    def _contact(self, mail: ClaimedDelivery, link: str) -> str | None:
        if link or mail.template not in OF_THEIR_OWN:
            return None
        return self._settings.contacts.get(mail.collectivity, "")

    def _link(self, mail: ClaimedDelivery, key: PersonKey) -> str:
        if mail.secret_link is None or mail.template == APPLICATION_MESSAGE:
            return mail.link
        return key.open("message.secret_link", mail.secret_link)

    def _unsubscribe_url(self, mail: ClaimedDelivery, key: PersonKey) -> str | None:
        if mail.template == APPLICATION_MESSAGE:  # the application's own, if it has one
            return key.open("message.secret_link", mail.secret_link) if mail.secret_link else None
        if mail.template != DIGEST and not optional(Template(mail.template)):
            return None
        return unsubscribe_url(self._settings.public_url, self._tokens.for_link(mail.id))

    def _return_path(self, mail: ClaimedDelivery) -> str:
        """Where its bounces go: an address of this mail alone, where somebody takes them."""
        local, _, domain = self._settings.bounce_address.rpartition("@")
        return f"{local}+{self._tokens.for_sender(mail.id)}@{domain}" if domain else self._settings.mail_from
