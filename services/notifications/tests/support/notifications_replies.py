# SPDX-License-Identifier: EUPL-1.2
"""Answers to our mails as people's programs write them, and a mail server that brings them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from notifications_bounces import Courier
from notifications_post import Post

from parvis_notifications.intake import reply_intake
from parvis_testing import Caller

REPLIES = "reponse@reponses.ville.example"
SENDER = "camille@example.org"


async def answerable(post: Post, reader: Caller, name: str = "taken", **changes: Any) -> tuple[str, str]:
    """Tell them something by mail; returns where it is answered, and the id of the request."""
    post.more["reply_address"] = REPLIES
    happened = await post.told(reader, name, **changes)
    await post.send_mails()
    return str(post.sink.mails()[-1]["Reply-To"].addresses[0].addr_spec), happened.data["request_id"]


def answer(
    to: str, text: str = "Oui, demain à 9 h.", *, sender: str = f"Camille Martin <{SENDER}>", **headers: str
) -> EmailMessage:
    mail = EmailMessage(SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Re: Votre demande"
    mail["Message-ID"] = "<abc.123@poste.example>"
    for name, value in headers.items():
        key = name.replace("_", "-")
        del mail[key]
        mail[key] = value
    mail.set_content(text)
    return mail


@asynccontextmanager
async def intake(post: Post, **changes: Any) -> AsyncIterator[Courier]:
    settings = post.settings(reply_address=REPLIES, **changes)
    server = await reply_intake(post.service.runtime, settings).start()
    try:
        yield Courier(server.sockets[0].getsockname()[1], "LHLO" if settings.intake_protocol == "lmtp" else "EHLO")
    finally:
        server.close()


async def bring(post: Post, to: str, mail: EmailMessage, sender: str = SENDER, **changes: Any) -> str:
    """The last answer to it."""
    async with intake(post, **changes) as courier:
        return (await courier.bring(to, mail.as_bytes(), sender))[-1]


async def received(post: Post) -> list[dict[str, Any]]:
    """What other services are told of, asked for as they ask for it."""
    told = await post.pool.fetch("SELECT subject FROM outbox WHERE type LIKE '%message-received%' ORDER BY id")
    return [(await ask(post, f"/{each['subject']}")).json() for each in told]


async def ask(
    post: Post, path: str, method: str = "GET", caller: Caller | None = None, collectivity: str = "paris"
) -> Any:
    service = caller or post.service.system()
    url = f"/internal/v1/inbound-messages{path}?collectivity={collectivity}"
    return await post.service.internal.request(method, url, headers=service.headers)
