# SPDX-License-Identifier: EUPL-1.2
"""Lines of the audit trail go when they have had their time, and the chain can be checked as before."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from parvis_identity.db import audit, audit_retention
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.audit_retention import anchor_seal, line_seal
from parvis_identity.service.audit_chain import chain_key
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_BATCH: Final = 500
_EVERY_SECONDS: Final = 3_600.0
_EVERYTHING: Final = 2**63 - 1
_log = logger(__name__)


class PurgeAudit:
    """The loop, with what it needs; ``reader`` is who has to have a line before it goes."""

    def __init__(self, database: Database, master: MasterKey, reader: str | None) -> None:
        self._database = database
        self._key = chain_key(master)
        self._reader = reader

    async def run(self) -> None:
        """Look every hour, until cancelled."""
        while True:
            try:
                busy = await self.round(datetime.now(UTC)) > 0
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("audit_purge_failed", error=type(error).__name__)
                busy = False
            await asyncio.sleep(1 if busy else _EVERY_SECONDS)

    async def round(self, now: datetime) -> int:
        """One batch of each collectivity, each in a transaction that also records it; returns how many lines went."""
        async with self._database.reading() as session:
            periods = await audit_retention.periods(session)
        gone = 0
        for collectivity, months in periods.items():
            gone += await self._purged(collectivity, months, now)
        if gone:
            await self._begin_later()
        return gone

    async def _purged(self, collectivity: str, months: int, now: datetime) -> int:
        async with self._database.unit_of_work() as uow:
            until = await audit_retention.given_up_to(uow.session, self._reader) if self._reader else _EVERYTHING
            links = await audit_retention.expired(uow.session, collectivity, months, now, until, _BATCH)
            if not links:
                return 0
            seals = [line_seal(self._key, link.sequence, link.hash, link.entry) for link in links]
            await audit_retention.purge(uow.session, links, seals)
            who, on = Actor("service", "purge"), Thing("audit-trail", collectivity)
            what = {"lines": [str(len(links))], "months": [str(months)]}
            await audit.record(uow.session, Act(Action.AUDIT_PURGED, who, on, now, collectivity, what))
            await uow.commit()
        return len(links)

    async def _begin_later(self) -> None:
        async with self._database.unit_of_work() as uow:
            end = await audit_retention.purged_up_to(uow.session)
            if end:
                await audit_retention.move_anchor(uow.session, end[0], anchor_seal(self._key, *end))
                await uow.commit()
