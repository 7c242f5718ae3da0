# SPDX-License-Identifier: EUPL-1.2
"""The end of somebody's sessions, told to all services at once: tokens of these sessions are refused there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import grants, logout_notices, sessions
from parvis_kit.messaging import outbox


async def end_sessions(
    session: AsyncSession, person: UUID, reason: str, now: datetime, *, only: UUID | None = None
) -> int:
    """End the person's sessions, or one of them, with all that clients were allowed in them; returns how many ended.

    In the caller's transaction. A session that is somebody else's, or over already, is passed over.
    """
    ended = await sessions.end_of_person(session, person, only, now)
    for over in ended:
        await grants.revoke_of_session(session, over.id, reason, now)
        await logout_notices.add(session, over.id, now)
        await outbox.add(session, events.session_revoked(over.id, over.collectivity, now))
    return len(ended)


async def end_everything(session: AsyncSession, person: UUID, reason: str, now: datetime) -> None:
    """The same, with all that the person ever allowed a client, in whatever session."""
    await end_sessions(session, person, reason, now)
    await grants.revoke_of_person(session, person, reason, now)
