# SPDX-License-Identifier: EUPL-1.2
"""Handing a letter to the mail relay: plain text, one connection a letter, for there are few."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import make_msgid
from typing import Final

import aiosmtplib
from aiosmtplib import SMTPDataError, SMTPException, SMTPRecipientRefused, SMTPRecipientsRefused

from parvis_identity.settings import Settings

_PERMANENT: Final = 500
_CLOSING: Final = 421


class PostUnavailableError(Exception):
    """The relay does not take the letter now: try again later."""


class UndeliverableError(Exception):
    """The relay will never take this letter; says nothing of whose it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter as it is sent."""

    recipient: str
    sender_name: str
    subject: str
    text: str
    language: str


class Post:
    """The way to the mail relay."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, letter: Written) -> None:
        """Send it; raises PostUnavailableError or UndeliverableError."""
        settings = self._settings
        try:
            await aiosmtplib.send(
                self._message(letter),
                sender=settings.mail_from,
                recipients=[letter.recipient],
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_username or None,
                password=settings.smtp_password.get_secret_value() or None,
                local_hostname=settings.smtp_hello,
                timeout=settings.smtp_timeout_seconds,
                use_tls=settings.smtp_security == "tls",
                start_tls=settings.smtp_security == "starttls",
            )
        except SMTPRecipientsRefused as error:
            raise _refused(error.recipients[0]) from error
        except SMTPDataError as error:
            raise _refused(error) from error
        except (SMTPException, OSError, ValueError) as error:
            raise PostUnavailableError(type(error).__name__) from error

    def _message(self, letter: Written) -> EmailMessage:
        sender = self._settings.mail_from
        message = EmailMessage(SMTP if letter.recipient.isascii() else SMTPUTF8)
        message["From"] = Address(letter.sender_name, addr_spec=sender)
        username, _, domain = letter.recipient.rpartition("@")
        message["To"] = Address(username=username, domain=domain)
        message["Subject"] = letter.subject
        message["Date"] = datetime.now(UTC)
        message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answer, please
        message["Content-Language"] = letter.language
        message.set_content(letter.text, cte="quoted-printable")
        return message


def _refused(error: SMTPDataError | SMTPRecipientRefused) -> Exception:
    # A 5yz reply is permanent (RFC 5321 section 4.2.1); 421 says that the whole service is closing.
    if error.code >= _PERMANENT and error.code != _CLOSING:
        return UndeliverableError(str(error.code))
    return PostUnavailableError(str(error.code))
