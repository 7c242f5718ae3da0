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
from parvis_notifications.db import bounces, broadcast_reports, dead_addresses, unreachable_addresses
from parvis_notifications.db.bounces import Returned
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.bounce import Fate, Report
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.fingerprints import Fingerprints

_SUBSCRIBER: Final = "subscriber.email"
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
                if fresh and fate is not Fate.DELAYED:
                    await self._mark_subscriber(uow.session, delivery_id, report, now)
            elif fate is Fate.DELAYED:
                fresh = await bounces.delayed(uow.session, delivery_id, report.status, now)
            else:
                returned = await bounces.bounced(uow.session, delivery_id, report.status, report.fault, now)
                fresh = returned is not None
                if returned:
                    await self._mark(uow.session, returned, report, now)
            await uow.commit()
        self._told(fate.name.lower() if fresh else "known", delivery_id, report.status)

    async def _mark_subscriber(self, session: AsyncSession, recipient: int, report: Report, now: datetime) -> None:
        """Of what went to many: the address is theirs as it is known now, where that is the one that was written to."""
        they = await broadcast_reports.mailed(session, recipient)
        if they is None:
            return
        await self._count(session, they.collectivity, they.mark, report, now)
        if they.person is not None and report.fate is Fate.NO_ADDRESS:
            await self._gone(session, Returned(they.person, they.collectivity, they.address), report, now, _SUBSCRIBER)

    async def _mark(self, session: AsyncSession, returned: Returned, report: Report, now: datetime) -> None:
        try:
            key = await self._persons.of(returned.person)
        except KeyDestroyedError:
            return  # of somebody who was erased nothing is kept
        mark = self._fingerprints.of_subscriber(key.open(SEALED_ADDRESS, returned.address))
        await self._count(session, returned.collectivity, mark, report, now)
        if report.fate is Fate.NO_ADDRESS:
            await self._gone(session, returned, report, now, SEALED_ADDRESS)

    async def _count(
        self, session: AsyncSession, collectivity: str, mark: bytes, report: Report, now: datetime
    ) -> None:
        """For what goes to many, and what applications send: one more failure there, or the last that is needed."""
        if report.of_address:
            surely = report.fate is Fate.NO_ADDRESS
            failure = dead_addresses.Failure(collectivity, Channel.EMAIL, mark, report.status, surely)
            await dead_addresses.failed(session, failure, now)

    async def _gone(
        self, session: AsyncSession, returned: Returned, report: Report, now: datetime, column: str
    ) -> None:
        """There is no such address: of that person nothing goes there any more that may be left off."""
        try:
            key = await self._persons.of(returned.person)
        except KeyDestroyedError:
            return  # of somebody who was erased nothing is kept
        fingerprint = self._fingerprints.of(key.open(column, returned.address))
        await unreachable_addresses.mark(
            session,
            returned.person,
            returned.collectivity,
            Channel.EMAIL,
            fingerprint=fingerprint,
            status=report.status,
            now=now,
        )

    def _told(self, outcome: str, delivery_id: UUID | int, status: str) -> None:
        _REPORTS.labels(outcome).inc()
        _log.info("mail_report", delivery=str(delivery_id), outcome=outcome, status=status)
