# SPDX-License-Identifier: EUPL-1.2
"""Mails to nobody come back as a mail server's notification (RFC 3464), so that one can watch what becomes of them."""

import asyncio
import smtplib
from email.message import EmailMessage, Message
from email.policy import SMTP
from typing import Final

from parvis_local.ports import LOOPBACK

# Whoever these words begin the address of does not exist.
_NOBODY: Final = ("inconnu", "unknown")
_SECONDS: Final = 10
_TRIES: Final = 30
_BETWEEN_SECONDS: Final = 1.0


class Returns:
    """Brings bounces to where the mails came from; with no port it brings none."""

    def __init__(self, port: int | None) -> None:
        self._port = port
        self._on_their_way: set[asyncio.Task[None]] = set()

    def consider(self, sender: str, recipient: str) -> None:
        """Have a mail come back, if it went to nobody; one without a sender never does (RFC 5321 section 6.1)."""
        if self._port is not None and "@" in sender and recipient.lower().startswith(_NOBODY):
            task = asyncio.get_running_loop().create_task(self._bring(self._port, sender, recipient))
            self._on_their_way.add(task)
            task.add_done_callback(self._on_their_way.discard)

    async def _bring(self, port: int, sender: str, recipient: str) -> None:
        content = notification(sender, recipient).as_bytes()
        for _ in range(_TRIES):
            if await asyncio.to_thread(_handed_over, port, sender, content):
                return
            await asyncio.sleep(_BETWEEN_SECONDS)


def notification(sender: str, recipient: str) -> EmailMessage:
    """That there is no such mailbox."""
    about, group = Message(), Message()
    about["Reporting-MTA"] = "dns; mailsink.localhost"
    group["Final-Recipient"] = f"rfc822; {recipient}"
    group["Action"], group["Status"] = "failed", "5.1.1"
    group["Diagnostic-Code"] = "smtp; 550 5.1.1 No such mailbox"
    status = EmailMessage(SMTP)
    status["Content-Type"] = "message/delivery-status"
    status.set_payload([about, group])
    made = EmailMessage(SMTP)
    made["From"], made["To"] = "MAILER-DAEMON@mailsink.localhost", sender
    made["Subject"] = "Undelivered Mail Returned to Sender"
    made["Auto-Submitted"] = "auto-replied"
    made.set_content("There is no such mailbox.")
    made.make_mixed()
    made.replace_header("Content-Type", "multipart/report")
    made.set_param("report-type", "delivery-status")
    made.attach(status)
    return made


def _handed_over(port: int, sender: str, content: bytes) -> bool:
    """Whether it was taken or refused for good; while nobody listens it stays here."""
    try:
        with smtplib.SMTP(LOOPBACK, port, "mailsink.localhost", _SECONDS) as there:
            there.sendmail("", [sender], content)
    except smtplib.SMTPRecipientsRefused as error:
        return all(code >= 500 for code, _ in error.recipients.values())  # noqa: PLR2004 - RFC 5321 section 4.2.1
    except (OSError, smtplib.SMTPException):
        return False
    return True
