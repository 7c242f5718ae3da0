# SPDX-License-Identifier: EUPL-1.2
"""How many webhooks a second a worker sends to a subscriber that takes them, beside a dead one and a slow one."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
from running_service import running_service

from parvis_bench import child
from parvis_bench.brokers import broker
from parvis_bench.receiving import receiver
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.town import postgres
from parvis_kit.crypto.keys import MasterKey
from parvis_local.ports import LOOPBACK, free_port
from parvis_notifications.outgoing.webhook_keys import new_keys
from parvis_notifications.service.subscribe_webhook import secrets_key
from parvis_notifications.settings import MIGRATIONS, Settings
from parvis_testing import migrated_settings

_NAME: Final = "events.webhooks"
_EVENTS: Final = 30_000
_BYTES: Final = 700
_LONGEST_SECONDS: Final = 600
_SUBSCRIPTION: Final = """
INSERT INTO webhook_subscription (id, collectivity, client_id, url, event_types, secret, state, version, created_at)
VALUES ($1, 'paris', 'bench', $2, '{fr.parvis.requests.request-submitted.v1}', $3, 'active', 1, now())
"""
# One event in each lane, as where many people file.
_EVENTS_OF_ALL: Final = """
WITH event AS (
    INSERT INTO webhook_event
        (id, collectivity, event_id, event_source, event_type, lane, sequence, content, created_at)
    SELECT gen_random_uuid(), 'paris', gen_random_uuid(), '/parvis/requests',
        'fr.parvis.requests.request-submitted.v1', gen_random_uuid(), 1, convert_to(repeat('x', $2::int), 'UTF8'), now()
    FROM generate_series(1, $1::int) RETURNING id, lane
)
INSERT INTO webhook_delivery (id, collectivity, subscription_id, event_id, lane, sequence, state, attempts, due_at,
    created_at)
SELECT gen_random_uuid(), 'paris', subscription.id, event.id, event.lane, 1, 'pending', 0, now(), now()
FROM event, webhook_subscription AS subscription
"""
_LEFT: Final = """
SELECT EXISTS (SELECT FROM webhook_delivery WHERE subscription_id = $1 AND state IN ('pending', 'sending'))
"""


def measure(folder: Path) -> Sequence[Figure]:
    """The worker as it ships has all of them due at once for each; a bare client's posts are the baseline."""
    with ExitStack() as stack:
        servers = stack.enter_context(broker(folder, []))
        server = stack.enter_context(postgres(folder))
        os.environ["PARVIS_TEST_POSTGRES"] = server.url()
        made = migrated_settings("notifications", Settings, MIGRATIONS, webhook_allowed_networks="127.0.0.0/8")
        settings = asyncio.run(made)
        fast, slow = stack.enter_context(receiver()), stack.enter_context(receiver(slow=True))
        ids = {port: uuid4() for port in (fast, slow, free_port())}
        posts = {"url": _url(fast), "calls": 10_000, "bytes": _BYTES}
        before = child.ask("posting", posts, seconds=120)
        stack.enter_context(running_service("notifications", settings, "worker", KAFKA_BOOTSTRAP_SERVERS=servers))
        seconds = asyncio.run(_sent(settings, ids, ids[fast]))
        after = child.ask("posting", posts, seconds=120)
    print(f"  webhooks {_EVENTS / seconds:.0f}/s  plain {before:.0f}/s, {after:.0f}/s", flush=True)
    return [Figure(f"{_NAME}.rate", _EVENTS / seconds, "1/s", (before + after) / 2)]


async def _sent(settings: Settings, ids: Mapping[int, UUID], fast: UUID) -> float:
    """Seconds from the commit until the last is taken."""
    secrets = secrets_key(MasterKey(settings.master_key.get_secret_value()))
    connection: Any = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        for port, id_ in ids.items():
            await connection.execute(_SUBSCRIPTION, id_, _url(port), secrets.seal(new_keys(), str(id_)))
        await connection.execute(_EVENTS_OF_ALL, _EVENTS, _BYTES)
        began = time.monotonic()
        while await connection.fetchval(_LEFT, fast):
            if time.monotonic() > began + _LONGEST_SECONDS:
                raise RuntimeError("they were not sent in time")
            await asyncio.sleep(0.2)
        return time.monotonic() - began
    finally:
        await connection.close()


def _url(port: int) -> str:
    return f"http://{LOOPBACK}:{port}/hook"


BENCHMARK: Final = Benchmark(name=_NAME, figures={f"{_NAME}.rate": Target("value", "at least", 1_500)}, measure=measure)
