# SPDX-License-Identifier: EUPL-1.2
"""Sessions that ended before their time: what a token's signature cannot tell, a compacted topic does."""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Container
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from prometheus_client import Gauge

from parvis_kit.logs import logger
from parvis_kit.messaging.events import PermanentError, from_record, record_of

TOPIC: Final = "parvis.identity.session.v1"
_TYPE: Final = "fr.parvis.identity.session-revoked.v1"
# No access token lives longer than 15 minutes; one more for clocks that differ.
_REMEMBERED_SECONDS: Final = 960.0
_POLL_MS: Final = 500
_MAX_PAUSE_SECONDS: Final = 10.0
_log = logger(__name__)
_FOLLOWING = Gauge("parvis_ended_sessions_following", "1 while ended sessions are told to this process, else 0")


class EndedSessions(Container[str | None]):
    """The sessions whose tokens are refused, by their ``sid``; each is remembered for the longest life of a token.

    Every process reads the whole topic for itself, without a group, from the beginning at each start and after each
    failure. While Kafka is away the process works on with what it knows: tokens that it has not heard of live on to
    their end, five minutes unless identity is set otherwise.
    """

    def __init__(self, bootstrap_servers: str, *, fetch_max_wait_ms: int = 500) -> None:
        self._bootstrap = bootstrap_servers
        self._fetch_max_wait_ms = fetch_max_wait_ms
        self._ended: OrderedDict[str, float] = OrderedDict()

    def __contains__(self, session: object) -> bool:
        """True for a session that was ended."""
        return session in self._ended

    async def run(self) -> None:
        """Follow the topic until cancelled; whatever breaks, begin again after a growing pause."""
        failures = 0
        while True:
            kafka = AIOKafkaConsumer(
                TOPIC,
                bootstrap_servers=self._bootstrap,
                auto_offset_reset="earliest",
                fetch_max_wait_ms=self._fetch_max_wait_ms,
            )
            try:
                await kafka.start()
                _FOLLOWING.set(1)
                failures = 0
                while True:
                    batches = await kafka.getmany(timeout_ms=_POLL_MS)
                    self._take([record for records in batches.values() for record in records])
            except Exception as error:  # noqa: BLE001 - a client may raise anything when its server dies
                failures += 1
                _log.warning("ended_sessions_not_followed", error=type(error).__name__)
            finally:
                _FOLLOWING.set(0)
                await kafka.stop()
            await asyncio.sleep(random.uniform(0.2, min(0.5 * 2**failures, _MAX_PAUSE_SECONDS)))  # noqa: S311

    def _take(self, records: list[Any]) -> None:
        oldest = time.time() - _REMEMBERED_SECONDS
        for record in records:
            try:
                event = from_record(record_of(record))
                if event.type == _TYPE and event.time.timestamp() > oldest:
                    self._ended[str(event.data["session"])] = event.time.timestamp()
            except (PermanentError, KeyError) as error:
                _log.warning("ended_session_unreadable", error=type(error).__name__)
        while self._ended and next(iter(self._ended.values())) < oldest:
            self._ended.popitem(last=False)
