# SPDX-License-Identifier: EUPL-1.2
"""A town that votes in secret: participation and identity on one PostgreSQL, people whose identity was verified."""

import asyncio
import json
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
from running_service import RunningService, running_service
from town_seed import demo_seed

from parvis_bench.collector import collector
from parvis_bench.town import CALLERS, postgres
from parvis_identity.service import seed
from parvis_identity.settings import MIGRATIONS as IDENTITY_MIGRATIONS
from parvis_identity.settings import Settings as IdentitySettings
from parvis_kit.runtime import open_runtime
from parvis_local.postgres import EmbeddedPostgres
from parvis_participation.domain.paper import fold
from parvis_participation.service.board_keys import make_board_key
from parvis_participation.service.envelope import public_key, seal
from parvis_participation.settings import MIGRATIONS, Settings
from parvis_testing import TokenIssuer, migrated_settings

_SECRET: Final = "p" * 40  # of the demo's seed under test
_TOKEN_SECONDS: Final = 7_200
_MOST: Final = 5
_POLL: Final = """
INSERT INTO poll (id, collectivity, title, description, options, budgets, rules, method, eligibility, board_key,
    board_members, board_threshold, opens_at, closes_at, published_at, version, created_at)
SELECT $1, 'paris', text, text, options, '[{"area": null, "amount": "100000"}]',
    '{"kind": "approval", "least": 1, "most": 5, "points": null, "points_each": null}',
    '{"rule": "greedy", "utility": "cost", "completion": "greedy", "increment": "1"}', '{}', $2, 3, 2,
    now() - interval '1 hour', now() + interval '1 day', now() - interval '2 hours', 2, now()
FROM (SELECT '{"fr": "Texte", "en": "Text"}'::jsonb AS text) t, (
    SELECT jsonb_agg(jsonb_build_object('code', n::text, 'label', '{"fr": "Parc", "en": "Park"}'::jsonb,
        'cost', '1000', 'area', null)) AS options FROM generate_series(1, 200) n) o
"""
_PEOPLE: Final = """
WITH made AS (
    INSERT INTO person (id, collectivity, language, version, created_at, updated_at)
    SELECT p, 'paris', 'fr', 1, now(), now() FROM unnest($1::uuid[]) p RETURNING id
)
INSERT INTO identity_proof (id, person, collectivity, source, pivot_index, proved_at)
SELECT gen_random_uuid(), id, 'paris', 'provider', decode(replace(id::text, '-', ''), 'hex'), now() FROM made
"""


@dataclass(frozen=True, slots=True)
class VotingTown:
    """Where people vote; ``sealed`` is an envelope as the service takes them: what is in it only a count would see."""

    server: EmbeddedPostgres
    database: str
    service: RunningService
    identity: RunningService
    people: Sequence[UUID]
    board: bytes

    def poll(self) -> UUID:
        """One more poll, open, of 200 projects."""
        poll = uuid4()
        asyncio.run(self._execute(_POLL, poll, self.board))
        return poll

    def ballots(self, poll: UUID, number: int) -> list[tuple[str, str]]:
        """So many calls of people who vote in it, each once, with a token that no process has seen."""
        until = int(time.time()) + _TOKEN_SECONDS
        content = fold((("1", 1),), os.urandom(32), _MOST)
        sealed = urlsafe_b64encode(seal(content, poll, public_key(self.board))).decode().rstrip("=")
        return [_call(self.service.issuer, poll, person, sealed, until) for person in self.people[:number]]

    async def _execute(self, statement: str, *values: Any) -> None:
        connection = await asyncpg.connect(self.server.url(self.database))
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()


@contextmanager
def voting_town(folder: Path, people: int) -> Iterator[VotingTown]:
    """Both services as they ship, and so many people."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres(folder))
        os.environ["PARVIS_TEST_POSTGRES"] = server.url()
        voters = [uuid4() for _ in range(people)]
        settings = asyncio.run(_identity(voters))
        traces = stack.enter_context(collector())
        identity = stack.enter_context(running_service("identity", settings, OTEL_EXPORTER_OTLP_ENDPOINT=traces))
        own = asyncio.run(
            migrated_settings("participation", Settings, MIGRATIONS, machine_client_secret=_SECRET, pool_size=CALLERS)
        )
        where = {"PARVIS_IDENTITY_INTERNAL_URL": identity.internal_url, "OTEL_EXPORTER_OTLP_ENDPOINT": traces}
        service = stack.enter_context(running_service("participation", own, **where))
        database = own.database_url.get_secret_value().rpartition("/")[2]
        yield VotingTown(server, database, service, identity, voters, make_board_key(3, 2)[0])


async def _identity(people: Sequence[UUID]) -> IdentitySettings:
    settings = await migrated_settings("identity", IdentitySettings, IDENTITY_MIGRATIONS, pool_size=CALLERS)
    async with open_runtime("identity", "bench", settings, IDENTITY_MIGRATIONS) as runtime:
        await seed.apply(demo_seed(), runtime.database, runtime.blind_index)
        await runtime.database.pool.execute(_PEOPLE, list(people))
    return settings


def _call(issuer: TokenIssuer, poll: UUID, person: UUID, sealed: str, until: int) -> tuple[str, str]:
    token = issuer.token(
        audience="parvis-participation", scope="participation.ballots.write", sub=str(person), exp=until, acr="eidas1"
    )
    body = json.dumps({"commitment": os.urandom(32).hex(), "sealed": sealed})
    lines = (
        f"POST /v1/polls/{poll}/ballots HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {token}",
        "Accept-Language: fr",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines), body
