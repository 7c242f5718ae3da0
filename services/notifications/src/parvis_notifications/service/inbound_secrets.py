# SPDX-License-Identifier: EUPL-1.2
"""Secrets of who brings a town's text messages and calls: administrators make, change and revoke them.

They are sealed and not hashed, since a signature is checked with the secret itself.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import MasterKey, SealingKey
from parvis_kit.ids import uuid7
from parvis_notifications.db import inbound_secrets
from parvis_notifications.db.inbound_tables import InboundSecret
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError, TooManyKeysError
from parvis_notifications.domain.signed_hook import HookRefusedError, SignedCall, check
from parvis_notifications.outgoing.webhook_keys import shown_secret
from parvis_notifications.service.edit_templates import Writer

SECRET_LIMIT: Final = 20
"""Of one town: each call is compared with all of them."""
_BYTES: Final = 32


def inbound_key(master: MasterKey) -> SealingKey:
    """The key that seals these secrets."""
    return master.sealing("inbound-secret")


async def make_secret(
    session: AsyncSession, writer: Writer, label: str, sealing: SealingKey, now: datetime
) -> tuple[InboundSecret, str]:
    """A new secret, and as what it is shown this once; raises TooManyKeysError."""
    if await inbound_secrets.count_in(session, writer.collectivity) >= SECRET_LIMIT:
        raise TooManyKeysError
    id_, secret = uuid7(), os.urandom(_BYTES)
    row = InboundSecret(
        id=id_,
        collectivity=writer.collectivity,
        label=label,
        secret=sealing.seal(secret, str(id_)),
        version=1,
        created_by=writer.person,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row, shown_secret(secret)


async def rotate_secret(
    session: AsyncSession, writer: Writer, secret_id: UUID, *, overlap: timedelta, sealing: SealingKey, now: datetime
) -> tuple[InboundSecret, str]:
    """Another secret in its place, shown this once; what the former one signs is taken for a while as well.

    One that was in its overlap is taken no longer. Raises NotFoundError, also for one that is revoked.
    """
    row = await inbound_secrets.one(session, writer.collectivity, secret_id, locked=True)
    if row.revoked_at is not None:
        raise NotFoundError
    secret = os.urandom(_BYTES)
    row.former_secret, row.former_ends_at = (row.secret, now + overlap) if overlap else (None, None)
    row.secret = sealing.seal(secret, str(row.id))
    row.rotated_by, row.rotated_at = writer.person, now
    row.version += 1
    await session.flush()
    return row, shown_secret(secret)


async def revoke_secret(session: AsyncSession, writer: Writer, secret_id: UUID, *, version: int, now: datetime) -> None:
    """End it at once and for good, the former one too; nothing of them is kept.

    Raises NotFoundError, StaleVersionError.
    """
    row = await inbound_secrets.one(session, writer.collectivity, secret_id, locked=True)
    if row.revoked_at is not None:
        raise NotFoundError
    if row.version != version:
        raise StaleVersionError
    row.secret = row.former_secret = row.former_ends_at = None
    row.revoked_by, row.revoked_at = writer.person, now
    row.version += 1
    await session.flush()


async def check_by_secrets(
    session: AsyncSession, collectivity: str, call: SignedCall, sealing: SealingKey, now: datetime
) -> None:
    """Nothing for a call that one of the town's secrets signed, which is noted; raises HookRefusedError."""
    for row in await inbound_secrets.working(session, collectivity):
        try:
            check(call, _good(row, sealing, now), now)
        except HookRefusedError:
            continue
        await inbound_secrets.used(session, row.id)
        return
    raise HookRefusedError


def _good(row: InboundSecret, sealing: SealingKey, now: datetime) -> Iterator[bytes]:
    if row.secret is not None:
        yield sealing.open(row.secret, str(row.id))
    if row.former_secret is not None and row.former_ends_at is not None and row.former_ends_at > now:
        yield sealing.open(row.former_secret, str(row.id))
