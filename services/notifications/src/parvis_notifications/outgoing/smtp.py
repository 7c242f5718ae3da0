# SPDX-License-Identifier: EUPL-1.2
"""One connection to the mail relay, kept open from mail to mail."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Final

import aiosmtplib
from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from parvis_notifications.domain.mail import Refusal, Stage
from parvis_notifications.mail_settings import MailRelaySettings, MailSettings
from parvis_notifications.outgoing.mail_format import Written

# Relays close what idles; better to find that out before a mail than in its midst.
_IDLE_SECONDS: Final = 20.0
_MAILS_A_CONNECTION: Final = 500
_ENHANCED: Final = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")


class RefusedError(Exception):
    """The relay did not take the mail.

    Attributes:
        refusal: at which stage, with which code.
        relay: which one.
        reply: the code with the enhanced code (RFC 3463), never the words: they may repeat the address.
        doubtful: the content went out and no answer came: the relay may have taken it.
    """

    def __init__(self, relay: str, refusal: Refusal, reply: str, *, doubtful: bool = False) -> None:
        super().__init__(reply)
        self.relay = relay
        self.refusal = refusal
        self.reply = reply
        self.doubtful = doubtful


class Withdrawn(Exception):  # noqa: N818 - no error: somebody else has the mail
    """The sender's claim had run out just before the content would have gone out."""


class MailRelay:
    """Sends one mail at a time; connects when it must."""

    def __init__(self, relay: MailRelaySettings, settings: MailSettings) -> None:
        self._relay = relay
        self._settings = settings
        self._smtp: aiosmtplib.SMTP | None = None
        self._used_at = 0.0
        self._mails = 0

    async def send(self, mail: Written, hand_over: Callable[[], Awaitable[bool]]) -> str:
        """Send a mail; returns the relay's reply code.

        The envelope is agreed first. Then ``hand_over`` is awaited, and only if it returns True the content goes out:
        so a mail is in doubt no longer than its content takes.

        Raises:
            RefusedError: not taken.
            Withdrawn: ``hand_over`` returned False. What it raises goes on to the caller.
        """
        smtp = await self._connected()
        await self._envelope(smtp, mail.sender, mail.recipient)
        try:
            going = await hand_over()
        except BaseException:
            self.close()  # with what was agreed: the next mail begins anew
            raise
        if not going:
            await self._reset(smtp)
            raise Withdrawn
        return await self._content(smtp, mail.content)

    async def _envelope(self, smtp: aiosmtplib.SMTP, sender: str, recipient: str) -> None:
        encoding = "ascii" if recipient.isascii() else "utf-8"
        options = [] if recipient.isascii() else ["SMTPUTF8"]
        if options and not smtp.supports_extension("smtputf8"):
            raise RefusedError(self._relay.name, Refusal(Stage.RECIPIENT, 553), "553 5.6.7")  # RFC 6531 section 3.5
        try:
            await smtp.mail(sender, options=options)
            await smtp.rcpt(recipient, encoding=encoding)
        except (SMTPSenderRefused, SMTPRecipientRefused) as error:
            stage = Stage.SENDER if isinstance(error, SMTPSenderRefused) else Stage.RECIPIENT
            await self._reset(smtp)
            raise self._refused(stage, error) from error
        except (SMTPException, OSError) as error:
            self.close()
            raise self._refused(Stage.CONNECTION, error) from error

    async def _content(self, smtp: aiosmtplib.SMTP, content: bytes) -> str:
        try:
            answer = await smtp.data(content, timeout=self._settings.smtp_acceptance_seconds)
        except SMTPDataError as error:
            await self._reset(smtp)
            raise self._refused(Stage.CONTENT, error) from error
        except (SMTPException, OSError) as error:
            self.close()
            raise RefusedError(
                self._relay.name, Refusal(Stage.CONTENT, 0), type(error).__name__, doubtful=True
            ) from error
        except asyncio.CancelledError:
            self.close()
            raise
        self._mails += 1
        self._used_at = asyncio.get_running_loop().time()
        return _reply(answer.code, answer.message)

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            idle = asyncio.get_running_loop().time() - self._used_at
            if idle < _IDLE_SECONDS and self._mails < _MAILS_A_CONNECTION:
                return self._smtp
            await self.quit()
        smtp = self._new()
        try:
            await smtp.connect()
            await smtp.ehlo()
        except (SMTPException, OSError) as error:
            smtp.close()
            raise self._refused(Stage.CONNECTION, error) from error
        self._smtp, self._mails = smtp, 0
        self._used_at = asyncio.get_running_loop().time()
        return smtp

    def _new(self) -> aiosmtplib.SMTP:
        relay = self._relay
        return aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username or None,
            password=relay.password.get_secret_value() or None,
            local_hostname=self._settings.smtp_hello,
            timeout=self._settings.smtp_timeout_seconds,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
        )

    def _refused(self, stage: Stage, error: Exception) -> RefusedError:
        if isinstance(error, SMTPResponseException):
            return RefusedError(self._relay.name, Refusal(stage, error.code), _reply(error.code, error.message))
        return RefusedError(self._relay.name, Refusal(stage, 0), type(error).__name__)

    async def _reset(self, smtp: aiosmtplib.SMTP) -> None:
        try:
            await smtp.rset()
        except (SMTPException, OSError):
            self.close()

    async def quit(self) -> None:
        """Take leave of the relay."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                await smtp.quit(timeout=2)
            except (SMTPException, OSError):
                smtp.close()

    def close(self) -> None:
        """Drop the connection at once."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _reply(code: int, message: str) -> str:
    enhanced = _ENHANCED.match(message)
    return f"{code} {enhanced[1]}" if enhanced else str(code)
