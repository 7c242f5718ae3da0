# SPDX-License-Identifier: EUPL-1.2
"""What every step of forwarding works with: the database, the calls, and how the other body is called and spared."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast
from uuid import UUID

from parvis_kit.crypto.keys import BlindIndex, MasterKey, SealingKey
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_requests.db import open311_bodies
from parvis_requests.db.tables import Open311Body
from parvis_requests.outgoing.open311 import CallError, Endpoint, Mishap, Open311Calls
from parvis_requests.service.catalogue import Catalogues

_REST: Final = timedelta(seconds=30)
_LONGEST_REST: Final = timedelta(hours=1)
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Forwarders:
    """The open parts that forwarding needs."""

    database: Database
    persons: PersonKeys
    catalogues: Catalogues
    calls: Open311Calls
    keys: SealingKey
    index: BlindIndex
    public_url: str


def keys_of(master: MasterKey) -> SealingKey:
    """The key that seals the keys which other bodies gave us."""
    return master.sealing("open311-body")


def sealed_key(body_id: UUID, key: str, keys: SealingKey) -> bytes:
    """A key as it is kept."""
    return keys.seal(key.encode(), str(body_id))


def endpoint_of(body: Open311Body, keys: SealingKey) -> Endpoint:
    """How a body is called."""
    key = keys.open(body.api_key, str(body.id)).decode() if body.api_key else None
    return Endpoint(body.endpoint, cast("Literal['json', 'xml']", body.format), body.jurisdiction_id, key)


async def spare(parts: Forwarders, body_id: UUID, error: CallError, now: datetime) -> bool:
    """Let a body rest that fails as a whole, not over one request; whether it does."""
    if error.mishap is Mishap.REFUSED:
        return False
    rest = timedelta(seconds=error.retry_after) if error.retry_after else _REST
    async with parts.database.unit_of_work() as uow:
        await open311_bodies.failing(uow.session, body_id, error.code, now, now + min(rest, _LONGEST_REST))
        await uow.commit()
    _log.warning("open311_body_failing", body=str(body_id), error=error.code)
    return True


async def answers_again(parts: Forwarders, body_id: UUID) -> None:
    """The body answered: it rests no longer."""
    async with parts.database.unit_of_work() as uow:
        await open311_bodies.well(uow.session, body_id)
        await uow.commit()
