# SPDX-License-Identifier: EUPL-1.2
"""Whoever asked to be in the register is told what an agent has settled; the words stay sealed until they are."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import notices, register_requests
from parvis_notifications.db.alert_tables import RegisterRequest
from parvis_notifications.db.notices import ClaimedNotice
from parvis_notifications.domain.message import Template
from parvis_notifications.service.own_register_entry import REFUSED
from parvis_notifications.service.particulars import NeverError, OvertakenError, Told

_SOURCE: Final = "/parvis/notifications/register"


async def tell_settled(session: AsyncSession, row: RegisterRequest, occasion: Template, now: datetime) -> None:
    """Leave the notice in the transaction that settles it; it says nothing but whom it is for, and which occasion."""
    await notices.add(
        session,
        collectivity=row.collectivity,
        event_source=_SOURCE,
        event_id=uuid7(),
        template=occasion,
        person=row.person,
        request_id=row.id,
        reference="",
        effective_at=now,
        sequence=row.version,
        due_at=now,
        traceparent=current_traceparent(),
        created_at=now,
    )


async def own_entry_told(database: Database, persons: PersonKeys, notice: ClaimedNotice) -> Told:
    """What the message says; raises OvertakenError where it is no longer so, NeverError where its words are gone."""
    async with database.reading() as session:
        if notice.template != Template.OWN_ENTRY_REFUSED:
            if await register_requests.entry_of(session, notice.collectivity, notice.person) is None:
                raise OvertakenError
            return Told({})
        at = notice.effective_at or notice.created_at
        row = await register_requests.refused(session, notice.collectivity, notice.request_id, at)
        if row is None or row.reason is None:
            raise OvertakenError
        try:
            key = await persons.of(row.person)
        except KeyDestroyedError as error:
            raise NeverError("person-erased") from error
        return Told({"reason": key.open(REFUSED, row.reason)})
