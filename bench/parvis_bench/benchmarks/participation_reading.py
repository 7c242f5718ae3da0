# SPDX-License-Identifier: EUPL-1.2
"""How long everybody waits for a page of a long discussion, and of many proposals, newest or most supported first."""

import asyncio
import http.client
import json
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

import asyncpg
from running_service import RunningService, running_service

from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.town import postgres
from parvis_kit.db.database import open_database
from parvis_participation.service.recount import recount
from parvis_participation.settings import MIGRATIONS, Settings
from parvis_testing import migrated_settings

_NAME: Final = "participation.reading"
# Comments of one thread, and proposals of one town; each has supports.
_LONG, _SHORT, _PROPOSALS, _FEW, _SUPPORTS = 5_000, 100, 600, 20, 200
# Of a large town, each with as few supports as most have.
_MANY, _EACH = 50_000, 5
_CALLS: Final = 400
_WARM: Final = 40
_OK: Final = 200
_CONSULTATION: Final = """
INSERT INTO consultation (id, collectivity, title, description, question, options, opens_at, closes_at, published_at,
    version, created_at)
SELECT $1, 'paris', text, text, text, '[]', now() - interval '1 day', now() + interval '1 day', now(), 1, now()
FROM (SELECT '{"fr": "Texte", "en": "Text"}'::jsonb AS text) t
"""
# Every fifth begins a branch of its own, and the four after it answer it.
_COMMENTS: Final = """
WITH said AS (
    SELECT n, decode(lpad(to_hex(n), 32, '0'), 'hex') AS own, decode(lpad(to_hex(n - n % 5), 32, '0'), 'hex') AS above
    FROM generate_series(5, 4 + $2::int) n
)
INSERT INTO comment (id, collectivity, consultation_id, parent_id, path, depth, person, text, state, version,
    created_at, changed_at)
SELECT md5($1::uuid::text || n)::uuid, 'paris', $1,
    CASE WHEN n % 5 > 0 THEN md5($1::uuid::text || (n - n % 5))::uuid END,
    CASE WHEN n % 5 > 0 THEN above || own ELSE own END, least(n % 5, 1), gen_random_uuid(), repeat('Un avis. ', 30),
    'published', 1, now(), now()
FROM said
"""
_PROPOSED: Final = """
WITH made AS (
    INSERT INTO proposal (id, collectivity, person, title, description, state, version, created_at, changed_at)
    SELECT gen_random_uuid(), $1, gen_random_uuid(), 'Banc ' || n, repeat('Au soleil. ', 50), 'published', 1,
        now() - n * interval '1 minute', now()
    FROM generate_series(1, $2::int) n RETURNING id
)
INSERT INTO proposal_support (proposal_id, person, collectivity, created_at)
SELECT id, gen_random_uuid(), $1, now() FROM made, generate_series(1, $3::int)
"""


def measure(folder: Path) -> Sequence[Figure]:
    """Pages of twenty, one after the other, from the first to the last and again."""
    long, short = uuid4(), uuid4()
    with postgres(folder) as server:
        os.environ["PARVIS_TEST_POSTGRES"] = server.url()
        settings = asyncio.run(migrated_settings("participation", Settings, MIGRATIONS))
        database = settings.database_url.get_secret_value().rpartition("/")[2]
        asyncio.run(_fill(server.url(database), {long: _LONG, short: _SHORT}))
        asyncio.run(_count(settings))
        with running_service("participation", settings) as service:
            threads = [_p95(service, f"paris/threads/consultation/{each}/comments") for each in (long, short)]
            lists = [_p95(service, f"{town}/proposals") for town in ("paris", "lutece")]
            sorted_ = [_p95(service, f"{town}/proposals", sort="-supports") for town in ("lyon", "lutece")]
    told = {"thread": threads, "proposals": lists, "supported": sorted_}
    return [Figure(f"{_NAME}.{what}", *_told(times)) for what, times in told.items()]


def _told(times: Sequence[float]) -> tuple[float, str, float]:
    many, few = times
    return many, "ms", few


async def _fill(url: str, threads: dict[UUID, int]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for thread, comments in threads.items():
            await connection.execute(_CONSULTATION, thread)
            await connection.execute(_COMMENTS, thread, comments)
        for town, proposals, supports in (
            ("paris", _PROPOSALS, _SUPPORTS),
            ("lutece", _FEW, _SUPPORTS),
            ("lyon", _MANY, _EACH),
        ):
            await connection.execute(_PROPOSED, town, proposals, supports)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _count(settings: Settings) -> None:
    """As the worker does, which is not there."""
    async with open_database(settings, "bench") as database:
        await recount(database)


def _p95(service: RunningService, path: str, **query: str) -> float:
    """Milliseconds."""
    calls = _asked(service, f"/v1/collectivities/{path}", query)
    times = [next(calls) for _ in range(_WARM + _CALLS)][_WARM:]
    return statistics.quantiles(times, n=100)[94] * 1_000


def _asked(service: RunningService, path: str, query: Mapping[str, str]) -> Iterator[float]:
    """Ask for page after page; gives the seconds of each call."""
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=60)
    asked = dict(query)
    while True:
        begun = time.perf_counter()
        page = _get(connection, f"{path}?{urlencode(asked)}")
        yield time.perf_counter() - begun
        asked = {**query, "cursor": page["next_cursor"]} if page["next_cursor"] else dict(query)


def _get(connection: http.client.HTTPConnection, path: str) -> Any:
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != _OK:
        raise RuntimeError(body[:500].decode("utf-8", "replace"))
    return json.loads(body)


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={f"{_NAME}.{what}": Target("value", "at most", 50) for what in ("thread", "proposals", "supported")},
    measure=measure,
)
