# SPDX-License-Identifier: EUPL-1.2
"""Applications are called back when a message that they had sent has come further: each change is a signed webhook.

What is told is the message's id, its status and the application's own reference, which is sealed until it goes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.messaging.events import Event, instant
from parvis_notifications.db import sent_message_changes, webhook_deliveries
from parvis_notifications.db.sent_message_changes import Change
from parvis_notifications.db.webhook_deliveries import SEALED_CONTENT
from parvis_notifications.domain.delivery import Finality, SendingState, finality
from parvis_notifications.domain.sending import status_of
from parvis_notifications.domain.webhook import CALLBACK_EVENT
from parvis_notifications.outgoing.webhook import cloud_event
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.send_message import SOURCE
from parvis_notifications.settings import Settings

_BATCH: Final = 100


class CallbackTeller:
    """The loop that turns changes into webhooks; the webhook sender has them from there."""

    def __init__(self, database: Database, persons: PersonKeys, settings: Settings, bell: Bell) -> None:
        self._database = database
        self._persons = persons
        self._public_url = settings.public_url
        self._poll_seconds = settings.poll_seconds
        self._bell = bell

    async def run(self) -> None:
        """Tell until cancelled."""
        await in_rounds(self.round, self._bell, self._poll_seconds, "callback_teller")

    async def round(self) -> bool:
        """One batch, in one transaction with its end; False where nothing waited."""
        async with self._database.unit_of_work() as uow:
            changes = await sent_message_changes.claim(uow.session, _BATCH)
            if not changes:
                return False
            keys = await self._persons.of_many({change.recipient for change in changes})
            await self._tell(uow.session, changes, keys)
            await sent_message_changes.forget(uow.session, [change.number for change in changes])
            await uow.commit()
        return True

    async def _tell(self, session: AsyncSession, changes: Sequence[Change], keys: Mapping[UUID, PersonKey]) -> None:
        wanting: dict[UUID, Sequence[UUID]] = {}
        for change in changes:
            if change.key_id not in wanting:
                wanting[change.key_id] = await sent_message_changes.callbacks(
                    session, change.collectivity, change.key_id
                )
            key = keys.get(change.recipient)
            if key is not None and wanting[change.key_id]:
                await self._add(session, change, key, wanting[change.key_id])

    async def _add(self, session: AsyncSession, change: Change, key: PersonKey, wanting: Sequence[UUID]) -> None:
        event = changed_event(change, key)
        await webhook_deliveries.add(
            session,
            wanting,
            lane=change.message_id,
            sequence=change.number,
            now=datetime.now(UTC),
            collectivity=change.collectivity,
            event_id=event.id,
            event_source=event.source,
            event_type=event.type,
            person=change.recipient,
            content=key.seal_bytes(SEALED_CONTENT, cloud_event(event, self._public_url)),
        )


def changed_event(change: Change, key: PersonKey) -> Event:
    """What the application is told of its own message."""
    state = SendingState(change.state)
    data = {
        "message": str(change.message_id),
        "collectivity": change.collectivity,
        "channel": change.channel,
        "status": status_of(state, change.reply, change.fault),
        # A mail that its relay has taken may yet come back.
        "final": finality(state) is Finality.FINAL,
        "reference": key.open("sent_message.reference", change.reference) if change.reference is not None else None,
        "occurred_at": instant(change.changed_at),
        "sequence": change.number,
    }
    return Event(
        id=change.id,
        type=CALLBACK_EVENT,
        source=SOURCE,
        subject=str(change.message_id),
        time=change.changed_at,
        collectivity=change.collectivity,
        sequence=change.number,
        key=change.message_id,
        topic="",
        data=data,
    )
