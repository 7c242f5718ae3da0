# SPDX-License-Identifier: EUPL-1.2
"""Telling the other services that what is known of a person has changed: what, never to which value."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.domain.person import Person
from parvis_identity.domain.profile import topics_changed
from parvis_kit.messaging import outbox


async def tell_change(session: AsyncSession, before: Person, after: Person, now: datetime) -> None:
    """Tell it once the caller commits; nothing where nobody outside could notice."""
    changed = topics_changed(before, after)
    if changed:
        await outbox.add(session, events.person_changed(after, changed, now))
