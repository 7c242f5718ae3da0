# SPDX-License-Identifier: EUPL-1.2
"""The chain of the audit trail: made longer by the worker, checked by whoever doubts it."""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from parvis_identity.db import audit_chain, audit_retention
from parvis_identity.db.audit_chain import Link
from parvis_identity.domain.audit import START, link_hash
from parvis_identity.domain.audit_retention import anchor_seal, fits, line_seal
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_BATCH: Final = 500
_EVERY_SECONDS: Final = 1.0
_log = logger(__name__)


def chain_key(master: MasterKey) -> bytes:
    """The key that every hash of the chain is made with."""
    return master.derive("audit-chain")


class AuditChain:
    """Puts what acts have left into the chain, in batches: no act waits for another one's line."""

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self._key = chain_key(master)

    async def run(self) -> None:
        """Look every second, until cancelled."""
        while True:
            try:
                linked = await self.round()
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("audit_chain_failed", error=type(error).__name__)
                linked = 0
            if linked < _BATCH:
                await asyncio.sleep(_EVERY_SECONDS)

    async def round(self) -> int:
        """One batch; returns how many lines the chain grew by, 0 too where another worker is at it."""
        async with self._database.unit_of_work() as uow:
            head = await audit_chain.lock_head(uow.session)
            if head is None:
                return 0
            sequence, previous = head.sequence, head.hash
            links = []
            for entry in await audit_chain.take_waiting(uow.session, _BATCH):
                sequence += 1
                previous = link_hash(self._key, sequence, previous, entry)
                links.append(Link(sequence=sequence, entry=entry.id, hash=previous))
            if links:
                await audit_chain.add(uow.session, links)
                await uow.commit()
        return len(links)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: how far the chain is as it was written, and the first line that is not.

    ``purged`` lines of it have had their time: a seal of ours stands for each, or for all of the first ones.
    """

    sequence: int
    hash: bytes
    waiting: int
    fault: str | None = None
    line: int | None = None
    entry: UUID | None = None
    purged: int = 0


class CheckAudit:
    """Walks the chain from its first line, in one snapshot of the database."""

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self._key = chain_key(master)

    async def verdict(self) -> Verdict:
        """The whole chain, its end, and entries that no worker can have left out."""
        async with self._database.reading() as session:
            await audit_chain.in_one_snapshot(session)
            waiting = await audit_chain.waiting(session)
            begin = await audit_retention.anchor(session)
            sequence, previous = (begin.sequence, begin.hash) if begin else (0, START)
            purged = sequence
            if begin and not fits(begin.seal, anchor_seal(self._key, begin.sequence, begin.hash)):
                return Verdict(0, START, waiting, "the place where the chain begins was changed", sequence)
            while links := await audit_chain.after(session, sequence, _BATCH):
                gone = [link.sequence for link, entry in links if entry is None]
                seals = await audit_retention.seals(session, gone)
                for link, entry in links:
                    fault = None
                    if link.sequence != sequence + 1:
                        fault = "a line is missing"
                    elif entry is None:
                        expected = line_seal(self._key, link.sequence, link.hash, link.entry)
                        fault = None if fits(seals.get(link.sequence), expected) else "the entry is missing"
                        purged += 1
                    elif link_hash(self._key, link.sequence, previous, entry) != link.hash:
                        fault = "the line was changed, or put in"
                    if fault:
                        return Verdict(sequence, previous, waiting, fault, sequence + 1, link.entry)
                    sequence, previous = link.sequence, link.hash
            head = await audit_chain.head(session)
            if (head.sequence, head.hash) != (sequence, previous):
                return Verdict(sequence, previous, waiting, "the end of the chain is missing", sequence + 1)
            stray = await audit_chain.stray(session)
            if stray:
                return Verdict(sequence, previous, waiting, "the entry was put in beside the chain", None, stray)
        return Verdict(sequence, previous, waiting, purged=purged)
