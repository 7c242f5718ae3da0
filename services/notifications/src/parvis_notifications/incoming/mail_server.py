# SPDX-License-Identifier: EUPL-1.2
"""A server of LMTP (RFC 2033) or SMTP (RFC 5321) that the town's mail server hands mails to, with bounds to it all."""

import asyncio
import logging
import ssl
from dataclasses import dataclass
from typing import Any, Literal

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from parvis_notifications.settings import Settings

# It says each line of the conversation, and with it the addresses.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many bytes a mail has at most, how many sessions there are at a time, and how long one may be silent."""

    mail_bytes: int
    sessions: int
    idle_seconds: float


class _Counted:
    """A session of the library that refuses to be one too many."""

    sessions: set["_Counted"]
    most: int

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin, or say that there is no room (RFC 5321 section 3.1)."""
        # The library calls this once more for a session that has changed to TLS.
        if self not in self.sessions and len(self.sessions) >= self.most:
            transport.write(b"421 4.3.2 Too many connections, come again\r\n")
            transport.close()
            return
        self.sessions.add(self)
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        """Leave room for another."""
        if self in self.sessions:
            self.sessions.discard(self)
            super().connection_lost(error)  # type: ignore[misc]

    def eof_received(self) -> bool | None:
        """Nothing more comes; of one too many nothing was wanted."""
        return bool(super().eof_received()) if self in self.sessions else None  # type: ignore[misc]


class _Lmtp(_Counted, LMTP):  # type: ignore[misc]
    """LMTP, counted."""


class _Smtp(_Counted, SMTP):  # type: ignore[misc]
    """SMTP, counted."""


class MailServer:
    """The server; with no port it does nothing. What is answered at each step is the handler's."""

    def __init__(
        self,
        handler: object,
        bounds: Bounds,
        *,
        port: int,
        protocol: Literal["lmtp", "smtp"],
        settings: Settings,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._handler = handler
        self._bounds = bounds
        self._port = port
        self._protocol = _Lmtp if protocol == "lmtp" else _Smtp
        self._settings = settings
        self._tls = tls
        self._sessions: set[_Counted] = set()

    async def run(self) -> None:
        """Take mails until cancelled."""
        server = await self.start() if self._port else None
        try:
            await asyncio.Event().wait()
        finally:
            if server:
                server.close()

    async def start(self) -> asyncio.Server:
        """Listen."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(self._session, self._settings.host, self._port)

    def _session(self) -> Any:
        session = self._protocol(
            self._handler,
            hostname=self._settings.smtp_hello,
            ident="Parvis",
            data_size_limit=self._bounds.mail_bytes,
            timeout=self._bounds.idle_seconds,
            command_call_limit={"*": 100},
            tls_context=self._tls,
            require_starttls=self._tls is not None,
            loop=asyncio.get_running_loop(),
        )
        session.sessions, session.most = self._sessions, self._bounds.sessions
        return session
