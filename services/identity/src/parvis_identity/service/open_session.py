# SPDX-License-Identifier: EUPL-1.2
"""A browser signs in: what becomes of the session that it had."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import sessions
from parvis_identity.db.sessions import FromProvider
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.session import Session
from parvis_identity.service.end_sessions import end_sessions

_REPLACED = "another person signed in"


async def open_session(
    session: AsyncSession, opened: Session, secret: str, given: FromProvider | None, former: str | None, now: datetime
) -> Session:
    """Keep the session under its new secret, in the caller's transaction; returns it with the id that it has.

    Where the same person signs in again, for a higher level or because a client wants it fresh, their session goes on:
    its id, which clients and tokens know as ``sid`` (OpenID Connect Back-Channel Logout 1.0 section 2.1), stays, so
    that its end takes with it all that was allowed before and after. Where it is another person, the former session
    ends as if it had been signed out.

    Args:
        session: of the database.
        opened: the session as it would be in a browser without one.
        secret: the new cookie; the former one is worth nothing any more (session fixation).
        given: the provider's tokens, sealed, where there is one.
        former: the cookie that the browser came with.
        now: the present time.
    """
    before = await sessions.find(session, fingerprint(former)) if former else None
    if before and before.ended_at is None:
        if (before.person, before.kind) == (opened.person, opened.kind):
            renewed = replace(opened, id=before.id)
            if await sessions.renew(session, renewed, fingerprint(secret), given):
                return renewed
        else:
            await end_sessions(session, before.person, _REPLACED, now, only=before.id)
    await sessions.add(session, opened, fingerprint(secret), given)
    return opened
