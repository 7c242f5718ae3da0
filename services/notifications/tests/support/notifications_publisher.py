# SPDX-License-Identifier: EUPL-1.2
"""Public topics, filled by a process of its own, which tests kill: ``python notifications_publisher.py topic``."""

import asyncio
import os
import signal
import sys
from base64 import b64encode

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import open_database
from parvis_kit.messaging.consumer import Consumer
from parvis_kit.messaging.events import Event
from parvis_kit.settings import ServiceSettings
from parvis_notifications.consumers.public_topics import Handler, handlers
from parvis_notifications.outgoing.public_topics import PublicTopics


def mortal(handler: Handler) -> Handler:
    """Dies, as by ``kill -9``, between the sending of the event whose number the environment names and its commit."""
    left = int(os.environ.get("DIE_AFTER", "-1"))

    async def handle(event: Event, session: AsyncSession) -> None:
        nonlocal left
        await handler(event, session)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return handle


async def main(topic: str) -> None:
    url, bootstrap = os.environ["DATABASE_URL"], os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    settings = ServiceSettings(database_url=url, keystore_url=url, master_key=b64encode(bytes(32)).decode())
    async with open_database(settings, "publisher") as database, PublicTopics(bootstrap) as topics:
        known = {type_: mortal(handler) for type_, handler in handlers(topics).items()}
        await Consumer(
            f"public-{topic}", [topic], known, database=database, bootstrap_servers=bootstrap, fetch_max_wait_ms=5
        ).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
