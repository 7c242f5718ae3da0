# SPDX-License-Identifier: EUPL-1.2
"""What every process of every service opens before it works, and closes at the end."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from parvis_kit import clocks, logs, telemetry
from parvis_kit.crypto.keys import BlindIndex, MasterKey
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database, open_database, open_keystore_pool
from parvis_kit.messaging.consumer import Bury, Consumer, Handler
from parvis_kit.messaging.relay import Relay
from parvis_kit.messaging.waker import Waker
from parvis_kit.migrate import head_revision
from parvis_kit.security.dpop import Proofs
from parvis_kit.security.sessions import EndedSessions
from parvis_kit.security.tokens import Keys, TokenVerifier
from parvis_kit.settings import ServiceSettings
from parvis_kit.web.cursor import Cursors
from parvis_kit.web.idempotency import Idempotency
from parvis_kit.web.internal import Check, database_check

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class Runtime(Generic[S]):
    """The open parts of one process; use cases receive the ones they need, never the whole."""

    service: str
    settings: S
    database: Database
    master: MasterKey
    persons: PersonKeys
    blind_index: BlindIndex
    tokens: TokenVerifier
    proofs: Proofs
    ended_sessions: EndedSessions
    cursors: Cursors
    idempotency: Idempotency
    waker: Waker
    migrations_head: str

    def state(self, **more: Any) -> dict[str, Any]:
        """What routes find on ``app.state``: ``runtime``, ``tokens``, ``proofs`` and what the service adds."""
        return {"runtime": self, "tokens": self.tokens, "proofs": self.proofs, **more}

    def relay(self) -> Relay:
        """The relay of this service's outbox; a worker runs it."""
        settings = self.settings
        return Relay(
            settings.database_url.get_secret_value(),
            **settings.kafka(),
            retention_days=settings.journal_retention_days,
            replay_on_new_broker=settings.replay_on_new_broker,
        )

    def consumer(self, name: str, topics: Sequence[str], handlers: Mapping[str, Handler], bury: Bury) -> Consumer:
        """A consumer whose inbox lies in this service's database; a worker runs it."""
        settings = self.settings
        return Consumer(
            name,
            topics,
            handlers,
            bury,
            database=self.database,
            **settings.kafka(),
            fetch_max_wait_ms=settings.fetch_max_wait_ms,
        )

    def checks(self) -> dict[str, Check]:
        """The readiness checks that each process has."""
        return {"database": database_check(self.database, self.migrations_head)}


@asynccontextmanager
async def open_runtime(service: str, process: str, settings: S, migrations: Path) -> AsyncIterator[Runtime[S]]:
    """Open the parts of a process, ``api`` or ``worker``, of the service with that short name, such as ``requests``.

    Its access tokens' audience is ``parvis-<service>``; readiness wants the database at the head of ``migrations``.
    """
    logs.configure(service, process, settings.log_level)
    telemetry.configure(service, process, settings.otlp_endpoint)
    clocks.configure(settings.time_zones)
    master = MasterKey(settings.master_key.get_secret_value())
    async with (
        open_database(settings, f"parvis-{service}-{process}") as database,
        open_keystore_pool(settings) as keystore,
    ):
        waker = Waker(database.hot)
        database.on_commit = waker.wake
        ended = EndedSessions(**settings.kafka(), fetch_max_wait_ms=settings.fetch_max_wait_ms)
        yield Runtime(
            service=service,
            settings=settings,
            database=database,
            master=master,
            persons=PersonKeys(keystore, master),
            blind_index=BlindIndex(master),
            tokens=TokenVerifier(
                issuer=settings.issuer_url, audience=f"parvis-{service}", keys=Keys(settings.jwks_url), ended=ended
            ),
            proofs=Proofs(database.hot),
            ended_sessions=ended,
            cursors=Cursors(master),
            idempotency=Idempotency(database, master),
            waker=waker,
            migrations_head=head_revision(migrations),
        )
