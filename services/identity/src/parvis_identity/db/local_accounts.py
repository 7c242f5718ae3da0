# SPDX-License-Identifier: EUPL-1.2
"""Accounts of our own, and the devices that have signed in to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import KnownDeviceRow, LocalAccountRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAccount:
    """An account; ``email`` is sealed with the person's key, ``password`` is the sealed hash."""

    person: UUID
    email: bytes
    email_index: bytes
    password: bytes


async def by_email(session: AsyncSession, email_index: bytes) -> LocalAccount | None:
    """The account that is signed in to with that address, or None."""
    row = await session.scalar(select(LocalAccountRow).where(LocalAccountRow.email_index == email_index))
    return _account(row) if row else None


async def of_person(session: AsyncSession, person: UUID) -> LocalAccount | None:
    """The person's own account, or None for somebody who comes through a provider only."""
    row = await session.get(LocalAccountRow, person)
    return _account(row) if row else None


async def add(session: AsyncSession, account: LocalAccount, now: datetime) -> None:
    """A new account; IntegrityError when the address has one already."""
    session.add(
        LocalAccountRow(
            person=account.person,
            email=account.email,
            email_index=account.email_index,
            password=account.password,
            password_changed_at=now,
            created_at=now,
        )
    )
    await session.flush()


async def change_password(session: AsyncSession, person: UUID, password: bytes, now: datetime) -> None:
    """Another password; no device is known any more."""
    await session.execute(
        update(LocalAccountRow)
        .where(LocalAccountRow.person == person)
        .values(password=password, password_changed_at=now)
    )
    await session.execute(delete(KnownDeviceRow).where(KnownDeviceRow.person == person))


async def change_email(session: AsyncSession, person: UUID, email: bytes, email_index: bytes) -> None:
    """Another address to sign in with; IntegrityError where that one has an account already."""
    await session.execute(
        update(LocalAccountRow).where(LocalAccountRow.person == person).values(email=email, email_index=email_index)
    )


async def rehash(session: AsyncSession, account: LocalAccount, password: bytes) -> None:
    """The same password, hashed anew with today's parameters, unless it was changed meanwhile."""
    await session.execute(
        update(LocalAccountRow)
        .where(LocalAccountRow.person == account.person, LocalAccountRow.password == account.password)
        .values(password=password)
    )


async def knows_device(session: AsyncSession, secret_hash: bytes, email_index: bytes) -> bool:
    """True for a browser that has signed in to the account of that address since its last change of password."""
    found = await session.scalar(
        select(
            exists().where(
                KnownDeviceRow.secret_hash == secret_hash,
                KnownDeviceRow.person == LocalAccountRow.person,
                LocalAccountRow.email_index == email_index,
            )
        )
    )
    return bool(found)


async def proven_device(session: AsyncSession, secret_hash: bytes, person: UUID) -> bool:
    """True for a browser that has shown a second factor of the account since its last change of password."""
    row = await session.get(KnownDeviceRow, (secret_hash, person))
    return row is not None and row.proven


async def remember_device(
    session: AsyncSession, secret_hash: bytes, person: UUID, now: datetime, *, proven: bool
) -> None:
    """The browser has signed in to the account now; nothing to remember of somebody without an account of ours."""
    row = select(literal(secret_hash), LocalAccountRow.person, literal(now), literal(proven))
    made = insert(KnownDeviceRow).from_select(
        ["secret_hash", "person", "last_used_at", "proven"], row.where(LocalAccountRow.person == person)
    )
    await session.execute(
        made.on_conflict_do_update(
            index_elements=["secret_hash", "person"],
            set_={"last_used_at": now, "proven": KnownDeviceRow.proven | made.excluded.proven},
        )
    )


def _account(row: LocalAccountRow) -> LocalAccount:
    return LocalAccount(person=row.person, email=row.email, email_index=row.email_index, password=row.password)
