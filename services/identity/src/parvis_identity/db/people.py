# SPDX-License-Identifier: EUPL-1.2
"""People and the identities that providers know them by; sealed with each person's key on the way in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import IdentityLinkRow, PersonRow
from parvis_identity.domain.person import Identity, Person, normal_email
from parvis_identity.domain.pivot import former_pivot_of, pivot_of
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7

_FOUND = 20
_FIELDS = tuple(Identity.__dataclass_fields__)


class People:
    """The people of a deployment, within one transaction."""

    def __init__(self, session: AsyncSession, index: BlindIndex) -> None:
        self._session = session
        self._index = index

    def email_index(self, email: str) -> bytes:
        """What an e-mail address is found by."""
        return self._index.of("email", normal_email(email))

    def pivot_index(self, identity: Identity) -> bytes | None:
        """What a civil status is found by; None for one that is not complete."""
        pivot = pivot_of(identity)
        return self._index.of("pivot", pivot) if pivot else None

    def pivot_indexes(self, identity: Identity) -> list[bytes]:
        """All that a proof of it may stand under: the index of today, and that of earlier versions; [] as above."""
        pivots = {pivot for pivot in (pivot_of(identity), former_pivot_of(identity)) if pivot}
        return [self._index.of("pivot", pivot) for pivot in pivots]

    async def linked(self, issuer: str, subject: str) -> UUID | None:
        """The person whom this provider knows by this subject."""
        found: UUID | None = await self._session.scalar(
            select(IdentityLinkRow.person).where(
                IdentityLinkRow.issuer == issuer,
                IdentityLinkRow.subject_index == self._subject_index(issuer, subject),
            )
        )
        return found

    async def exists(self, person: UUID) -> bool:
        """True for a person who has an account, and was not erased."""
        standing = select(PersonRow.id).where(PersonRow.id == person, PersonRow.erased_at.is_(None))
        return await self._session.scalar(standing) is not None

    async def find(self, person: UUID, key: PersonKey) -> Person | None:
        """The person, opened with their key; None for nobody, and for who was erased."""
        row = await self._session.get(PersonRow, person)
        return _opened(row, key) if row and row.erased_at is None else None

    async def known(self, people: set[UUID]) -> set[UUID]:
        """Those of them who have an account, and were not erased."""
        standing = select(PersonRow.id).where(PersonRow.id.in_(people), PersonRow.erased_at.is_(None))
        return set(await self._session.scalars(standing))

    async def many(self, keys: Mapping[UUID, PersonKey]) -> list[Person]:
        """These people, opened with the key of each, in one look-up."""
        rows = await self._session.scalars(select(PersonRow).where(PersonRow.id.in_(keys)))
        return [_opened(row, keys[row.id]) for row in rows]

    async def with_email(self, email: str, collectivity: str) -> list[UUID]:
        """The people of that collectivity whose address this is; at most twenty."""
        found = await self._session.scalars(
            select(PersonRow.id)
            .where(PersonRow.email_index == self.email_index(email), PersonRow.collectivity == collectivity)
            .limit(_FOUND)
        )
        return list(found)

    async def lock(self, person: UUID) -> None:
        """Keep others from changing the person until the transaction ends."""
        await self._session.execute(select(PersonRow.id).where(PersonRow.id == person).with_for_update())

    async def add(self, person: Person, key: PersonKey) -> None:
        """A new person."""
        self._session.add(
            PersonRow(
                id=person.id,
                collectivity=person.collectivity,
                version=person.version,
                created_at=person.created_at,
                updated_at=person.created_at,
                **self._values(person, key),
            )
        )
        await self._session.flush()

    async def link(self, person: UUID, key: PersonKey, issuer: str, subject: str, now: datetime) -> None:
        """Know the person by this provider's subject; IntegrityError when it is somebody's already."""
        self._session.add(
            IdentityLinkRow(
                id=uuid7(),
                person=person,
                issuer=issuer,
                subject=key.seal("subject", subject),
                subject_index=self._subject_index(issuer, subject),
                created_at=now,
                last_used_at=now,
            )
        )
        await self._session.flush()

    async def seen(self, issuer: str, subject: str, now: datetime) -> None:
        """The person came back through this provider: retention counts from here."""
        await self._session.execute(
            update(IdentityLinkRow)
            .where(
                IdentityLinkRow.issuer == issuer,
                IdentityLinkRow.subject_index == self._subject_index(issuer, subject),
            )
            .values(last_used_at=now)
        )

    async def change(self, person: Person, key: PersonKey, now: datetime) -> Person:
        """Keep the person as they are given, one version later; the caller holds the lock."""
        changed = replace(person, version=person.version + 1)
        await self._session.execute(
            update(PersonRow)
            .where(PersonRow.id == person.id)
            .values(version=changed.version, updated_at=now, **self._values(changed, key))
        )
        return changed

    def _values(self, person: Person, key: PersonKey) -> dict[str, Any]:
        return {
            "language": person.language,
            "email_verified_at": person.email_verified_at,
            "phone_verified_at": person.phone_verified_at,
            "own": sorted(person.own),
            **self._sealed(person.identity, key),
        }

    def _sealed(self, identity: Identity, key: PersonKey) -> dict[str, Any]:
        values: dict[str, Any] = {name: getattr(identity, name) for name in _FIELDS}
        sealed: dict[str, Any] = {name: key.seal(name, value) if value else None for name, value in values.items()}
        sealed["email_index"] = self.email_index(identity.email) if identity.email else None
        return sealed

    def _subject_index(self, issuer: str, subject: str) -> bytes:
        return self._index.of("subject", f"{issuer}\x00{subject}")


def _opened(row: PersonRow, key: PersonKey) -> Person:
    sealed = {name: getattr(row, name) for name in _FIELDS}
    return Person(
        id=row.id,
        collectivity=row.collectivity,
        language=row.language,
        version=row.version,
        created_at=row.created_at,
        email_verified_at=row.email_verified_at,
        phone_verified_at=row.phone_verified_at,
        own=frozenset(row.own),
        identity=Identity(**{name: key.open(name, value) if value else None for name, value in sealed.items()}),
    )
