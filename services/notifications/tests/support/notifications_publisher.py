# SPDX-License-Identifier: EUPL-1.2
"""Public topics, filled by a process of its own, which tests kill: ``python notifications_publisher.py topic``."""

import asyncio
import os
import signal
import sys
from base64 import b64encode
from collections.abc import Sequence

from parvis_kit.db.database import open_database
from parvis_kit.messaging.consumer import Consumer
from parvis_kit.settings import ServiceSettings
from parvis_letters.burying import bury
from parvis_notifications.consumers.public_topics import handlers
from parvis_notifications.outgoing.public_topics import PublicTopics, Sending


class MortalTopics(PublicTopics):
    """Dies, as by ``kill -9``, between an acknowledgement and its commit, once so many events were acknowledged."""

    left = int(os.environ.get("DIE_AFTER", "0"))

    async def acknowledged(self, sendings: Sequence[Sending]) -> None:
        await super().acknowledged(sendings)
        if self.left and sendings:
            self.left = max(self.left - len(sendings), 0)
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)


async def main(topic: str) -> None:
    url, bootstrap = os.environ["DATABASE_URL"], os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    settings = ServiceSettings(database_url=url, keystore_url=url, master_key=b64encode(bytes(32)).decode())
    async with open_database(settings, "publisher") as database, MortalTopics(bootstrap) as topics:
        await Consumer(
            f"public-{topic}",
            [topic],
            handlers(topics),
            bury,
            database=database,
            bootstrap_servers=bootstrap,
            fetch_max_wait_ms=5,
        ).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
