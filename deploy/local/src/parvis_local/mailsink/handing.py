# SPDX-License-Identifier: EUPL-1.2
"""Mails to the town are handed to it by LMTP (RFC 2033), as its mail server would."""

import asyncio
import smtplib
from typing import Final

from parvis_local.ports import LOOPBACK

_SECONDS: Final = 30
_TRIES: Final = 30
_BETWEEN_SECONDS: Final = 1.0


class Handing:
    """Hands over what is for that domain; with no port nothing."""

    def __init__(self, port: int | None, domain: str) -> None:
        self._port = port
        self._domain = domain
        self._on_their_way: set[asyncio.Task[None]] = set()

    def consider(self, sender: str, recipient: str, content: bytes) -> None:
        """Have a mail handed over, if it is for the town."""
        if self._port is not None and recipient.lower().endswith(f"@{self._domain}"):
            task = asyncio.get_running_loop().create_task(self._bring(self._port, sender, recipient, content))
            self._on_their_way.add(task)
            task.add_done_callback(self._on_their_way.discard)

    async def _bring(self, port: int, sender: str, recipient: str, content: bytes) -> None:
        for _ in range(_TRIES):
            if await asyncio.to_thread(_handed_over, port, sender, recipient, content):
                return
            await asyncio.sleep(_BETWEEN_SECONDS)


def _handed_over(port: int, sender: str, recipient: str, content: bytes) -> bool:
    """Whether it was taken or refused for good; while nobody listens it stays here."""
    try:
        with smtplib.LMTP(LOOPBACK, port, "mailsink.localhost", timeout=_SECONDS) as there:
            there.sendmail(sender, [recipient], content)
    except smtplib.SMTPRecipientsRefused as error:
        return all(code >= 500 for code, _ in error.recipients.values())  # noqa: PLR2004 - RFC 5321 section 4.2.1
    except smtplib.SMTPResponseException as error:
        return error.smtp_code >= 500  # noqa: PLR2004 - the same
    except (OSError, smtplib.SMTPException):
        return False
    return True
