# SPDX-License-Identifier: EUPL-1.2
"""A town that receives requests: a PostgreSQL that keeps what it commits, the demo catalogue, people with keys."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from pydantic import SecretStr

from parvis_kit.crypto.keys import MasterKey
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import open_keystore_pool
from parvis_local.postgres import EmbeddedPostgres
from parvis_local.stack.data import DEMO
from parvis_requests.settings import MIGRATIONS, Settings
from parvis_testing import TokenIssuer, migrated_settings

COLLECTIVITY: Final = "paris"
# Callers at a time, and connections of the service to its database: pgbench gets as many.
CALLERS: Final = 16
# As many people as file a request in a large town within the hour: enough that no cache holds but a few of them warm.
_PEOPLE: Final = 1_000
_TOKEN_SECONDS: Final = 7_200
BODY: Final[dict[str, Any]] = {
    "request_type": "cartons",
    "description": "Des cartons mouillés devant le numéro 4, depuis mardi ; ils gênent le passage des poussettes.",
    "answers": {"blocks_pavement": True, "quantity": 3},
    "position": {"type": "Point", "coordinates": [2.3522, 48.8566]},
    "address": "4 place de l'Hôtel-de-Ville, 75004 Paris",
}


@dataclass(frozen=True, slots=True)
class Town:
    """Where the requests go.

    Attributes:
        server: PostgreSQL, with its usual durability: every commit waits for the disk.
        settings: the settings of the service, its defaults but for addresses, secrets and the number of connections.
        people: who file requests; each has a key in the key store already.
    """

    server: EmbeddedPostgres
    settings: Settings
    people: Sequence[UUID]

    @property
    def database(self) -> str:
        """Name of the service's database."""
        return self.settings.database_url.get_secret_value().rpartition("/")[2]

    def submissions(self, issuer: TokenIssuer, people: Sequence[UUID] = ()) -> list[tuple[str, str]]:
        """One call of ``POST /v1/requests`` for each person, as :func:`parvis_bench.load.run_load` sends it."""
        body = json.dumps(BODY, ensure_ascii=False)
        until = int(time.time()) + _TOKEN_SECONDS
        heads = []
        for person in people or self.people:
            token = issuer.token(
                audience="parvis-requests", scope="requests.requests.write", sub=str(person), exp=until
            )
            lines = (
                "POST /v1/requests HTTP/1.1",
                "Host: localhost",
                f"Authorization: Bearer {token}",
                "Accept-Language: fr",
                "Content-Type: application/json",
                f"Content-Length: {len(body.encode())}",
            )
            heads.append("\r\n".join(lines))
        return [(head, body) for head in heads]


@contextmanager
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    """The embedded PostgreSQL as ``make run`` starts it."""
    server = EmbeddedPostgres(folder / "postgres", log=folder / "postgres.log")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """The service's database, filled."""
    with postgres(folder) as server:
        os.environ["PARVIS_TEST_POSTGRES"] = server.url()
        yield asyncio.run(_filled(server, folder))


def plain(settings: Settings) -> dict[str, Any]:
    """What was set of the settings, as another process takes it, secrets in clear."""
    values = settings.model_dump(exclude_defaults=True)
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) for name, value in values.items()
    }


async def _filled(server: EmbeddedPostgres, folder: Path) -> Town:
    settings = await migrated_settings(
        "requests", Settings, MIGRATIONS, attachments_directory=folder / "attachments", pool_size=CALLERS
    )
    subprocess.run(  # noqa: S603, ASYNC221 - our own program, and nothing else runs here yet
        [sys.executable, "-m", "parvis_requests", "seed", str(DEMO / "requests.yaml")],
        env={**os.environ, **{f"PARVIS_REQUESTS_{name.upper()}": value for name, value in plain(settings).items()}},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    people = [uuid4() for _ in range(_PEOPLE)]
    async with open_keystore_pool(settings) as pool:
        keys = PersonKeys(pool, MasterKey(settings.master_key.get_secret_value()))
        for person in people:
            await keys.of(person)
    return Town(server, settings, people)
