# SPDX-License-Identifier: EUPL-1.2
"""Browsers that are away at a provider, and browsers that are signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import PersonRow, SessionRow, SignInRow
from parvis_identity.domain.session import Session

_AWAY_AT_ONCE = 10
_LISTED = 100
# Writing "last seen" at each look would make every page a write; a minute is exact enough for an idle time-out.
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A browser that was sent to a provider; ``details`` are sealed."""

    state_hash: bytes
    browser_hash: bytes
    provider: str
    details: bytes
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FromProvider:
    """What a provider handed out at a sign-in, sealed with the person's key: to sign out there, and to ask it again."""

    id_token: bytes
    refresh_token: bytes | None


async def send_away(session: AsyncSession, away: Away) -> None:
    """Remember it, and forget the oldest ones of a browser that leaves again and again."""
    older = (
        select(SignInRow.state_hash)
        .where(SignInRow.browser_hash == away.browser_hash)
        .order_by(SignInRow.created_at.desc())
        .offset(_AWAY_AT_ONCE - 1)
    )
    await session.execute(delete(SignInRow).where(SignInRow.state_hash.in_(older)))
    session.add(
        SignInRow(
            state_hash=away.state_hash,
            browser_hash=away.browser_hash,
            provider=away.provider,
            details=away.details,
            created_at=away.created_at,
            expires_at=away.expires_at,
        )
    )


async def come_back(
    session: AsyncSession, state_hash: bytes, browser_hash: bytes, provider: str, now: datetime
) -> bytes | None:
    """The sealed details of a browser that returns, once; None for a forged, repeated or late return."""
    return await session.scalar(
        delete(SignInRow)
        .where(
            SignInRow.state_hash == state_hash,
            SignInRow.browser_hash == browser_hash,
            SignInRow.provider == provider,
            SignInRow.expires_at > now,
        )
        .returning(SignInRow.details)
    )


async def add(session: AsyncSession, opened: Session, secret_hash: bytes, given: FromProvider | None) -> None:
    """A browser signed in, by a provider that ``given`` its tokens, or by an account of ours."""
    session.add(
        SessionRow(
            id=opened.id,
            secret_hash=secret_hash,
            person=opened.person,
            kind=opened.kind,
            provider=opened.provider,
            acr=opened.acr,
            amr=list(opened.amr),
            auth_time=opened.auth_time,
            created_at=opened.created_at,
            last_seen_at=opened.last_seen_at,
            expires_at=opened.expires_at,
            **_given(given, opened.created_at),
        )
    )


async def find(session: AsyncSession, secret_hash: bytes) -> Session | None:
    """The session whose cookie this is, dead or alive."""
    row = await session.scalar(select(SessionRow).where(SessionRow.secret_hash == secret_hash))
    return _session(row) if row else None


async def seen(session: AsyncSession, opened: Session, now: datetime) -> None:
    """The person used the session."""
    if now - opened.last_seen_at >= _SEEN_EVERY:
        await session.execute(update(SessionRow).where(SessionRow.id == opened.id).values(last_seen_at=now))


async def id_token(session: AsyncSession, id_: UUID) -> bytes | None:
    """The provider's sealed id_token, which is kept until the session ends; nobody ends it before the caller does."""
    sealed: bytes | None = await session.scalar(
        select(SessionRow.id_token).where(SessionRow.id == id_, SessionRow.ended_at.is_(None)).with_for_update()
    )
    return sealed


async def renew(session: AsyncSession, opened: Session, secret_hash: bytes, given: FromProvider | None) -> bool:
    """The person signed in once more in the session of that id; False where it has ended meanwhile."""
    found = await session.scalar(
        update(SessionRow)
        .where(SessionRow.id == opened.id, SessionRow.ended_at.is_(None))
        .values(
            secret_hash=secret_hash,
            provider=opened.provider,
            acr=opened.acr,
            amr=list(opened.amr),
            auth_time=opened.auth_time,
            created_at=opened.created_at,
            last_seen_at=opened.last_seen_at,
            expires_at=opened.expires_at,
            **_given(given, opened.created_at),
        )
        .returning(SessionRow.id)
        .execution_options(synchronize_session=False)
    )
    return found is not None


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that has just ended, and where its person has registered."""

    id: UUID
    collectivity: str


async def end_of_person(
    session: AsyncSession, person: UUID, only: UUID | None, now: datetime, kind: str | None = None
) -> list[Ended]:
    """End the sessions of the person that have not ended, one of them, or those of a kind; returns those."""
    conditions = [SessionRow.person == person, SessionRow.ended_at.is_(None), PersonRow.id == SessionRow.person]
    if only:
        conditions.append(SessionRow.id == only)
    if kind:
        conditions.append(SessionRow.kind == kind)
    rows = await session.execute(
        update(SessionRow)
        .where(*conditions)
        .values(ended_at=now, id_token=None, refresh_token=None)
        .returning(SessionRow.id, PersonRow.collectivity)
        .execution_options(synchronize_session=False)
    )
    return [Ended(id_, collectivity) for id_, collectivity in rows.all()]


async def living(session: AsyncSession, person: UUID, now: datetime, idle: timedelta) -> list[Session]:
    """The sessions of the person that can still be used, the latest used first."""
    rows = await session.scalars(
        select(SessionRow)
        .where(
            SessionRow.person == person,
            SessionRow.ended_at.is_(None),
            SessionRow.expires_at > now,
            SessionRow.last_seen_at > now - idle,
        )
        .order_by(SessionRow.last_seen_at.desc(), SessionRow.id.desc())
        .limit(_LISTED)
    )
    return [_session(row) for row in rows]


def _given(given: FromProvider | None, at: datetime) -> dict[str, Any]:
    return {
        "id_token": given.id_token if given else None,
        "refresh_token": given.refresh_token if given else None,
        "provider_asked_at": at if given and given.refresh_token else None,
    }


def _session(row: SessionRow) -> Session:
    return Session(
        id=row.id,
        person=row.person,
        kind=row.kind,
        provider=row.provider,
        acr=row.acr,
        amr=tuple(row.amr),
        auth_time=row.auth_time,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
    )
