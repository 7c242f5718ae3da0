# SPDX-License-Identifier: EUPL-1.2
"""The audit trail, given to a SIEM as it grows: every line at least once, in its order."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID, uuid4

from parvis_identity.db import audit_chain, audit_readers
from parvis_identity.domain.audit import Entry
from parvis_identity.outgoing.siem import ReceiverGoneError
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

READER: Final = "siem"
_BATCH: Final = 200
_LEASE: Final = timedelta(minutes=1)
_EVERY_SECONDS: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_log = logger(__name__)


class Receiver(Protocol):
    """Where lines go."""

    async def send(self, lines: bytes) -> None:
        """Returns once they are there; raises ReceiverGoneError."""

    def close(self) -> None:
        """Let go of the connection."""


class StreamAudit:
    """Gives lines to a receiver; how far it has them is kept in the database, once it has them.

    One worker gives at a time: it holds a lease, and another takes over where it dies.
    """

    def __init__(self, database: Database, receiver: Receiver, written: Callable[[int, bytes, Entry], bytes]) -> None:
        self._database = database
        self._receiver = receiver
        self._written = written
        self._holder: UUID = uuid4()

    async def run(self) -> None:
        """Look every second, until cancelled; more rarely while the receiver is away."""
        try:
            await self._give()
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the receiver."""
        self._receiver.close()

    async def _give(self) -> None:
        pause = _EVERY_SECONDS
        while True:
            sent = 0
            try:
                sent = await self.round(datetime.now(UTC))
                pause = _EVERY_SECONDS
            except ReceiverGoneError as error:
                pause = min(pause * 2, _LONGEST_PAUSE)
                _log.warning("siem_unreachable", error=str(error), retry_in_seconds=pause)
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("audit_stream_failed", error=type(error).__name__)
            if sent < _BATCH:
                await asyncio.sleep(pause)

    async def round(self, now: datetime) -> int:
        """One batch; returns how many lines the receiver has got, 0 where another worker gives them.

        Raises ReceiverGoneError: nothing of the batch counts as given.
        """
        async with self._database.unit_of_work() as uow:
            given = await audit_readers.hold(uow.session, READER, self._holder, now, _LEASE)
            await uow.commit()
        if given is None:
            return 0
        async with self._database.reading() as session:
            links = await audit_chain.after(session, given, _BATCH)
        lines = [self._written(link.sequence, link.hash, entry) for link, entry in links if entry]
        if not links:
            return 0
        await self._receiver.send(b"".join(lines))
        async with self._database.unit_of_work() as uow:
            await audit_readers.advance(uow.session, READER, self._holder, links[-1][0].sequence)
            await uow.commit()
        return len(lines)
