# SPDX-License-Identifier: EUPL-1.2
"""How accounts that are to be told are reached: asked of identity beforehand, for in an emergency there is no time.

A hundred thousand questions would take longer than the flood. An address is asked for when its person subscribes,
when identity tells that it has changed, and every month; who is not known any more is told nothing any more.
"""

import asyncio
from datetime import timedelta
from typing import Any, Final

import asyncpg

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_notifications.domain.subscribing import ASKED_EVERY
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.machine import UnreachableError
from parvis_notifications.outgoing.mail_format import BadAddressError, normal_address
from parvis_notifications.outgoing.owner_answers import Contact
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.recipients import fixed_line
from parvis_notifications.service.subscribe_alone import address_mark
from parvis_notifications.service.try_confirmed import try_confirmed
from parvis_notifications.settings import Settings

_BATCH: Final = 50
_LEASE: Final = timedelta(minutes=5)
_CLAIM: Final = """
WITH due AS (
    SELECT id FROM subscriber WHERE contact_due_at <= now() ORDER BY contact_due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE subscriber SET contact_due_at = now() + $2 WHERE id IN (SELECT id FROM due)
RETURNING id, person, collectivity, contact_due_at
"""
# Not where another change was told meanwhile: then it is asked for again. Another address than before was confirmed
# since: whatever failed there, it is tried.
_KEEP: Final = """
WITH former AS (
    SELECT id, email_mark, phone_mark FROM subscriber WHERE id = $1 AND contact_due_at = $2 FOR UPDATE),
kept AS (
    UPDATE subscriber s SET email = $3, email_mark = $4, phone = $5, line_mark = $6, phone_mark = $7,
        contact_due_at = now() + $8
    FROM former WHERE s.id = former.id),
fresh AS (
    SELECT $4::bytea AS mark, 'email' AS channel FROM former WHERE email_mark IS DISTINCT FROM $4
    UNION ALL SELECT $7::bytea, 'sms' FROM former WHERE phone_mark IS DISTINCT FROM $7)
DELETE FROM dead_address x USING fresh WHERE x.mark = fresh.mark AND x.channel = fresh.channel
"""
_FORGET: Final = "DELETE FROM subscriber WHERE id = $1 AND contact_due_at = $2"
# Since it went: it may have been written long before.
_OLD: Final = """
SELECT id FROM broadcast b WHERE created_at < now() - $1::interval AND frozen_at < now() - $1::interval
AND EXISTS (SELECT 1 FROM recipient r WHERE r.broadcast_id = b.id) ORDER BY created_at LIMIT 1
"""
# An audience may be a whole town: deleted at once, it would take longer than a statement may. Each goes with how they
# were told: who is there without that was reached by no channel.
_OLD_RECIPIENTS: Final = """
WITH old AS MATERIALIZED (SELECT number FROM recipient WHERE broadcast_id = $1 LIMIT $2),
attempts AS (DELETE FROM broadcast_attempt a USING old WHERE a.recipient = old.number),
deliveries AS (DELETE FROM broadcast_delivery d USING old WHERE d.recipient = old.number)
DELETE FROM recipient r USING old WHERE r.number = old.number
"""
_OLD_ACCESSES: Final = """
DELETE FROM register_access WHERE id IN (
    SELECT id FROM register_access WHERE created_at < now() - $1::interval ORDER BY created_at LIMIT 1000)
"""
_UNCONFIRMED: Final = """
SELECT id, key_person FROM subscriber WHERE state = 'pending' AND id IN (
    SELECT subscriber_id FROM subscription_code WHERE expires_at < now() - interval '1 hour' LIMIT 1000)
"""
_log = logger(__name__)


class ContactRefresher:
    """The loop that asks."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        index: BlindIndex,
        owners: Owners,
        settings: Settings,
        bell: Bell,
    ) -> None:
        self._pool = database.pool
        self._persons = persons
        self._index = index
        self._owners = owners
        self._poll_seconds = settings.poll_seconds
        self._bell = bell

    async def run(self) -> None:
        """Ask until cancelled."""
        await in_rounds(self.round, self._bell, self._poll_seconds, "contact_refresher")

    async def round(self) -> bool:
        """Ask for those that are due; False where none was."""
        due = await self._pool.fetch(_CLAIM, _BATCH, _LEASE)
        for row in due:
            try:
                await self._one(row)
            except UnreachableError as error:
                _log.warning("contact_not_refreshed", subscriber=str(row["id"]), error=str(error))
        return await try_confirmed(self._pool, self._index, self._owners) or bool(due)

    async def _one(self, row: "asyncpg.Record") -> None:
        contact = await self._owners.contact(row["person"], row["collectivity"])
        try:
            key = await self._persons.of(row["person"])
        except KeyDestroyedError:
            contact = None
        if contact is None:
            await self._pool.execute(_FORGET, row["id"], row["contact_due_at"])
            return
        line, line_mark = self._sealed(key, Channel.SMS, contact)
        texted = None if contact.phone and fixed_line(contact.phone) else line_mark
        kept = (*self._sealed(key, Channel.EMAIL, contact), line, line_mark, texted)
        await self._pool.execute(_KEEP, row["id"], row["contact_due_at"], *kept, ASKED_EVERY)

    def _sealed(self, key: PersonKey, channel: Channel, contact: Contact) -> tuple[Any, Any]:
        address = contact.email if channel is Channel.EMAIL else contact.phone
        if not address:
            return None, None
        column = "subscriber.email" if channel is Channel.EMAIL else "subscriber.phone"
        try:
            address = normal_address(address) if channel is Channel.EMAIL else address
        except BadAddressError:
            return None, None
        return key.seal(column, address), address_mark(self._index, channel, address)


async def purge_unconfirmed(pool: "asyncpg.Pool[Any]", persons: PersonKeys) -> None:
    """What nobody confirmed in time goes, an hour after it could have been, with the message that asked for it.

    The keys go first: whoever is killed in between leaves rows that the next round finds.
    """
    old = await pool.fetch(_UNCONFIRMED)
    for row in old:
        await persons.destroy(row["key_person"])
    await pool.execute("DELETE FROM subscriber WHERE state = 'pending' AND id = ANY($1)", [row["id"] for row in old])


async def purge_audiences(pool: "asyncpg.Pool[Any]", age: timedelta, *, limit: int = 2_000) -> bool:
    """Forget some of those who were told of one broadcast so long ago, and how; False where none is left."""
    old = await pool.fetchval(_OLD, age)
    if old is not None:
        await pool.execute(_OLD_RECIPIENTS, old, limit)
    return old is not None


async def purge_subscribers_regularly(pool: "asyncpg.Pool[Any]", persons: PersonKeys, settings: Settings) -> None:
    """Both, and old notes of who saw the register, until cancelled."""
    while True:
        more = False
        try:
            await purge_unconfirmed(pool, persons)
            await pool.execute(_OLD_ACCESSES, timedelta(days=settings.message_retention_days))
            more = await purge_audiences(pool, timedelta(days=settings.audience_retention_days))
        except Exception as error:  # noqa: BLE001 - tried again at the next round
            _log.warning("purge_failed", error=type(error).__name__)
        await asyncio.sleep(1 if more else 600)
