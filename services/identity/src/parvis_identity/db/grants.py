# SPDX-License-Identifier: EUPL-1.2
"""Grants with their codes and refresh tokens.

Each secret is spent by one statement that only the first of two callers can win (RFC 6749 sections 4.1.2 and 10.4).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import CodeRow, GrantRow, RefreshTokenRow
from parvis_identity.domain.grant import Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An authorization code, by its hash, and what its redemption must show."""

    code_hash: bytes
    grant: UUID
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str | None
    bound_to: str | None
    created_at: datetime
    expires_at: datetime


async def add(session: AsyncSession, grant: Grant) -> None:
    """A new family."""
    session.add(
        GrantRow(
            id=grant.id,
            collectivity=grant.collectivity,
            client_id=grant.client_id,
            person=grant.person,
            session=grant.session,
            kind=grant.kind,
            scopes=sorted(grant.scopes),
            acr=grant.acr,
            amr=list(grant.amr),
            auth_time=grant.auth_time,
            created_at=grant.created_at,
            expires_at=grant.expires_at,
            resources=sorted(grant.resources),
        )
    )
    await session.flush()


async def add_code(session: AsyncSession, code: Code) -> None:
    """What the family begins with."""
    session.add(
        CodeRow(
            code_hash=code.code_hash,
            grant_id=code.grant,
            client_id=code.client_id,
            redirect_uri=code.redirect_uri,
            challenge=code.challenge,
            nonce=code.nonce,
            bound_to=code.bound_to,
            created_at=code.created_at,
            expires_at=code.expires_at,
        )
    )


async def spend_code(session: AsyncSession, code_hash: bytes, client_id: str, now: datetime) -> Code | None:
    """The code, marked as used; None for one that is unknown, used, expired or another client's."""
    row = await session.scalar(
        update(CodeRow)
        .where(
            CodeRow.code_hash == code_hash,
            CodeRow.client_id == client_id,
            CodeRow.used_at.is_(None),
            CodeRow.expires_at > now,
        )
        .values(used_at=now)
        .returning(CodeRow)
    )
    if row is None:
        return None
    return Code(
        code_hash=row.code_hash,
        grant=row.grant_id,
        client_id=row.client_id,
        redirect_uri=row.redirect_uri,
        challenge=row.challenge,
        nonce=row.nonce,
        bound_to=row.bound_to,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


async def spent_code(session: AsyncSession, code_hash: bytes) -> UUID | None:
    """The grant of a code that was used before."""
    found: UUID | None = await session.scalar(
        select(CodeRow.grant_id).where(CodeRow.code_hash == code_hash, CodeRow.used_at.is_not(None))
    )
    return found


async def find(session: AsyncSession, grant: UUID) -> Grant | None:
    """The grant, or None."""
    row = await session.get(GrantRow, grant)
    return _grant(row) if row else None


async def bind(session: AsyncSession, grant: UUID, key: str) -> None:
    """From now on the family renews nothing without this key."""
    await session.execute(update(GrantRow).where(GrantRow.id == grant).values(bound_to=key))


async def revoke(session: AsyncSession, grant: UUID, reason: str, now: datetime) -> bool:
    """End the family; safe to repeat. True where it was not over yet."""
    ended = await session.scalar(
        update(GrantRow)
        .where(GrantRow.id == grant, GrantRow.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason)
        .returning(GrantRow.id)
    )
    return ended is not None


async def revoke_of_session(session: AsyncSession, browser_session: UUID, reason: str, now: datetime) -> None:
    """End every family that began in that session."""
    await session.execute(
        update(GrantRow)
        .where(GrantRow.session == browser_session, GrantRow.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason)
    )


async def revoke_of_person(session: AsyncSession, person: UUID, reason: str, now: datetime) -> None:
    """End every family of the person."""
    await session.execute(
        update(GrantRow)
        .where(GrantRow.person == person, GrantRow.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason)
    )


async def revoke_of_agent(session: AsyncSession, person: UUID, collectivity: str, reason: str, now: datetime) -> None:
    """End every family that the person has as an agent of that collectivity."""
    await session.execute(
        update(GrantRow)
        .where(
            GrantRow.person == person,
            GrantRow.collectivity == collectivity,
            GrantRow.kind == "agent",
            GrantRow.revoked_at.is_(None),
        )
        .values(revoked_at=now, revoked_reason=reason)
    )


async def revoke_of_client(session: AsyncSession, client_id: str, reason: str, now: datetime) -> None:
    """End every family of the client."""
    await session.execute(
        update(GrantRow)
        .where(GrantRow.client_id == client_id, GrantRow.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason)
    )


async def is_over(session: AsyncSession, grant: UUID) -> bool:
    """True where the family was ended: none of its tokens is worth anything."""
    return bool(await session.scalar(select(GrantRow.revoked_at.is_not(None)).where(GrantRow.id == grant)))


async def add_refresh_token(
    session: AsyncSession, token_hash: bytes, grant: UUID, now: datetime, expires_at: datetime
) -> None:
    """One refresh token more in the family."""
    session.add(RefreshTokenRow(token_hash=token_hash, grant_id=grant, created_at=now, expires_at=expires_at))


async def spend_refresh_token(session: AsyncSession, token_hash: bytes, client_id: str, now: datetime) -> Grant | None:
    """The grant of a refresh token, marked as used; None for one that cannot be used by this client now."""
    grant = await session.scalar(
        update(RefreshTokenRow)
        .where(
            RefreshTokenRow.token_hash == token_hash,
            RefreshTokenRow.used_at.is_(None),
            RefreshTokenRow.expires_at > now,
            RefreshTokenRow.grant_id == GrantRow.id,
            GrantRow.client_id == client_id,
            GrantRow.revoked_at.is_(None),
            GrantRow.expires_at > now,
        )
        .values(used_at=now)
        .returning(GrantRow)
        .execution_options(synchronize_session=False)
    )
    return _grant(grant) if grant else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """A refresh token as it was handed out."""

    grant: Grant
    used: bool
    created_at: datetime
    expires_at: datetime


async def refresh_token(session: AsyncSession, token_hash: bytes) -> RefreshToken | None:
    """The refresh token, used or not; None for one that was never handed out."""
    found = (
        await session.execute(
            select(GrantRow, RefreshTokenRow)
            .join(RefreshTokenRow, RefreshTokenRow.grant_id == GrantRow.id)
            .where(RefreshTokenRow.token_hash == token_hash)
        )
    ).one_or_none()
    if found is None:
        return None
    grant, token = found
    return RefreshToken(
        grant=_grant(grant),
        used=token.used_at is not None,
        created_at=token.created_at,
        expires_at=token.expires_at,
    )


def _grant(row: GrantRow) -> Grant:
    return Grant(
        id=row.id,
        collectivity=row.collectivity,
        client_id=row.client_id,
        person=row.person,
        session=row.session,
        kind=row.kind,
        scopes=frozenset(row.scopes),
        acr=row.acr,
        amr=tuple(row.amr),
        auth_time=row.auth_time,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        resources=frozenset(row.resources),
        bound_to=row.bound_to,
    )
