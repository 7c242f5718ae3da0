# SPDX-License-Identifier: EUPL-1.2
"""The relay: takes committed events from the outbox to Kafka, each at least once, in order for each aggregate."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from prometheus_client import Counter, Gauge

from parvis_kafka.producing import producer
from parvis_kafka.settings import Security
from parvis_kit.db.database import CONNECTION_ERRORS
from parvis_kit.logs import logger
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, event_of
from parvis_kit.messaging.shares import Shares
from parvis_kit.messaging.waker import CHANNEL

_BATCH: Final = 2_000
_POLL_SECONDS: Final = 1.0
_MAINTENANCE_SECONDS: Final = 3_600.0
_DAYS_AHEAD: Final = 14
_SEND_SECONDS: Final = 30
_MAX_PAUSE_SECONDS: Final = 10.0
# By (aggregate, sequence), never by id or time: neither is commit order. The sequence comes from the version of the
# aggregate's row, whose lock makes the second act wait for the first one's commit. Bucket by bucket, each along its
# index, in an order that favours none: over all of them at once, a large backlog would be sorted anew for each batch.
_SELECT: Final = (
    "SELECT o.* FROM (SELECT * FROM unnest($1::smallint[]) AS bucket ORDER BY random()) AS held, LATERAL (SELECT day,"
    f" {OUTBOX_COLUMNS} FROM outbox WHERE sent_at IS NULL AND bucket = held.bucket ORDER BY aggregate_id, sequence"
    f" LIMIT {_BATCH}) AS o LIMIT {_BATCH}"
)
_MARK: Final = (
    "UPDATE outbox SET sent_at = now() FROM unnest($1::date[], $2::uuid[]) AS done(day, id)"
    " WHERE outbox.day = done.day AND outbox.id = done.id AND outbox.sent_at IS NULL"
)
_WAITING: Final = (
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8,"
    " (SELECT count(DISTINCT (consumer, topic, key)) FROM parked_event),"
    " (SELECT coalesce(max(attempts), 0) FROM parked_event) FROM outbox WHERE sent_at IS NULL"
)
# A mark that a crash of the server takes back is an event sent twice, which consumers know how to meet.
_QUICK: Final = {"synchronous_commit": "off"}
_log = logger(__name__)
_SENT = Counter("parvis_outbox_sent_total", "Events acknowledged by the broker")
_FAILED = Counter("parvis_outbox_failures_total", "Rounds of the relay that failed")
_UNSENT = Gauge("parvis_outbox_unsent", "Events waiting in the outbox")
_OLDEST = Gauge("parvis_outbox_oldest_seconds", "Age of the oldest waiting event")
_PARKED = Gauge("parvis_parked_aggregates", "Aggregates whose events wait behind one that fails for now")
_ATTEMPTS = Gauge("parvis_parked_attempts", "Most attempts of an event that waits so; at 24 it is dead")


class Relay:
    """One relay process's work; several share the outbox by buckets of aggregates.

    Args:
        database_url: the service's database, directly: advisory locks and LISTEN do not pass a pooler.
        bootstrap_servers: the Kafka brokers.
        security: how they let a client in.
        retention_days: how long sent events stay in the journal.
        replay_on_new_broker: send the whole journal again to a broker of another address; for the embedded broker,
            which forgets. Never in production.
        pause_at: called at ``selected``, ``sent`` and ``marked`` in each round; tests kill the process there.
    """

    def __init__(
        self,
        database_url: str,
        bootstrap_servers: str,
        *,
        security: Security | None = None,
        retention_days: int = 90,
        replay_on_new_broker: bool = False,
        pause_at: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._database_url = database_url
        self._bootstrap = bootstrap_servers
        self._brokers = {"bootstrap_servers": bootstrap_servers, **(security or {})}
        self._retention_days = retention_days
        self._replay = replay_on_new_broker
        self._pause_at = pause_at
        self._wake = asyncio.Event()
        self.state = "starting"

    async def check(self) -> str:
        """For readiness: ``ready`` while both database and broker answer."""
        return self.state

    async def run(self) -> None:
        """Relay until cancelled; whatever breaks, begin again with fresh connections after a growing pause."""
        failures = 0
        while True:
            try:
                async with contextlib.AsyncExitStack() as stack:
                    connection = await self._connect(stack)
                    producer = await self._produce(stack)
                    if self._replay:
                        await self._meet_broker(connection)
                    self.state, failures = "ready", 0
                    await self._work(connection, producer)
            except (*CONNECTION_ERRORS, asyncpg.PostgresError, KafkaError) as error:
                # A producer that met an error such as OutOfOrderSequence stays broken: it is made anew.
                failures += 1
                _FAILED.inc()
                self.state = f"failed: {type(error).__name__}"
                _log.warning("relay_failed", error=type(error).__name__, failures=failures)
                await asyncio.sleep(random.uniform(0.2, min(0.5 * 2**failures, _MAX_PAUSE_SECONDS)))  # noqa: S311

    async def _connect(self, stack: contextlib.AsyncExitStack) -> Any:
        connection = await asyncpg.connect(
            self._database_url, timeout=5, command_timeout=_SEND_SECONDS, server_settings=_QUICK
        )
        stack.push_async_callback(connection.close, timeout=5)
        await connection.add_listener(CHANNEL, lambda *_: self._wake.set())
        return connection

    async def _produce(self, stack: contextlib.AsyncExitStack) -> AIOKafkaProducer:
        made = producer(self._brokers, max_batch_size=262_144, request_timeout_ms=_SEND_SECONDS * 1_000)
        await made.start()
        stack.push_async_callback(made.stop)
        return made

    async def _work(self, connection: Any, producer: AIOKafkaProducer) -> None:
        shares = Shares(connection)
        await shares.announce()
        loop = asyncio.get_running_loop()
        balance_at = maintain_at = 0.0
        while True:
            if (began := loop.time()) >= balance_at:
                await shares.balance()
                await self._measure(connection)
                # To count a large backlog takes long: a tenth of the time goes there at most.
                balance_at = began + max(_POLL_SECONDS, 10 * (loop.time() - began))
            if loop.time() >= maintain_at:
                await self._maintain(connection)
                maintain_at = loop.time() + _MAINTENANCE_SECONDS
            self._wake.clear()
            if await self._round(connection, producer, shares.held) < _BATCH:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _POLL_SECONDS)

    async def _round(self, connection: Any, producer: AIOKafkaProducer, buckets: Sequence[int]) -> int:
        rows = await connection.fetch(_SELECT, buckets) if buckets else []
        if not rows:
            return 0
        self._pause_at("selected")
        # Cancelling a send does not cancel it: let those in flight end before anybody sends them again.
        acknowledged, error = await asyncio.shield(_send(producer, rows))
        self._pause_at("sent")
        if acknowledged:
            await connection.execute(_MARK, [row["day"] for row in acknowledged], [row["id"] for row in acknowledged])
            _SENT.inc(len(acknowledged))
        self._pause_at("marked")
        if error is not None:
            raise error
        return len(rows)

    async def _measure(self, connection: Any) -> None:
        measured = await connection.fetchrow(_WAITING)
        for gauge, value in zip((_UNSENT, _OLDEST, _PARKED, _ATTEMPTS), measured, strict=True):
            gauge.set(value)

    async def _maintain(self, connection: Any) -> None:
        await connection.execute("SELECT outbox_make_days($1)", _DAYS_AHEAD)
        await connection.execute("SELECT outbox_drop_days($1)", self._retention_days)
        # The inbox must outlive the journal: a replay would otherwise take effect twice.
        age = timedelta(days=self._retention_days + 1)
        await connection.execute("DELETE FROM inbox WHERE handled_at < now() - $1::interval", age)
        await connection.execute("DELETE FROM idempotency_record WHERE created_at < now() - interval '24 hours'")

    async def _meet_broker(self, connection: Any) -> None:
        async with connection.transaction():
            known = await connection.fetchval("SELECT identity FROM relay_broker FOR UPDATE")
            if known == self._bootstrap:
                return
            if known is not None:
                again = await connection.execute("UPDATE outbox SET sent_at = NULL WHERE sent_at IS NOT NULL")
                _log.info("journal_replayed", to=self._bootstrap, events=again)
            await connection.execute(
                "INSERT INTO relay_broker (identity) VALUES ($1)"
                " ON CONFLICT (id) DO UPDATE SET identity = excluded.identity, met_at = now()",
                self._bootstrap,
            )


async def _send(producer: AIOKafkaProducer, rows: Sequence[Any]) -> tuple[list[Any], KafkaError | None]:
    """Send in order; returns what was acknowledged before the first failure of each aggregate, and that failure."""
    futures = []
    error: KafkaError | None = None
    for row in rows:
        event = event_of(row)
        key = str(event.key).encode()
        try:
            futures.append(await producer.send(event.topic, row["data"].encode(), key=key, headers=event.headers()))
        except KafkaError as failure:
            error = failure
            break
    acknowledged, broken = [], set()
    for row, refusal in zip(rows, await asyncio.gather(*futures, return_exceptions=True), strict=False):
        if not isinstance(refusal, BaseException) and row["aggregate_id"] not in broken:
            acknowledged.append(row)
        else:
            broken.add(row["aggregate_id"])
            error = error or (refusal if isinstance(refusal, KafkaError) else KafkaError(repr(refusal)))
    return acknowledged, error
