# SPDX-License-Identifier: EUPL-1.2
"""What is done in a town's name, to anything but a poll, is written into one chain that everybody reads.

A line says which act (the operation of the contract), to what, by whom, when, and holds the SHA-256 of the line
before; it is written in the transaction of the act. It names nobody: agents stand under a name for each object, and
of texts that people will read the digest alone is told. Who voted, and in which order, cannot be found from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging.events import instant
from parvis_participation.db import town_acts
from parvis_participation.service.chain_acts import CLOCK
from parvis_participation.service.seals import Seals, canonical

_HOUR: Final = timedelta(hours=1)
_BATCH: Final = 100
RECEIVED: Final = {"desk": ("receiveDeskVoter", "vouchers"), "paper": ("markPaperVoter", "voters")}
"""Under which act those received by a channel are told, and as what: who lost a voucher gets another."""


@dataclass(frozen=True, slots=True)
class TownAct:
    """One act; ``of`` names what it was done to, by the names of the contract's paths, ``agent`` None the clock."""

    act: str
    of: Mapping[str, str]
    at: datetime
    agent: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


async def add_act(session: AsyncSession, collectivity: str, done: TownAct) -> None:
    """Write it as the last thing of the caller's transaction: until that ends, no other act of the town is written."""
    number, before = await town_acts.head(session, collectivity, lock=True)
    line = canonical(
        {
            "collectivity": collectivity,
            "number": number + 1,
            "act": done.act,
            "of": dict(done.of),
            "agent": CLOCK if done.agent is None else done.agent,
            "at": instant(done.at),
            "details": dict(done.details),
            "previous": before.hex(),
        }
    )
    await town_acts.add(session, collectivity, number + 1, line.decode(), sha256(line).digest())


async def count_reception(
    session: AsyncSession, collectivity: str, poll_id: UUID, agent: str, channel: str, now: datetime
) -> None:
    """Count a voter whom an agent received, in a transaction of its own.

    A line for each, or the count in the transaction of an entry of the roll, would tell in which order they came.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    await town_acts.received(session, collectivity, poll_id, agent, channel, hour)


async def chain_receptions(database: Database, now: datetime) -> int:
    """Write into the chain how many voters each agent received, once their hour is over; returns how many lines.

    One town a transaction, as each holds the chain of its town.
    """
    done = 0
    while True:
        async with database.unit_of_work() as uow:
            found = await town_acts.take_receptions(uow.session, now - _HOUR, _BATCH)
            for row in found:
                name, counted = RECEIVED[row["channel"]]
                of, told = {"poll_id": str(row["poll_id"])}, {counted: row["voters"]}
                await add_act(uow.session, row["collectivity"], TownAct(name, of, row["hour"], row["agent"], told))
            await uow.commit()
        if not found:
            return done
        done += len(found)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest act of a town, and the service's signature of it."""

    number: int
    digest: bytes
    signature: bytes


async def head_of(session: AsyncSession, collectivity: str, seals: Seals) -> Head:
    """Whoever keeps it finds out whether acts were changed, added before it or taken out."""
    number, digest = await town_acts.head(session, collectivity)
    return Head(number, digest, seals.acts(collectivity, number, digest))
