# SPDX-License-Identifier: EUPL-1.2
"""Ask whoever left an address without an account to confirm it, by a mail with a link."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import confirmations
from parvis_requests.db.tables import Confirmation, Reporter
from parvis_requests.domain.errors import NotFoundError, TooManyMailsError
from parvis_requests.service.keep_reporter import Address, open_address
from parvis_requests.service.tracking_token import digest_of
from parvis_requests.service.waiting_request import CONTENT, WaitingRequest

LINK: Final = "confirmation.token"
# So often is the mail sent for one filing, and no sooner than that after the one before.
MAX_SENT: Final = 4
PAUSE: Final = timedelta(minutes=1)
# Nobody's mailbox is filled by somebody else: beyond that number in a day, no mail goes to an address.
MAX_MAILS_A_DAY: Final = 8
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """What the mail says: to whom, the token of its link, what was filed, until when it waits, and what they follow."""

    address: Address
    token: str
    waiting: WaitingRequest | None
    collectivity: str
    expires_at: datetime
    follows: str | None = None


async def ask_confirmation(
    session: AsyncSession,
    reporter: Reporter,
    email: str,
    waiting: WaitingRequest | None,
    *,
    kept: timedelta,
    persons: PersonKeys,
    index: BlindIndex,
    now: datetime,
    follows: UUID | None = None,
) -> None:
    """Keep what waits for it, if anything, and have the mail sent, in the caller's transaction.

    ``follows`` is the request of somebody else that they follow once they have confirmed.
    """
    key, token = await persons.of(reporter.person), secrets.token_urlsafe(32)
    row = Confirmation(
        id=uuid7(),
        person=reporter.person,
        collectivity=reporter.collectivity,
        digest=digest_of(token),
        token=key.seal(LINK, token),
        address=index.of("confirmation.address", email.casefold()),
        content=key.seal(CONTENT, waiting.model_dump_json()) if waiting else None,
        follows=follows,
        sent=0,
        sent_at=now,
        created_at=now,
        expires_at=now + kept,
    )
    session.add(row)
    await session.flush()
    await send_confirmation(session, row, now)


async def ask_again(session: AsyncSession, tracking_token: str, now: datetime) -> datetime:
    """Have the mail sent once more, in the caller's transaction; returns until when the link is good.

    Raises NotFoundError for whoever has nothing to confirm, or TooManyMailsError.
    """
    row = await confirmations.by_tracking(session, digest_of(tracking_token))
    if row is None or row.confirmed_at is not None or row.expires_at <= now:
        raise NotFoundError
    if row.sent >= MAX_SENT or now < row.sent_at + PAUSE:
        raise TooManyMailsError
    await send_confirmation(session, row, now)
    return row.expires_at


async def read_confirmation(
    session: AsyncSession, confirmation_id: UUID, collectivity: str, *, persons: PersonKeys, now: datetime
) -> ToConfirm:
    """What the mail says, for the service that sends it.

    Raises NotFoundError where nothing is to be confirmed any more, or whoever left the address was erased.
    """
    row = await confirmations.one(session, confirmation_id)
    if row is None or row.collectivity != collectivity or row.confirmed_at or row.expires_at <= now:
        raise NotFoundError
    key = (await persons.of_many({row.person})).get(row.person)
    address = await open_address(await session.get_one(Reporter, row.person), persons=persons)
    if key is None or address is None or row.token is None:
        raise NotFoundError
    waiting = WaitingRequest.model_validate_json(key.open(CONTENT, row.content)) if row.content else None
    followed = await confirmations.followed_by(session, row)
    reference = followed.reference if followed else None
    return ToConfirm(address, key.open(LINK, row.token), waiting, collectivity, row.expires_at, reference)


async def send_confirmation(session: AsyncSession, row: Confirmation, now: datetime) -> None:
    """Have one mail more sent, in the caller's transaction, unless too many went to that address."""
    # Who asks is not told that no mail goes: it would say that others have left this address.
    others = await confirmations.sent_since(session, row.address, now - _DAY)
    row.sent, row.sent_at = row.sent + 1, now
    await session.flush()
    if others < MAX_MAILS_A_DAY:
        await outbox.add(session, events.confirmation_asked(row.id, row.sent, row.person, row.collectivity, now))
