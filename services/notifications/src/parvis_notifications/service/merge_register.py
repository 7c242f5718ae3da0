# SPDX-License-Identifier: EUPL-1.2
"""What one account has, or asks, in registers of people who may need help is the account's that took its place."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey
from parvis_notifications.db import register, register_requests
from parvis_notifications.service.own_register_entry import ASKED, REFUSED


async def move_register(
    session: AsyncSession, absorbed: UUID, kept: UUID, collectivity: str, old: PersonKey, new: PersonKey
) -> None:
    """Where the account that stays has an entry, that one is its own; the other stays in the register as it is.

    What either asked for goes where there is an entry then, which its person corrects at once: an agent who accepts it
    later would take newer words back. ``collectivity`` is where the accounts were joined.
    """
    # Who settles what the absorbed account asked, or asks by it, has had their turn first, or finds it moved.
    for town in sorted({collectivity, *await register_requests.towns_of(session, absorbed)}):
        for account in (absorbed, kept):
            await register_requests.lock(session, town, account)
    for entry in await register_requests.entries_everywhere(session, absorbed):
        other = await register_requests.entry_of(session, entry.collectivity, kept)
        entry.person = kept if other is None else None
        asked = await register_requests.of_person(session, entry.collectivity, kept)
        if asked is not None:
            await session.delete(asked)
        await session.flush()
    for row in await register_requests.everywhere(session, absorbed):
        taken = await register_requests.of_person(session, row.collectivity, kept) is not None
        if taken or await register_requests.entry_of(session, row.collectivity, kept) is not None:
            await session.delete(row)
            continue
        row.content = new.seal(ASKED, old.open(ASKED, row.content))
        row.reason = new.seal(REFUSED, old.open(REFUSED, row.reason)) if row.reason is not None else None
        row.person, row.version = kept, row.version + 1
    await register.move_own_acts(session, absorbed, kept)
    await session.flush()
