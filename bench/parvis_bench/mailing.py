# SPDX-License-Identifier: EUPL-1.2
"""Hands ready-made mails to a relay over eight open connections, with nothing beside, and answers how many a second."""

import asyncio
import time
from typing import Any

import aiosmtplib
import uvloop

from parvis_bench import child
from parvis_local.ports import LOOPBACK


async def _send(asked: dict[str, Any]) -> float:
    left = iter(range(asked["mails"]))
    content = b"Subject: x\r\n\r\n" + b"x" * asked["bytes"]

    async def sending() -> None:
        relay = {"hostname": LOOPBACK, "port": asked["port"], "local_hostname": "bench"}
        async with aiosmtplib.SMTP(**relay, start_tls=False) as smtp:
            for _ in left:
                await smtp.mail("from@example.org")
                await smtp.rcpt("to@example.org")
                await smtp.data(content)

    began = time.monotonic()
    await asyncio.gather(*(sending() for _ in range(8)))
    return float(asked["mails"] / (time.monotonic() - began))


if __name__ == "__main__":
    child.answer(uvloop.run(_send(child.question())))
