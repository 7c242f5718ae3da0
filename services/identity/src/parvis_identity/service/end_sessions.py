# SPDX-License-Identifier: EUPL-1.2
"""The end of somebody's sessions, told to all services at once: tokens of these sessions are refused there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import audit, grants, logout_notices, sessions
from parvis_identity.domain.audit import Act, Action, Actor, Thing, citizen
from parvis_kit.messaging import outbox


async def end_sessions(
    session: AsyncSession,
    person: UUID,
    reason: str,
    now: datetime,
    *,
    only: UUID | None = None,
    kind: str | None = None,
    by: Actor | None = None,
) -> int:
    """End the person's sessions, one of them, or those of a kind, with all that was allowed in them; returns how many.

    In the caller's transaction; ``by`` is who ends them, the person where nobody is named. A session that is somebody
    else's, or over already, is passed over.
    """
    ended = await sessions.end_of_person(session, person, only, now, kind)
    for over in ended:
        await grants.revoke_of_session(session, over.id, reason, now)
        await logout_notices.add(session, over.id, now)
        await outbox.add(session, events.session_revoked(over.id, over.collectivity, now))
        details = {"reason": [reason.replace(" ", "-")], "person": [str(person)]}
        ended_by, on = by or citizen(person), Thing("session", str(over.id))
        await audit.record(session, Act(Action.SESSION_ENDED, ended_by, on, now, over.collectivity, details))
    return len(ended)


async def end_everything(
    session: AsyncSession, person: UUID, reason: str, now: datetime, by: Actor | None = None
) -> None:
    """The same, with all that the person ever allowed a client, in whatever session."""
    await end_sessions(session, person, reason, now, by=by)
    await grants.revoke_of_person(session, person, reason, now)
