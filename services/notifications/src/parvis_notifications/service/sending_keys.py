# SPDX-License-Identifier: EUPL-1.2
"""Keys of applications: agents make and revoke them, applications show them."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import MasterKey, SealingKey
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_notifications.db import received_texts, sending_jobs, sending_keys, sent_messages
from parvis_notifications.db.sending_tables import SendingKey
from parvis_notifications.domain.errors import InboundNumberError, NotFoundError, StaleVersionError, TooManyKeysError
from parvis_notifications.domain.sending import KeyKind, Sender, SignedToken, shown_key
from parvis_notifications.service.edit_templates import Writer
from parvis_notifications.service.recipients import normal_recipient

KEY_LIMIT: Final = 200


class KeyRefusedError(Exception):
    """No such key works, or no longer; ``revoked`` where there was one."""

    def __init__(self, *, revoked: bool = False) -> None:
        super().__init__()
        self.revoked = revoked


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What a new key may do, and until when."""

    application: str
    kind: KeyKind
    guests: Sequence[str]
    per_minute: int
    per_day: int
    letters_per_day: int
    calls_per_day: int
    inbound_number: str | None
    expires_at: datetime | None


def keys_key(master: MasterKey) -> SealingKey:
    """The key that seals the secrets of applications' keys (docs/decisions/0048 says why they are not hashed)."""
    return master.sealing("sending-key")


async def make_key(
    session: AsyncSession, writer: Writer, wish: KeyWish, sealing: SealingKey, now: datetime
) -> tuple[SendingKey, str]:
    """A new key, and as what it is shown this once.

    Raises TooManyKeysError, RecipientRefusedError for a guest, InboundNumberError where the number is another
    application's, or the key not live.
    """
    if await sending_keys.count_in(session, writer.collectivity) >= KEY_LIMIT:
        raise TooManyKeysError
    if wish.inbound_number is not None:
        # Nobody else makes a key meanwhile. A key that takes the place of another one may have the same.
        theirs = await received_texts.application_of(session, writer.collectivity, wish.inbound_number, now)
        if wish.kind is not KeyKind.LIVE or theirs not in {None, wish.application}:
            raise InboundNumberError
    key_id, secret = uuid7(), str(uuid4())
    guests = sorted({normal_recipient(each) for each in wish.guests})
    row = SendingKey(
        id=key_id,
        collectivity=writer.collectivity,
        application=wish.application,
        kind=wish.kind,
        secret=sealing.seal(secret.encode(), f"{key_id}/secret"),
        guests=sealing.seal(json.dumps(guests).encode(), f"{key_id}/guests") if guests else None,
        per_minute=wish.per_minute,
        per_day=wish.per_day,
        letters_per_day=wish.letters_per_day,
        calls_per_day=wish.calls_per_day,
        inbound_number=wish.inbound_number,
        version=1,
        created_by=writer.person,
        created_at=now,
        expires_at=wish.expires_at,
    )
    session.add(row)
    await session.flush()
    return row, shown_key(wish.application, key_id, secret)


async def revoke_key(
    session: AsyncSession, writer: Writer, key_id: UUID, *, version: int, again: bool, now: datetime
) -> None:
    """End it at once, and for good; ``again`` where it may have ended before.

    Raises NotFoundError, StaleVersionError.
    """
    row = await sending_keys.one(session, writer.collectivity, key_id)
    if row.revoked_at is not None and not again:
        raise NotFoundError
    if row.version != version:
        raise StaleVersionError
    if row.revoked_at is None:
        await sending_keys.change(session, row, revoked_at=now, revoked_by=writer.person)


async def cancel_of_key(database: Database, key_id: UUID, now: datetime) -> None:
    """Stop all that an ended key has had sent and has not gone, in steps that are each kept.

    Whatever breaks it off, the key has ended, and the rest can be stopped by asking again.
    """
    for step in (sending_jobs.cancel_one_of_key, sent_messages.cancel_some_of_key):
        more = True
        while more:
            async with database.unit_of_work() as uow:
                more = await step(uow.session, key_id, now)
                await uow.commit()


async def sender_of_key(session: AsyncSession, key_id: UUID, secret: str, sealing: SealingKey, now: datetime) -> Sender:
    """Who shows a key whole; raises KeyRefusedError."""
    row = await sending_keys.by_id(session, key_id)
    known = sealing.open(row.secret, f"{key_id}/secret") if row else b"-" * 36
    if not hmac.compare_digest(known, secret.encode()) or row is None:
        raise KeyRefusedError
    return await _working(session, row, sealing, now)


async def sender_of_token(session: AsyncSession, token: SignedToken, sealing: SealingKey, now: datetime) -> Sender:
    """Who signed a token with a key; raises KeyRefusedError."""
    row = await sending_keys.by_id(session, token.key_id)
    if row is None or not token.fits(sealing.open(row.secret, f"{row.id}/secret").decode()):
        raise KeyRefusedError
    return await _working(session, row, sealing, now)


async def _working(session: AsyncSession, row: SendingKey, sealing: SealingKey, now: datetime) -> Sender:
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        raise KeyRefusedError(revoked=True)
    await sending_keys.used(session, row.id)
    return sender_of_row(row, sealing)


def sender_of_row(row: SendingKey, sealing: SealingKey) -> Sender:
    """The application that has the key, whether it still works or not."""
    limits, guests = (row.per_minute, row.per_day), guests_of(row, sealing)
    who = (row.id, row.collectivity, row.application, KeyKind(row.kind))
    return Sender(*who, *limits, guests, row.letters_per_day, row.calls_per_day)


def guests_of(row: SendingKey, sealing: SealingKey) -> tuple[str, ...]:
    """Whom a team key may write to."""
    return tuple(json.loads(sealing.open(row.guests, f"{row.id}/guests"))) if row.guests else ()
