# SPDX-License-Identifier: EUPL-1.2
"""A report on a mail has come back: keep what it says of the mail, and of the address where it says something of it."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_notifications.db import bounces, broadcast_reports, unreachable_addresses
from parvis_notifications.db.bounces import Returned
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.bounce import Fate, Report
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.fingerprints import Fingerprints

_log = logger(__name__)
_REPORTS: Final = Counter("parvis_mail_reports_total", "Reports on mails by what they say", ["outcome"])


class NoteBounce:
    """The use case, with what it needs."""

    def __init__(self, database: Database, persons: PersonKeys, fingerprints: Fingerprints) -> None:
        self._database = database
        self._persons = persons
        self._fingerprints = fingerprints

    async def note(self, delivery_id: UUID | int, report: Report | None) -> None:
        """Keep it of a delivery, or by their number of a recipient of what went to many.

        None is a mail to the address of bounces that reports nothing, such as an out-of-office answer.
        """
        fate = report.fate if report else None
        if report is None or fate is None:
            self._told("ignored", delivery_id, "")
            return
        now = datetime.now(UTC)
        async with self._database.unit_of_work() as uow:
            if isinstance(delivery_id, int):
                noted = broadcast_reports.delayed if fate is Fate.DELAYED else broadcast_reports.bounced
                fresh = await noted(uow.session, delivery_id, report.status, now)
            elif fate is Fate.DELAYED:
                fresh = await bounces.delayed(uow.session, delivery_id, report.status, now)
            else:
                returned = await bounces.bounced(uow.session, delivery_id, report.status, report.fault, now)
                fresh = returned is not None
                if returned and fate is Fate.NO_ADDRESS:
                    await self._mark(uow.session, returned, report.status, now)
            await uow.commit()
        self._told(fate.name.lower() if fresh else "known", delivery_id, report.status)

    async def _mark(self, session: AsyncSession, returned: Returned, status: str, now: datetime) -> None:
        try:
            key = await self._persons.of(returned.person)
        except KeyDestroyedError:
            return  # of somebody who was erased nothing is kept
        fingerprint = self._fingerprints.of(key.open(SEALED_ADDRESS, returned.address))
        await unreachable_addresses.mark(
            session,
            returned.person,
            returned.collectivity,
            Channel.EMAIL,
            fingerprint=fingerprint,
            status=status,
            now=now,
        )

    def _told(self, outcome: str, delivery_id: UUID | int, status: str) -> None:
        _REPORTS.labels(outcome).inc()
        _log.info("mail_report", delivery=str(delivery_id), outcome=outcome, status=status)
