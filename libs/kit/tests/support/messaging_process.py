# SPDX-License-Identifier: EUPL-1.2
"""A relay or a consumer as a process of its own, which tests kill: ``python messaging_process.py relay|consumer``."""

import asyncio
import os
import signal
import sys
from base64 import b64encode
from functools import partial

from messaging_things import GROUP, Settings, effect, poisonous

from parvis_kit.db.database import open_database
from parvis_kit.messaging.consumer import Consumer, Handler
from parvis_kit.messaging.relay import Relay
from parvis_letters.burying import bury


def pause_at(place: str) -> None:
    """Die, as by ``kill -9``, at the place that the environment names."""
    if os.environ.get("DIE_AT") == place:
        os.kill(os.getpid(), signal.SIGKILL)


async def main(role: str, topic: str) -> None:
    url, bootstrap = os.environ["DATABASE_URL"], os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    if role == "relay":
        await Relay(url, bootstrap, pause_at=pause_at).run()
        return
    settings = Settings(database_url=url, keystore_url=url, master_key=b64encode(bytes(32)).decode())
    async with open_database(settings, "consumer") as database:
        name = os.environ.get("CONSUMER", GROUP + topic)
        handlers: dict[str, Handler] = {
            "fr.parvis.test.happened.v1": partial(effect, consumer=name),
            "fr.parvis.test.poison.v1": poisonous,
        }
        await Consumer(
            name, [topic], handlers, bury, database=database, bootstrap_servers=bootstrap, fetch_max_wait_ms=5,
            pause_at=pause_at,
        ).run()  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
