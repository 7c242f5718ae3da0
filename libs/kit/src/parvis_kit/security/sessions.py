# SPDX-License-Identifier: EUPL-1.2
"""Sessions that ended before their time, keys that were withdrawn: what no signature tells, a compacted topic does."""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Container
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from prometheus_client import Gauge

from parvis_kafka.settings import Security
from parvis_kit.logs import logger
from parvis_kit.messaging.events import PermanentError, from_record, record_of

TOPIC: Final = "parvis.identity.session.v1"
_ENDED: Final = "fr.parvis.identity.session-revoked.v1"
_WITHDRAWN: Final = "fr.parvis.identity.key-withdrawn.v1"
# No access token lives longer than 15 minutes; one more for clocks that differ.
_REMEMBERED_SECONDS: Final = 960.0
_POLL_MS: Final = 500
_MAX_PAUSE_SECONDS: Final = 10.0
_log = logger(__name__)
_FOLLOWING = Gauge("parvis_ended_sessions_following", "1 while ended sessions are told to this process, else 0")


class EndedSessions(Container[str | None]):
    """The sessions whose tokens are refused, by their ``sid``; each is remembered for the longest life of a token.

    And the keys that were withdrawn, by their ``kid``: a thief signs with one for as long as they like, so none is
    forgotten.

    Every process reads the whole topic for itself, without a group, from the beginning at each start and after each
    failure. While Kafka is away the process works on with what it knows: tokens that it has not heard of live on to
    their end, five minutes unless identity is set otherwise.
    """

    def __init__(self, bootstrap_servers: str, security: Security | None = None, fetch_max_wait_ms: int = 500) -> None:
        self._brokers = {"bootstrap_servers": bootstrap_servers, **(security or {})}
        self._fetch_max_wait_ms = fetch_max_wait_ms
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._withdrawn: set[str] = set()
        self._up_to_date = False
        self._since = time.monotonic()

    def __contains__(self, id_: object) -> bool:
        """True for a session that was ended, and for a key that was withdrawn."""
        return id_ in self._ended or id_ in self._withdrawn

    async def check(self) -> str:
        """Ready once the topic was read to its end, or once no token of before the start can be alive.

        A process that has just started knows no less than one that ran on; and an outage of Kafka ends no running one.
        """
        waited = time.monotonic() - self._since > _REMEMBERED_SECONDS
        return "ready" if self._up_to_date or waited else "reading"

    async def run(self) -> None:
        """Follow the topic until cancelled; whatever breaks, begin again after a growing pause."""
        failures = 0
        while True:
            kafka = AIOKafkaConsumer(
                TOPIC, **self._brokers, auto_offset_reset="earliest", fetch_max_wait_ms=self._fetch_max_wait_ms
            )
            try:
                await kafka.start()
                _FOLLOWING.set(1)
                failures = 0
                while True:
                    self._up_to_date = self._up_to_date or await _at_the_end(kafka)
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
                if event.type == _WITHDRAWN:
                    self._withdrawn.add(str(event.data["kid"]))
                if event.type == _ENDED and event.time.timestamp() > oldest:
                    self._ended[str(event.data["session"])] = event.time.timestamp()
            except (PermanentError, KeyError) as error:
                _log.warning("ended_session_unreadable", error=type(error).__name__)
        while self._ended and next(iter(self._ended.values())) < oldest:
            self._ended.popitem(last=False)


async def _at_the_end(kafka: AIOKafkaConsumer) -> bool:
    # Without partitions the topic is not known yet.
    ends = await kafka.end_offsets(kafka.assignment())
    return bool(ends) and all([await kafka.position(partition) >= end for partition, end in ends.items()])
