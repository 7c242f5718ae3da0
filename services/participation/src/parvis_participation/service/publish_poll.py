# SPDX-License-Identifier: EUPL-1.2
"""An agent publishes a poll, which freezes its options and rules."""

import os
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import instant
from parvis_participation import events
from parvis_participation.db import entitled, polls
from parvis_participation.db.tables import Poll as Row
from parvis_participation.domain.eligibility import EmptyListError
from parvis_participation.domain.errors import AlteredPollError, StaleVersionError, TransitionError
from parvis_participation.domain.poll import Poll
from parvis_participation.service.chain_acts import By, Chain
from parvis_participation.service.seals import canonical

_SALT_BYTES: Final = 32


async def publish_poll(
    session: AsyncSession, collectivity: str, poll_id: UUID, chain: Chain, by: By, *, version: int
) -> Row:
    """Publish the version that the agent saw and tell it, in the caller's transaction.

    Raises NotFoundError, TransitionError once it was published or should have opened and for the poll of a
    participatory budget, StaleVersionError, or EmptyListError.
    """
    row = await polls.one(session, collectivity, poll_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    if row.of_budget:  # by its budget's opening of the vote
        raise TransitionError("publish")
    await freeze_poll(session, row, polls.entity(row).published(by.at), chain, by)
    return row


async def freeze_poll(session: AsyncSession, row: Row, after: Poll, chain: Chain, by: By) -> None:
    """Write the poll as published, with its digest, in the caller's transaction; raises EmptyListError."""
    await polls.save(session, after)
    if after.eligibility.listed:
        await _freeze_list(session, row)
    row.digest = digest(row)
    conditions = {"digest": row.digest.hex(), "entitled": row.entitled}
    await chain.add(session, row.collectivity, row.id, "published", by, **conditions)
    await outbox.add(session, events.poll_published(after, by.at))
    await session.flush()
    await session.refresh(row)


async def _freeze_list(session: AsyncSession, row: Row) -> None:
    number = await entitled.count(session, row.id)
    if not number:
        raise EmptyListError
    # Without the salt, whoever can make keys could find out whether a list has changed by one person.
    row.entitled_salt = os.urandom(_SALT_BYTES)
    row.entitled = {"count": number, "digest": (await entitled.digest(session, row.id, row.entitled_salt)).hex()}


async def check_list(session: AsyncSession, row: Row) -> None:
    """Raise AlteredPollError where the list is not the frozen one, or somebody voted who is not on it."""
    if row.entitled is None:
        return
    now = await entitled.digest(session, row.id, row.entitled_salt or b"")
    if now.hex() != row.entitled["digest"] or await entitled.strangers(session, row.id):
        raise AlteredPollError


def definition(row: Row) -> dict[str, Any]:
    """Everything that a published poll has frozen."""
    # Polls of before there were conditions keep their digest.
    conditions = {name: getattr(row, name) for name in ("eligibility", "entitled") if getattr(row, name) is not None}
    return conditions | {
        "id": str(row.id),
        "collectivity": row.collectivity,
        "title": row.title,
        "description": row.description,
        "options": row.options,
        "budgets": row.budgets,
        "rules": row.rules,
        "method": row.method,
        "board": {"key": row.board_key.hex(), "members": row.board_members, "threshold": row.board_threshold},
        "opens_at": instant(row.opens_at),
        # The one that was announced: letting a poll last longer is an act of its own.
        "closes_at": instant(row.announced_close_at or row.closes_at),
    }


def digest(row: Row) -> bytes:
    """The SHA-256 of the frozen definition: published before the vote, and the seed of the tie order."""
    return sha256(canonical(definition(row))).digest()
