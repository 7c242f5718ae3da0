# SPDX-License-Identifier: EUPL-1.2
"""A mail relay on loopback that keeps what it takes, and refuses or waits when told to."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP


@dataclass
class Sink:
    """The mails it took, and how it behaves.

    The replies are given one after the other; then it takes everything. While ``hold_recipient`` is set to a number,
    the mail after that many waits before its recipient is agreed; ``hold_answer`` makes it take the content and keep
    its answer to itself for ``hold_seconds``, or until it is ``let_go``.
    """

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    sender_replies: list[str] = field(default_factory=list)
    recipient_replies: list[str] = field(default_factory=list)
    content_replies: list[str] = field(default_factory=list)
    connections: int = 0
    hold_recipient: int | None = None
    hold_answer: bool = False
    hold_seconds: float = 60.0
    holding: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=default) for content in self.taken]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        reply = self.sender_replies.pop(0) if self.sender_replies else "250 2.1.0 OK"
        if reply.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.hold_recipient is not None and len(self.taken) >= self.hold_recipient:
            await self._hold()
        reply = self.recipient_replies.pop(0) if self.recipient_replies else "250 2.1.5 OK"
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the same
        reply = self.content_replies.pop(0) if self.content_replies else "250 2.0.0 taken"
        if reply.startswith("2"):
            self.taken.append(envelope.content)
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos[0]))
        if self.hold_answer:
            await self._hold()
        return reply

    async def _hold(self) -> None:
        self.holding.set()
        until = time.monotonic() + self.hold_seconds
        while time.monotonic() < until and not self.let_go.is_set():  # noqa: ASYNC110 - another thread lets go
            await asyncio.sleep(0.01)


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    sink, loop = Sink(), asyncio.new_event_loop()

    def session() -> SMTP:
        sink.connections += 1
        return SMTP(sink, hostname="sink", enable_SMTPUTF8=True, loop=loop)

    server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0))
    sink.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(_closed(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _closed(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def form(mail: EmailMessage, subtype: str) -> str:
    """One of the two forms of a mail, ``plain`` or ``html``."""
    part = mail.get_body([subtype])
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
