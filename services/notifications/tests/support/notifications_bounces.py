# SPDX-License-Identifier: EUPL-1.2
"""Bounces as mail servers write them (RFC 3464, appendix D), and a mail server that brings them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from notifications_post import Post

from parvis_notifications.incoming.bounces import BounceHandler, BounceIntake
from parvis_notifications.service.broadcast_links import recipient_tokens
from parvis_notifications.service.delivery_tokens import delivery_tokens
from parvis_notifications.service.note_bounce import NoteBounce

BOUNCES = "retours@retours.ville.example"
_HEAD = """\
From: MAILER-DAEMON@relais.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="A1B2"

--A1B2
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relais.example. camille@example.org: user unknown.

--A1B2
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.example
Arrival-Date: Thu, 26 Nov 2026 09:00:00 +0100

"""
_GROUP = """\
Final-Recipient: rfc822; camille@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <camille@example.org>: user unknown

"""
_TAIL = """\
--A1B2
Content-Type: message/rfc822

From: Ville <ne-pas-repondre@ville.example>
To: camille@example.org
Subject: Votre demande

Bonjour
--A1B2--
"""


def notification(*recipients: tuple[str, str], to: str = "retours@retours.ville.example") -> bytes:
    """One that says this action and this status of each recipient."""
    groups = "".join(_GROUP.format(action=action, status=status) for action, status in recipients)
    return (_HEAD.format(to=to) + groups + _TAIL).replace("\n", "\r\n").encode()


@dataclass
class Courier:
    """The town's mail server, which speaks LMTP or SMTP to the intake."""

    port: int
    hello: str = "LHLO"

    async def bring(self, recipient: str, content: bytes, sender: str = "") -> list[str]:
        """The answers to greeting, sender, recipient and content, as far as it came."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)

        async def say(line: str) -> str:
            writer.write(f"{line}\r\n".encode())
            return await heard()

        async def heard() -> str:
            while True:
                line = (await asyncio.wait_for(reader.readline(), 20)).decode()
                if line[3:4] != "-":
                    return line.strip()

        answers = [await heard()]
        for line in (f"{self.hello} relais.example", f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA"):
            if answers[-1][0] in "45":
                break
            answers.append(await say(line))
        if answers[-1].startswith("354"):
            writer.write(content + b"\r\n.\r\n")
            answers.append(await heard())
        writer.close()
        await writer.wait_closed()
        return answers


@asynccontextmanager
async def bounce_intake(post: Post, **changes: Any) -> AsyncIterator[Courier]:
    runtime = post.service.runtime
    settings = post.settings(bounce_address=BOUNCES, **changes)
    note = NoteBounce(runtime.database, runtime.persons, post.fingerprints)
    tokens = delivery_tokens(runtime.master), recipient_tokens(runtime.master)
    intake = BounceIntake(BounceHandler(*tokens, note, settings), settings)
    server = await intake.start()
    try:
        yield Courier(server.sockets[0].getsockname()[1], "LHLO" if settings.bounce_protocol == "lmtp" else "EHLO")
    finally:
        server.close()
